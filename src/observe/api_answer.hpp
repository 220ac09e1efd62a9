#pragma once

#include "http/message.hpp"
#include "observe/api_route.hpp"
#include "observe/status.hpp"

#include <cstdint>
#include <optional>
#include <string>

/// The admin API's whole answers, made from the status of the gateway.
namespace keywheel::observe {

/// An answer with the header fields that all answers of the admin port carry: never stored, never
/// taken for anything but what it says it is.
http::response json_response(unsigned status, std::string body);
http::response text_response(unsigned status, std::string body);

/// The text of metrics_page.hpp as an answer.
http::response metrics_response(std::string page);

/// Answers a question that changes nothing: models, keys, configuration. The ETag is the generation
/// in force. 404 if there is no such
/// key or model. @pre the route is one of the GETs that need the status
http::response answer_question(const api_route& what, const status& now);

/// Says why a key or model cannot be changed, as far as the configuration in force tells: 404 if
/// there is none, 409 if the model is served under a pattern and has no entry of its own.
std::optional<api_error> find_obstacle(const api_route& what, const status& now);

/// Answers a change that was made: the generation, and the key or model as it is now, unless it was
/// removed. 201 if it was added. The route names it, also where the body did.
http::response answer_change(const api_route& what, std::uint64_t generation, const status& now);

/// 404: there is no such key or model.
api_error no_such_thing(const api_route& what);

} // namespace keywheel::observe
