#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace keywheel::dialect {

/// Answers whether the bytes begin as a gzip member does (RFC 1952 §2.3.1).
bool is_gzip(std::string_view bytes) noexcept;

/// Decodes gzip or zlib data (RFC 1952, RFC 1950). Stops after `limit` bytes, at the end of the
/// data and at the first mistake in it; returns what there was until then.
std::string inflated(std::string_view bytes, std::size_t limit);

} // namespace keywheel::dialect
