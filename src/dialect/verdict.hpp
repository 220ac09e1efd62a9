#pragma once

#include "dialect/dialect.hpp"
#include "dialect/signal.hpp"
#include "time.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace keywheel::dialect {

/// Where a cooldown lands (DESIGN §1).
enum class scope : std::uint8_t { key_model, key, quota_group, provider_model };
std::string_view to_string(scope where) noexcept;

/// What follows from a signal: what to do with the request, and what to do with the key.
struct verdict {
  enum class request : std::uint8_t {
    pass,     ///< commit: the answer goes to the client as it is
    next_key, ///< the provider refused it or nothing was sent: another key may serve it
    fail      ///< it was sent and not answered: it must not be repeated
  };
  enum class key : std::uint8_t {
    nothing,
    cool,  ///< rests for `rest`, or for the configured time if there is none
    reject ///< not used again before its config changes or a person resets it
  };

  request for_request = request::pass;
  key for_key = key::nothing;
  dialect::scope scope = dialect::scope::key_model; ///< where `cool` lands
  std::string_view reason; ///< "rate_limit", "unauthorized", …: static text
  std::string_view
      source; ///< what said how long: "retry-after", …; static text, "default" if nothing
  std::optional<std::chrono::milliseconds> rest;
};

/// Judges one signal. Pure: a table over failure and status (PROVIDERS §11), with the delay as the
/// provider's headers give it. `now` serves HTTP dates only.
verdict judge(kind of, const signal& what, wall_time now);

} // namespace keywheel::dialect
