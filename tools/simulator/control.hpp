#pragma once

#include "tools/simulator/provider.hpp"

namespace keywheel::simulator {

/// Answers a request of the control API, /_sim/….
void answer_control(provider& target, const request_view& request, std::string_view body,
                    time_point now, reply& result);

} // namespace keywheel::simulator
