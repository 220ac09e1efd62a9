#include "dialect/delay.hpp"
#include "tests/dialect/answers.hpp"

#include <cstdint>
#include <random>

using namespace keywheel::dialect;
using namespace keywheel::dialect::test;

namespace {

/// Makes answers of words that mean something, in places where they do and where they don't.
class generator {
public:
  explicit generator(std::uint64_t seed) : random_{seed} {}

  std::size_t below(std::size_t bound) {
    return std::uniform_int_distribution<std::size_t>{0, bound - 1}(random_);
  }

  signal_table table() { return static_cast<signal_table>(below(18)); }

  std::string words(std::size_t most) {
    std::string result;
    for (std::size_t i = 0, count = below(most + 1); i < count; ++i)
      result += one_of({"429",
                        " rate limit ",
                        "rate_limit_exceeded",
                        "insufficient_quota",
                        "API key not valid. Please pass a valid API key.",
                        "Unauthorized",
                        "Your credit balance is too low",
                        " Please try again in 5s.",
                        "limit: 0",
                        "This organization has been disabled",
                        "in organization org-x ",
                        "\\u0000",
                        "retry after 7 seconds",
                        "Incorrect API key provided",
                        "\\\"",
                        "\xff",
                        "\xc3\xa9",
                        "regain access on 2025-09-01",
                        "error code: 1010",
                        "99999999999999999999"});
    return result;
  }

  std::string value(std::size_t depth) {
    switch (below(depth == 0 ? 4 : 7)) {
    case 0:
      return one_of({"null", "true", "false", "0", "429", "-1", "1e308", "503", "1305"});
    case 1:
    case 2:
    case 3:
      return "\"" + words(3) + "\"";
    case 4:
      return "[" + value(depth - 1) + "," + value(depth - 1) + "]";
    default:
      return object(depth - 1);
    }
  }

  std::string object(std::size_t depth) {
    std::string result = "{";
    for (std::size_t i = 0, count = 1 + below(4); i < count; ++i)
      result += (i > 0 ? ",\"" : "\"")
                + one_of({"error", "message", "code", "type", "status", "details", "detail",
                          "metadata", "reason", "retryDelay", "violations", "quotaId", "headers",
                          "X-RateLimit-Reset", "resets_at", "choices", "response", "__type"})
                + "\":" + value(depth);
    return result + "}";
  }

  /// Bytes changed, put in or left out.
  std::string damaged(std::string text) {
    for (std::size_t i = 0, count = below(4); i < count && !text.empty(); ++i) {
      const std::size_t at = below(text.size());
      if (below(2) == 0)
        text[at] = static_cast<char>(below(256));
      else
        text.erase(at, 1 + below(5));
    }
    return text;
  }

  headers some_headers() {
    headers result;
    for (std::size_t i = 0, count = below(4); i < count; ++i)
      result.emplace_back(
          one_of({"retry-after", "retry-after-ms", "content-encoding", "x-amzn-errortype",
                  "x-ratelimit-remaining-tokens", "x-ratelimit-reset-tokens", "x-should-retry",
                  "openai-organization", "anthropic-ratelimit-tokens-remaining",
                  "anthropic-ratelimit-tokens-reset"}),
          damaged(one_of({"1", "0", "-1", "NaN", "6m0s", "gzip", "true", "1755780000",
                          "2025-08-21T12:40:59Z", "ThrottlingException:x",
                          "Thu, 21 Aug 2025 12:41:00 GMT", "9999999999999999"})));
    return result;
  }

  template <std::size_t Size>
  std::string one_of(const char* const (&list)[Size]) {
    return list[below(Size)];
  }

private:
  std::mt19937_64 random_;
};

constexpr std::uint64_t first_seed = 20250821;

} // namespace

TEST_CASE("whatever the bytes, there is a verdict that holds together") {
  for (std::uint64_t seed = first_seed; seed < first_seed + 40'000; ++seed) {
    CAPTURE(seed);
    generator make{seed};
    const unsigned status = std::vector<unsigned>{200, 400, 401, 402, 403, 404, 413,
                                                  422, 429, 498, 500, 503, 529}[make.below(13)];
    signal what = answer(status, make.damaged(make.object(4)), make.some_headers());
    what.in_stream = make.below(4) == 0;
    const signal_table of = make.table();
    verdict result;
    REQUIRE_NOTHROW(result = judge(of, what, arrival));
    const bool consistent =
        result.for_request == request_after(result.why)
        && (result.why == reason::none) == (status == 200 && !what.in_stream)
        && (!result.rest || (result.rest->count() >= 0 && *result.rest <= max_delay))
        && (result.source.empty() == (result.why == reason::none));
    if (!consistent)
      FAIL_CHECK("table " << to_string(of) << ", status " << status << ": " << what.body);
  }
}

TEST_CASE("whatever its message, a caller's mistake is the caller's") {
  // Sentences count at the start of a message only, so each message begins as such messages do.
  for (std::uint64_t seed = first_seed; seed < first_seed + 20'000; ++seed) {
    CAPTURE(seed);
    generator make{seed};
    const std::string code =
        make.one_of({"context_length_exceeded", "invalid_request_error", "content_filter"});
    const std::string body = R"({"error":{"type":"invalid_request_error","code":")" + code
                             + R"(","message":"Invalid value: ')" + make.words(12)
                             + R"('","param":")" + make.words(2) + R"("}})";
    const signal_table of = make.table();
    const verdict result =
        judge(of, answer(make.below(2) == 0 ? 400 : 422, body, {{"retry-after", "1"}}), arrival);
    if (result.why != reason::bad_request || result.for_request != verdict::request::pass
        || result.rest || !result.organization.empty())
      FAIL_CHECK("table " << to_string(of) << ": " << body);
  }
}

TEST_CASE("where no sentence overrides its code, not even the first word of a message counts") {
  for (std::uint64_t seed = first_seed; seed < first_seed + 5'000; ++seed) {
    CAPTURE(seed);
    generator make{seed};
    const std::string body =
        R"({"error":{"code":"context_length_exceeded","message":")" + make.words(12) + R"("}})";
    const signal_table of = make.below(2) == 0 ? signal_table::openai : signal_table::generic;
    const verdict result = judge(of, answer(400, body), arrival);
    if (result.for_request != verdict::request::pass)
      FAIL_CHECK(body);
  }
}
