#include "cli/commands.hpp"
#include "cli/demo_files.hpp"
#include "cli/process.hpp"
#include "tools/simulator/simulator.hpp"

#include <iostream>
#include <memory>
#include <optional>
#include <variant>

namespace keywheel::cli {

namespace {

/// What was given on the command line; it wins over the script.
struct simulate_options {
  std::string script;
  std::string incident;
  std::string listen;
  std::size_t keys = 0;
  std::optional<std::int64_t> rpm;
  std::optional<std::int64_t> tpm;
  std::optional<std::int64_t> concurrency;
  std::optional<std::int64_t> rpd;
  std::string window;
  std::string minute;
  std::string latency;
  std::string jitter;
  std::string interval;
  std::optional<std::size_t> tokens;
  bool any_key = false;
};

/// "10 requests/min, 3 at a time"; "no limits" where there are none.
std::string limits_text(const simulator::key_limits& of) {
  std::string result;
  auto add = [&](std::int64_t value, const char* what) {
    if (value != 0)
      result += (result.empty() ? "" : ", ") + std::to_string(value) + what;
  };
  add(of.rpm, " requests/min");
  add(of.tpm, " tokens/min");
  add(of.rpd, " requests/day");
  add(of.tpd, " tokens/day");
  add(of.max_concurrent, " at a time");
  return result.empty() ? "no limits" : result;
}

/// The limits that hold for `key`: its own, those that it shares, or the usual ones.
simulator::key_limits limits_of(const simulator::key_options& key, const simulator::options& all) {
  if (key.limits)
    return *key.limits;
  for (const auto& shared : all.organizations)
    if (shared.name == key.organization)
      return shared.limits;
  return all.default_limits;
}

void set_duration(std::chrono::nanoseconds& to, const std::string& text) {
  if (!text.empty())
    to = simulator::parse_duration(text).value();
}

/// The options that follow from script and command line; nothing if the script is bad (it has been
/// said why).
std::optional<simulator::options> options_from(const simulate_options& with) {
  simulator::options result;
  result.port = demo_ports{}.simulator;
  if (!with.script.empty()) {
    auto loaded = simulator::load_options(with.script);
    if (auto* error = std::get_if<simulator::load_error>(&loaded)) {
      std::cerr << error->message << '\n';
      return std::nullopt;
    }
    result = std::get<simulator::options>(std::move(loaded));
  }
  if (!with.listen.empty())
    simulator::set_listen(result, with.listen);
  if (with.keys != 0)
    result.keys = simulator::default_keys(with.keys);
  else if (with.script.empty())
    result.keys = simulator::default_keys(3);
  result.default_limits.rpm = with.rpm.value_or(result.default_limits.rpm);
  result.default_limits.tpm = with.tpm.value_or(result.default_limits.tpm);
  result.default_limits.max_concurrent =
      with.concurrency.value_or(result.default_limits.max_concurrent);
  result.default_limits.rpd = with.rpd.value_or(result.default_limits.rpd);
  if (!with.window.empty())
    result.windows.kind =
        with.window == "fixed" ? simulator::window_kind::fixed : simulator::window_kind::bucket;
  set_duration(result.windows.minute, with.minute);
  set_duration(result.latency, with.latency);
  set_duration(result.jitter, with.jitter);
  set_duration(result.event_interval, with.interval);
  result.tokens = with.tokens.value_or(result.tokens);
  result.accept_any_key = result.accept_any_key || with.any_key;
  if (with.incident.empty())
    return result;
  if (auto error = simulator::load_incident(result, with.incident)) {
    std::cerr << error->message << '\n';
    return std::nullopt;
  }
  return result;
}

exit_code simulate(const simulate_options& with) {
  signals incoming;
  auto options = options_from(with);
  if (!options)
    return exit_code::failed;
  simulator::server server{*options};
  std::cout << "simulated provider on " << server.base_url() << '\n';
  for (const auto& key : options->keys)
    std::cout << "key " << (key.secret.empty() ? "sk-" + key.name : key.secret) << " ("
              << limits_text(limits_of(key, *options)) << ")\n";
  if (options->accept_any_key)
    std::cout << "any other key (" << limits_text(options->default_limits) << ")\n";
  if (!options->incident.empty())
    std::cout << "an incident of " << options->incident.size() << " steps "
              << (options->incident_waits ? "waits for POST /_sim/incident/start" : "begins now")
              << '\n';
  std::cout << std::flush;
  server.start();
  incoming.await_stop();
  return exit_code::ok;
}

CLI::Validator duration_check() {
  return {[](const std::string& text) {
            return simulator::parse_duration(text) ? std::string{}
                                                   : text + " is no duration such as 20ms or 1.5s";
          },
          ""};
}

CLI::Validator listen_check() {
  return {[](const std::string& text) {
            simulator::options ignored;
            return simulator::set_listen(ignored, text) ? std::string{}
                                                        : text + " is not HOST:PORT";
          },
          ""};
}

void add_options(CLI::App& to, simulate_options& with) {
  auto limit = CLI::Range(std::int64_t{0}, simulator::max_limit).description("");
  to.add_option("-c,--script", with.script, "Keys, limits and faults from a TOML file")
      ->type_name("FILE");
  to.add_option("--incident", with.incident, "Events that happen while it runs, from a TOML file")
      ->type_name("FILE");
  to.add_option("--listen", with.listen, "Where to listen (default 127.0.0.1:4199)")
      ->check(listen_check())
      ->type_name("HOST:PORT");
  to.add_option("--keys", with.keys, "Number of keys: sk-sim-key-a, sk-sim-key-b, … (default 3)")
      ->check(CLI::Range(1, 10'000).description(""))
      ->type_name("N");
  to.add_option("--rpm", with.rpm, "Requests per minute and key, 0 for no limit")
      ->check(limit)
      ->type_name("N");
  to.add_option("--tpm", with.tpm, "Tokens per minute and key, 0 for no limit")
      ->check(limit)
      ->type_name("N");
  to.add_option("--concurrency", with.concurrency, "Requests at a time per key, 0 for no limit")
      ->check(limit)
      ->type_name("N");
  to.add_option("--rpd", with.rpd, "Requests per day and key, 0 for no limit")
      ->check(limit)
      ->type_name("N");
  to.add_option("--window", with.window, "How limits come back: bucket (default) or fixed")
      ->check(CLI::IsMember({"bucket", "fixed"}).description(""))
      ->type_name("KIND");
  to.add_option("--minute", with.minute, "What a minute of a limit is, to try things faster")
      ->check(duration_check())
      ->type_name("TIME");
  to.add_option("--latency", with.latency, "Wait before each answer")
      ->check(duration_check())
      ->type_name("TIME");
  to.add_option("--jitter", with.jitter, "Wait up to this much more")
      ->check(duration_check())
      ->type_name("TIME");
  to.add_option("--interval", with.interval, "Wait between two events of a stream")
      ->check(duration_check())
      ->type_name("TIME");
  to.add_option("--tokens", with.tokens, "Least number of tokens in an answer")->type_name("N");
  to.add_flag("--any-key", with.any_key, "Accept every bearer token as a key of its own");
}

} // namespace

void add_simulate(CLI::App& to, action& chosen) {
  auto& command = add_command(to, "simulate", "Run a simulated provider with real limits");
  auto with = std::make_shared<simulate_options>();
  add_options(command, *with);
  command.callback([&chosen, with] { chosen = [with] { return simulate(*with); }; });
}

} // namespace keywheel::cli
