#pragma once

#include <spdlog/fwd.h>

#include <memory>
#include <string>
#include <string_view>

namespace keywheel::observe {

/// Where the library's log lines go. There is no global one: whoever starts a gateway gives it.
using logger_ptr = std::shared_ptr<spdlog::logger>;

/// A logger that drops everything.
logger_ptr silent();

/// `text` for one line of a log: quotes, backslashes and every byte but printable ASCII are escaped
/// (\", \\, \n, \x1b), so that nobody forges a line or talks to a terminal. Longer than `max_size`
/// bytes, it is cut and ends in "...".
std::string one_line(std::string_view text, std::size_t max_size = 256);

} // namespace keywheel::observe
