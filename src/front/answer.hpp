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

} // namespace keywheel::front
