#pragma once

#include "state/saved_state.hpp"

#include <string>

namespace keywheel::state::testing {

/// 2024-05-01T12:00:00Z.
wall_time noon();

/// One of everything, and its text as it must be written.
saved_state sample_state();
std::string sample_text();

} // namespace keywheel::state::testing
