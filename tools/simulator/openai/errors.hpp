#pragma once

#include "tools/simulator/api_key.hpp"

#include <string>
#include <string_view>

/// The literal texts of OpenAI's error answers.
namespace keywheel::simulator {

/// `{"error":{"message":…,"type":…,"param":…,"code":…}}`. An empty `param` or `code` is null.
std::string error_body(std::string_view message, std::string_view type, std::string_view param,
                       std::string_view code);

/// 401 for a request without a key.
std::string no_key_body();

/// 401 for a key that is not known. Shows the first characters of `secret` only.
std::string bad_key_body(std::string_view secret);

/// 404 for a model that is not known.
std::string bad_model_body(std::string_view model);

/// 401 for a key whose organisation is closed.
std::string disabled_body();

/// 429 for an organisation without credit.
std::string unpaid_body();

/// 403 for a model that `organization` has no access to.
std::string forbidden_model_body(std::string_view model, std::string_view organization);

/// 429 for a model that has no capacity left. OpenAI has no words for that; these are Mistral's.
std::string capacity_body();

/// 429 for a limit.
std::string refusal_body(const refusal& why, std::string_view model, std::string_view organization);

/// The retry-after and retry-after-ms lines of a 429; empty for a request that never fits.
std::string refusal_lines(const refusal& why);

/// The body of a scripted status without a body of its own.
std::string status_body(int status);

/// The error object that a stream breaks off with.
std::string stream_error_body();

} // namespace keywheel::simulator
