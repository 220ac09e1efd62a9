#include "balance/types.hpp"

#include <algorithm>

namespace keywheel::balance {

availability seen_at(availability what, time_point now) noexcept {
  using state = availability::state;
  const auto rests = [&what] { return what.is == state::cooling || what.is == state::rejected; };
  if (rests() && what.until <= now) {
    if (what.is == state::rejected)
      what.free_slots = std::min(what.free_slots, 1U);
    what.is = state::available;
  }
  if (what.is == state::available && what.free_slots == 0)
    what.is = state::busy;
  if (!rests()) {
    what.until = {};
    what.why = dialect::reason::none;
  }
  return what;
}

availability less_one(availability what) noexcept {
  if (what.free_slots != availability::unlimited && what.free_slots > 0 && --what.free_slots == 0)
    what.is = availability::state::busy;
  return what;
}

bool worth_telling(const availability& told, const availability& is) noexcept {
  constexpr std::uint32_t enough = 8;
  if (told.is != is.is || told.until != is.until || told.why != is.why
      || told.in_flight != is.in_flight)
    return true;
  return is.free_slots < told.free_slots
         || (is.free_slots > told.free_slots && told.free_slots < enough);
}

bool rests_in_vain(const availability& what) noexcept {
  using dialect::reason;
  using state = availability::state;
  return what.is == state::rejected
         || (what.is == state::cooling
             && (what.why == reason::billing || what.why == reason::credential
                 || what.why == reason::permission || what.why == reason::blocked));
}

std::string_view to_string(availability::state is) noexcept {
  switch (is) {
  case availability::state::available:
    return "available";
  case availability::state::busy:
    return "busy";
  case availability::state::cooling:
    return "cooling";
  case availability::state::rejected:
    return "rejected";
  case availability::state::disabled:
    return "disabled";
  }
  return "unknown";
}

} // namespace keywheel::balance
