#pragma once

#include "observe/metrics.hpp"
#include "observe/process_figures.hpp"
#include "observe/status.hpp"

#include <optional>
#include <string>

namespace keywheel::observe {

/// The answer to `GET /metrics`: what was counted, the gateway's status as gauges, tokens and the
/// process, in Prometheus' text format 0.0.4.
std::string metrics_page(const metrics& counted, const status& now,
                         const std::optional<process_figures>& process);

/// The media type of that text.
inline constexpr const char* metrics_type = "text/plain; version=0.0.4; charset=utf-8";

} // namespace keywheel::observe
