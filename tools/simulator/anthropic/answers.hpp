#pragma once

#include "tools/simulator/generation.hpp"

/// Anthropic's successful answers, appended to `out` as JSON.
namespace keywheel::simulator::anthropic {

/// POST /v1/messages.
void append_message(std::string& out, const generation& what);

/// The message as the first event of a stream shows it: without content, with what it will cost.
void append_message_start(std::string& out, const generation& what);

/// `{"input_tokens":…}` and so on, with `output` tokens. The input leaves the cached tokens out.
void append_usage(std::string& out, const generation& what, std::int64_t output);

/// POST /v1/messages/count_tokens.
void append_token_count(std::string& out, const generation& what);

/// GET /v1/models and GET /v1/models/{model}.
void append_models(std::string& out, const std::vector<std::string>& models);
void append_model(std::string& out, std::string_view model);

} // namespace keywheel::simulator::anthropic
