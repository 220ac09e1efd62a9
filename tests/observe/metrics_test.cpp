#include "observe/call_account.hpp"
#include "observe/metrics_page.hpp"
#include "tests/catch.hpp"
#include "tests/observe/sample.hpp"

using namespace keywheel;
using namespace keywheel::observe;
using namespace std::chrono_literals;

namespace {

std::string page(const metrics& of) {
  return metrics_page(of, testing::sample_status(), process_figures{1.5, 1000, 4096, 8192, 7, 64});
}

bool has(const std::string& text, const std::string& line) {
  CAPTURE(text, line);
  return text.find("\n" + line + "\n") != std::string::npos;
}

} // namespace

TEST_CASE("a call's times are told apart: waiting, provider, ourselves") {
  metrics counted;
  auto trace = std::make_shared<call_trace>();
  call_account account;
  time_point t{};
  account.begin(t);
  account.set_out("gpt-4o", trace, t += 1s); // the client took a second to send its request
  trace->counts_for(&counted.of_model("gpt-4o"));
  trace->attempts(2);
  trace->waited(3s);
  trace->was_at_provider(5s);
  trace->was_at_provider(7s);
  account.answered_by("p/a", 2, 200, "id", t += 15s + 2ms);
  account.used({1, 0, 2, 0, true});
  const auto& record = account.end(call_outcome::answered, t += 1s, counted);
  CHECK(record.model == "gpt-4o");
  CHECK(record.key == "p/a");
  CHECK(record.attempts == 2);
  CHECK(record.outcome == "answered");
  CHECK(record.total == 17s + 2ms);
  CHECK(record.first_byte == 16s + 2ms);
  CHECK(record.waited == 3s);
  CHECK(record.used.output == 2);
  const auto text = page(counted);
  CHECK(has(text, "keywheel_calls_total{model=\"gpt-4o\",outcome=\"answered\",status=\"2xx\"} 1"));
  CHECK(has(text, "keywheel_added_latency_seconds_bucket{le=\"0.001\"} 0"));
  CHECK(has(text, "keywheel_added_latency_seconds_bucket{le=\"0.0025\"} 1"));
  CHECK(has(text, "keywheel_call_seconds_bucket{model=\"gpt-4o\",le=\"10\"} 0"));
  CHECK(has(text, "keywheel_call_seconds_bucket{model=\"gpt-4o\",le=\"30\"} 1"));
}

TEST_CASE("a call that came to no model counts for none, and adds no latency") {
  metrics counted;
  call_account account;
  account.begin({});
  account.answered(404);
  account.end(call_outcome::refused, time_point{} + 1ms, counted);
  account.begin({});
  account.end(call_outcome::left, time_point{} + 1ms, counted);
  const auto text = page(counted);
  CHECK(has(text, "keywheel_calls_total{model=\"\",outcome=\"refused\",status=\"4xx\"} 1"));
  CHECK(has(text, "keywheel_calls_total{model=\"\",outcome=\"left\",status=\"none\"} 1"));
  CHECK(has(text, "keywheel_added_latency_seconds_count 0"));
}

TEST_CASE("models beyond the bound share one series") {
  metrics counted;
  for (std::size_t i = 0; i < metrics::most_models; ++i)
    counted.of_model(std::to_string(i));
  auto& other = counted.of_model("one too many");
  CHECK(&other == &counted.of_model("another"));
  CHECK(&other != &counted.of_model("7"));
  other.call_ended({call_outcome::answered, 200, 1s, {}, {}});
  CHECK(has(page(counted),
            "keywheel_calls_total{model=\"other\",outcome=\"answered\",status=\"2xx\"} 1"));
}

TEST_CASE("a key that goes and comes back goes on counting") {
  metrics counted;
  counted.of_key("p/a").attempt_ended(attempt_outcome::failed);
  counted.of_key("p/a").attempt_ended(attempt_outcome::failed);
  counted.cooldown_began(dialect::reason::rate_limit, dialect::scope::key, "p", "p/a");
  const auto text = page(counted);
  CHECK(has(text, "keywheel_attempts_total{key=\"p/a\",outcome=\"failed\"} 2"));
  CHECK(has(text, "keywheel_attempts_total{key=\"p/a\",outcome=\"answered\"} 0"));
  CHECK(has(text, "keywheel_cooldowns_total{key=\"p/a\",provider=\"p\",reason=\"rate_limit\","
                  "scope=\"key\"} 1"));
}

TEST_CASE("what the status says is a gauge; a key that is there twice is one series") {
  auto now = testing::sample_status();
  now.keys.push_back(now.keys.back());
  now.keys.back().state = "draining";
  now.keys.back().in_flight = 2;
  now.keys[0].usage = {{"gpt-4o", "ci", 1, 10, 1, 20, 2}, {"gpt-4o", "", 1, 5, 0, 6, 0}};
  const auto text = metrics_page(metrics{}, now, std::nullopt);
  CHECK(has(text, "keywheel_key_state{key=\"openai/team-a\",state=\"cooling\"} 1"));
  CHECK(has(text, "keywheel_key_state{key=\"openai/team-a\",state=\"draining\"} 0"));
  CHECK(has(text, "keywheel_in_flight{key=\"openai/team-a\"} 3"));
  CHECK(has(text, "keywheel_waiting{model=\"gpt-4o\"} 4"));
  CHECK(text.find("text-*") == std::string::npos);
  CHECK(has(text, "keywheel_config_generation 3"));
  CHECK(has(text,
            "keywheel_tokens_total{key=\"openai/default\",model=\"gpt-4o\",kind=\"input\"} 15"));
  CHECK(has(text,
            "keywheel_tokens_total{key=\"openai/default\",model=\"gpt-4o\",kind=\"output\"} 26"));
  CHECK(text.find("process_") == std::string::npos);
}

TEST_CASE("the value of a label is UTF-8 and not long") {
  CHECK(label_text("gpt-4o") == "gpt-4o");
  CHECK(label_text("mod\xc3\xa8le") == "mod\xc3\xa8le");
  CHECK(label_text("x\xff") == "x\\xff");
  CHECK(label_text(std::string(5000, 'x')) == std::string(128, 'x') + "...");
}

TEST_CASE("what /proc says of a process") {
  const std::string stat = "12 (a) b) S 1 12 12 0 -1 4194560 1 0 0 0 250 50 0 0 20 0 3 0 1000 "
                           "2097152 64 18446744073709551615 1";
  const auto found = parse_process_figures(stat, "cpu 1 2\nbtime 1700000000\n", 100, 4096);
  REQUIRE(found);
  CHECK(found->cpu_seconds == 3.0);
  CHECK(found->start_time == 1700000010.0);
  CHECK(found->virtual_bytes == 2097152);
  CHECK(found->resident_bytes == 64 * 4096);
  CHECK_FALSE(parse_process_figures(stat, "cpu 1 2\n", 100, 4096));
  CHECK_FALSE(parse_process_figures("12 (a) S 1", "btime 1\n", 100, 4096));
  CHECK_FALSE(parse_process_figures("", "btime 1\n", 100, 4096));
}
