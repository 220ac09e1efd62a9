#pragma once

#include <string>
#include <string_view>

/// The literal texts of Gemini's error answers (PROVIDERS section 4.4).
namespace keywheel::simulator::gemini {

/// `{"error":{"code":…,"message":…,"status":…,"details":[…]}}` on one line; `details` is the inside
/// of the array, without which there is none. Answers show it in lines: append_pretty.
std::string error_body(int status, std::string_view message, std::string_view details = {});

/// The error that a stream breaks off with.
std::string stream_error_body();

} // namespace keywheel::simulator::gemini
