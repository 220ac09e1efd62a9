#pragma once

#include "http/fields.hpp"

namespace keywheel::http {

/// Answers whether fields of that name belong to one hop only and are never forwarded: those of
/// RFC 9110 §7.6.1 (Connection, Keep-Alive, Proxy-*, TE, Trailer, Transfer-Encoding, Upgrade).
bool is_hop_by_hop(std::string_view name) noexcept;

/// Answers whether the Connection field of `all` nominates `name` as hop-by-hop.
bool is_nominated(const fields& all, std::string_view name) noexcept;

/// Copies to `to` what of a client's header section may travel to a provider. Dropped: hop-by-hop
/// fields, Host, Content-Length and Expect (made anew for each attempt), x-keywheel-* which speak
/// to us alone, and everything that may carry the caller's own credentials (Authorization,
/// Proxy-Authorization, x-api-key, api-key, x-goog-api-key, Cookie).
void copy_request_fields(const fields& from, fields& to);

/// Copies to `to` what of a provider's header section may travel to the client. Dropped:
/// hop-by-hop fields, Content-Length (the framing of our answer is our own), Set-Cookie, and any
/// field that names or echoes a credential (x-api-key, api-key, x-goog-api-key, Authorization),
/// and x-keywheel-* which only we may say.
void copy_response_fields(const fields& from, fields& to);

/// Whether the body behind these is compressed or the like: Content-Encoding says anything but
/// `identity`.
bool is_encoded(const fields& headers) noexcept;

} // namespace keywheel::http
