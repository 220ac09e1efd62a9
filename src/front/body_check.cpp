#include "front/body_check.hpp"

#include <string>
#include <utility>

namespace keywheel::front {

namespace {

dialect::refusal bad(std::string message) {
  return {dialect::refusal_code::bad_request, std::move(message), {}, false};
}

} // namespace

std::optional<dialect::refusal> check(dialect::request_scanner& body) {
  using scanner = dialect::request_scanner;
  switch (body.finish()) {
  case scanner::outcome::found:
    return std::nullopt;
  case scanner::outcome::incomplete:
    return bad("the body ends in the middle of its JSON");
  case scanner::outcome::no_model:
    return bad("the body has no member \"model\" at its top level");
  case scanner::outcome::not_a_string:
    return bad("the member \"model\" must be a string of 1 to " + std::to_string(scanner::max_name)
               + " bytes");
  case scanner::outcome::twice:
    return bad("the body has the member \"model\" twice");
  case scanner::outcome::too_deep:
    return bad("the JSON is nested deeper than " + std::to_string(scanner::max_depth) + " levels");
  case scanner::outcome::malformed:
    break;
  }
  return bad("the body is not a JSON object: see byte " + std::to_string(body.error_offset()));
}

std::optional<dialect::refusal> check(dialect::form_scanner& body) {
  using scanner = dialect::form_scanner;
  switch (body.finish()) {
  case scanner::outcome::found:
    return std::nullopt;
  case scanner::outcome::no_model:
    return bad("the form has no field \"model\"");
  case scanner::outcome::not_text:
    return bad("the field \"model\" must be text of 1 to " + std::to_string(scanner::max_name)
               + " bytes, not a file");
  case scanner::outcome::twice:
    return bad("the form has the field \"model\" twice");
  case scanner::outcome::incomplete:
  case scanner::outcome::malformed:
    break;
  }
  return bad("the body is not a multipart form with the boundary of its content-type: see byte "
             + std::to_string(body.error_offset()));
}

} // namespace keywheel::front
