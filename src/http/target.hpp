#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace keywheel::http {

/// A request-target (RFC 9112 §3.2) reduced to what an origin server works with.
struct request_target {
  std::string origin;         ///< origin-form, or "*"
  std::string_view authority; ///< of an absolute-form target; else empty
};

/// Takes origin-form, absolute-form (http and https) and, for OPTIONS, asterisk-form. Returns
/// nothing for any other form and for bytes that no URI contains.
std::optional<request_target> reduce_target(std::string_view method, std::string_view target);

/// Answers whether `value` may be the value of Host (RFC 9110 §7.2): uri-host [ ":" port ], or
/// empty. User information is refused.
bool is_host(std::string_view value) noexcept;

} // namespace keywheel::http
