#pragma once

#include <string>
#include <string_view>

/// The literal texts of Anthropic's error answers (PROVIDERS section 4.3).
namespace keywheel::simulator::anthropic {

/// `{"type":"error","error":{"type":…,"message":…},"request_id":"req_…"}`.
std::string error_body(std::string_view type, std::string_view message,
                       std::string_view request_id);

} // namespace keywheel::simulator::anthropic
