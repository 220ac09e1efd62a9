#pragma once

#include <cstddef>
#include <string_view>

namespace keywheel::dialect {

/// Returns how many bytes at the start of `text` are ordinary inside a JSON string: neither a
/// quote nor a backslash nor a control character (RFC 8259 §7). Reads many bytes at a time, as
/// prompts carry images of many megabytes in one string.
std::size_t plain_run(std::string_view text) noexcept;

} // namespace keywheel::dialect
