#pragma once

#include "state/saved_state.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

/// A saved state as JSON, version 1: an object with "version", "keys", "groups" and "models", laid
/// out as saved_state is. Times are RFC 3339 in UTC; a slot is `[time, amount]`.
namespace keywheel::state {

inline constexpr int state_version = 1;

/// The largest amount of a slot: a day's worth of them still adds up in 64 bits.
inline constexpr std::int64_t most_amount = 1'000'000'000'000'000;

/// Either a state or, in one line for people, why the text is none. The line repeats nothing of the
/// text.
struct parsed_state {
  std::optional<saved_state> state;
  std::string problem;
};

/// Reads a text of whatever bytes; never throws but for want of memory. Refused: what is no JSON in
/// UTF-8, another version, a member that is missing or of a wrong type, a number or time out of
/// bounds, a fingerprint that is none, a key that stands there twice. Members that it does not know
/// are passed over.
parsed_state parse(std::string_view text);

/// Writes a state, one key, group or model per line. Their order, and that of cooldowns and slots,
/// depends on nothing but what they say: equal states have equal texts. Times are rounded up to
/// milliseconds; those before 1970 or after 2199, and amounts out of bounds, become the nearest
/// that parse() takes. @pre each fingerprint is one, and no key, group or model is there twice
std::string render(const saved_state& what);

} // namespace keywheel::state
