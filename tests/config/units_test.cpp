#include "config/units.hpp"
#include "tests/catch.hpp"

#include <optional>
#include <string>
#include <vector>

using namespace keywheel::config;
using namespace std::chrono_literals;

TEST_CASE("durations carry their unit") {
  struct row {
    std::string text;
    std::optional<milliseconds> time;
  };
  const std::vector<row> rows{{"250ms", 250ms},
                              {"60s", 60s},
                              {"5m", 5min},
                              {"1h", 1h},
                              {"1d", 24h},
                              {"1m30s", 90s},
                              {"1d2h3m4s5ms", 26h + 3min + 4s + 5ms},
                              {"0s", 0s},
                              {"007s", 7s},
                              {"90s", 90s},
                              {"365d", 24h * 365},
                              {"366d", std::nullopt},
                              {"364d25h", std::nullopt},
                              {"", std::nullopt},
                              {"60", std::nullopt},
                              {"s", std::nullopt},
                              {"60 s", std::nullopt},
                              {" 60s", std::nullopt},
                              {"60s ", std::nullopt},
                              {"-1s", std::nullopt},
                              {"+1s", std::nullopt},
                              {"1.5s", std::nullopt},
                              {"60S", std::nullopt},
                              {"60sec", std::nullopt},
                              {"30s1m", std::nullopt},
                              {"1m1m", std::nullopt},
                              {"1m30", std::nullopt},
                              {"1w", std::nullopt},
                              {"99999999999999999999s", std::nullopt},
                              {"9223372036854775807d", std::nullopt}};
  for (const auto& [text, time] : rows) {
    CAPTURE(text);
    CHECK(parse_duration(text) == time);
  }
}

TEST_CASE("durations are written as they are read") {
  CHECK(duration_text(0s) == "0s");
  CHECK(duration_text(250ms) == "250ms");
  CHECK(duration_text(90s) == "1m30s");
  CHECK(duration_text(24h * 365) == "365d");
  for (const auto time : {1ms, 999ms, 1001ms, 3600000ms, 86399999ms, 31536000000ms})
    CHECK(parse_duration(duration_text(time)) == time);
}

TEST_CASE("sizes carry their unit") {
  struct row {
    std::string text;
    std::optional<std::size_t> size;
  };
  const std::vector<row> rows{{"64MiB", 67'108'864},
                              {"10MB", 10'000'000},
                              {"512KiB", 524'288},
                              {"100B", 100},
                              {"1KB", 1000},
                              {"2GB", 2'000'000'000},
                              {"4GiB", 4'294'967'296},
                              {"0B", 0},
                              {"1048575GiB", 1'125'898'833'100'800},
                              {"1048576GiB", std::nullopt},
                              {"", std::nullopt},
                              {"64", std::nullopt},
                              {"MiB", std::nullopt},
                              {"64 MiB", std::nullopt},
                              {"64mib", std::nullopt},
                              {"64M", std::nullopt},
                              {"-1B", std::nullopt},
                              {"1.5MiB", std::nullopt},
                              {"1MiB1B", std::nullopt},
                              {"18446744073709551616B", std::nullopt}};
  for (const auto& [text, size] : rows) {
    CAPTURE(text);
    CHECK(parse_size(text) == size);
  }
}
