#pragma once

#include "config/config.hpp"
#include "http/message.hpp"
#include "observe/api_error.hpp"

#include <cstddef>
#include <optional>
#include <string_view>

namespace keywheel::observe {

/// Who may use the admin API.
struct api_gate {
  config::endpoint listen; ///< with the port that is really in use
  config::secret token;    ///< empty: nobody
};

/// Says why a request is turned away, or nothing if it may pass. In this order:
/// - 403 `bad_host` if Host does not name this server. A page that makes its own name point here
/// (DNS rebinding) is
///   stopped by that: see names_us().
/// - 403 `bad_origin` if a browser sends it for a page of another origin.
/// - 401 `not_authorized` unless it carries the token (RFC 6750 §2.1), compared in constant time.
/// - 415 `unsupported_media_type` if it is no GET or HEAD and has a body, or with a Content-Type,
/// other than
///   application/json. Browsers let any page send the other types without asking first.
/// @param declared_length of the body, where the request says it
std::optional<api_error> turn_away(const api_gate& gate, const http::request_head& request,
                                   std::optional<std::size_t> declared_length);

/// The first two of these: for what needs no token.
std::optional<api_error> turn_away_stranger(const api_gate& gate,
                                            const http::request_head& request);

/// Answers whether a Host value (RFC 9110 §7.2) names this server: localhost, 127.0.0.1, [::1] or
/// the address listened on, with its port or none. Where all addresses are listened on, any numeric
/// address will do: rebinding needs a name.
bool names_us(const config::endpoint& listen, std::string_view host);

} // namespace keywheel::observe
