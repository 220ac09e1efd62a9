#include "balance/types.hpp"

namespace keywheel::balance {

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
