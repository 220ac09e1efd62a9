#pragma once

#include "http/message.hpp"

#include <string>
#include <string_view>

namespace keywheel::front {

/// Says in the head of a provider's answer what Keywheel did: `x-keywheel-key`,
/// `x-keywheel-attempts`, and `x-request-id` unless the provider gave one. Returns the request id
/// that the client will see.
std::string mark(http::response_head& head, std::string_view key, unsigned attempts,
                 std::string_view request_id);

/// Says in the head of our own answer to a call how many attempts it has had.
void mark_refusal(http::response_head& head, unsigned attempts);

/// Turns the URLs at which a Gemini upload goes on (`x-goog-upload-url`,
/// `x-goog-upload-control-url`) to this gateway, so that the client comes back through it: `home`
/// takes the place of the provider's origin, and credentials in the query go. Where `home` is
/// empty, such headers are dropped. Others stay as they are.
void bring_home(http::response_head& head, std::string_view home);

} // namespace keywheel::front
