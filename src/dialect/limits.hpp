#pragma once

#include "dialect/signal_table.hpp"
#include "http/fields.hpp"
#include "time.hpp"

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace keywheel::dialect {

/// What an answer's headers say about one limit of the key that was used, for the model that was
/// asked.
struct limit_reading {
  enum class dimension : std::uint8_t { requests, tokens, input_tokens, output_tokens };
  dimension of = dimension::requests;
  std::int64_t limit = 0;     ///< per window; 0: not said
  std::int64_t remaining = 0; ///< after this answer; never negative
  /// From now until the bucket is full again (`refills`), or until its window begins anew.
  std::optional<std::chrono::milliseconds> reset;
  bool refills = false;          ///< a bucket that refills evenly (OpenAI, Anthropic, Groq, Azure)
  std::string_view source;       ///< the header that said `remaining`: static text
  std::string_view reset_source; ///< the header that said `reset`, else empty: static text
};

/// At most eight readings, without memory of their own.
class limit_readings {
public:
  void add(const limit_reading& one) noexcept {
    if (size_ < readings_.size())
      readings_[size_++] = one;
  }
  const limit_reading* begin() const noexcept { return readings_.data(); }
  const limit_reading* end() const noexcept { return readings_.data() + size_; }
  std::size_t size() const noexcept { return size_; }
  bool empty() const noexcept { return size_ == 0; }

private:
  std::array<limit_reading, 8> readings_{};
  std::size_t size_ = 0;
};

/// Reads the rate-limit headers of any answer (PROVIDERS §3). Placeholders (-1, a remaining of 0
/// with a limit of 0), NaN and absurd values are as if absent.
limit_readings limits_from(signal_table of, const http::fields& headers, wall_time now);

} // namespace keywheel::dialect
