#pragma once

#include "time.hpp"

#include <string_view>

namespace keywheel::http {

/// Returns `when` as IMF-fixdate (RFC 9110 §5.6.7), such as "Sun, 06 Nov 1994 08:49:37 GMT".
/// The text is made once per second and thread; it is valid until the thread's next call.
std::string_view http_date(wall_time when);

} // namespace keywheel::http
