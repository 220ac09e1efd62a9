#include "observe/status.hpp"

#include <algorithm>

namespace keywheel::observe {

cooldown_status seen(const balance::cooldown& what, time_point now, wall_time wall_now) {
  using std::chrono::milliseconds;
  const auto remaining = std::chrono::ceil<milliseconds>(std::max(what.until - now, duration{0}));
  cooldown_status result;
  result.scope = dialect::to_string(what.scope);
  result.model = what.model;
  result.reason = dialect::to_string(what.why);
  result.source = what.source;
  result.until = wall_now + remaining;
  result.remaining_ms = remaining.count();
  result.probing = what.probing;
  return result;
}

} // namespace keywheel::observe
