#pragma once

#include "http/fields.hpp"

#include <string>

namespace keywheel::http {

/// Returns the trace id of a section's `traceparent` (W3C Trace Context §3.2); empty if there is
/// none, if it is not valid, or if there are several.
std::string trace_id_of(const fields& headers);

/// Drops `traceparent` and `tracestate`: who cannot read the one must not pass the other on (§3.3).
void drop_trace_context(fields& headers);

} // namespace keywheel::http
