#pragma once

#include "time.hpp"

#include <string>

namespace keywheel::observe {

/// A date and time as RFC 3339 §5.6 has it, in UTC with milliseconds: "2024-05-01T12:00:00.250Z".
std::string rfc3339(wall_time when);

} // namespace keywheel::observe
