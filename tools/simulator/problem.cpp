#include "tools/simulator/problem.hpp"

#include "tools/simulator/openai/errors.hpp"

namespace keywheel::simulator {

void refuse(reply& result, dialect speaks, const problem& what, const circumstances& around) {
  switch (speaks) {
  case dialect::openai:
    return openai::refuse(result, what, around);
  case dialect::azure:
    return azure::refuse(result, what, around);
  case dialect::anthropic:
    return anthropic::refuse(result, what, around);
  case dialect::gemini:
    return gemini::refuse(result, what, around);
  }
}

std::string status_body(dialect speaks, int status, std::string_view request_id) {
  switch (speaks) {
  case dialect::azure:
    return azure::status_body(status);
  case dialect::anthropic:
    return anthropic::status_body(status, request_id);
  case dialect::gemini:
    return gemini::status_body(status);
  default:
    return status_body(status);
  }
}

void append_limit_lines(std::string& out, dialect speaks, const shown_limits& limits,
                        std::int64_t seconds) {
  switch (speaks) {
  case dialect::openai:
    return openai::append_limit_lines(out, limits);
  case dialect::azure:
    return azure::append_limit_lines(out, limits);
  case dialect::anthropic:
    return anthropic::append_limit_lines(out, limits, seconds);
  case dialect::gemini: // whose answers say nothing of limits
    return;
  }
}

} // namespace keywheel::simulator
