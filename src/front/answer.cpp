#include "front/answer.hpp"

namespace keywheel::front {

std::string mark(http::response_head& head, std::string_view key, unsigned attempts,
                 std::string_view request_id) {
  head.headers.add("x-keywheel-key", key);
  head.headers.add("x-keywheel-attempts", std::to_string(attempts));
  if (const auto given = head.headers.find("x-request-id"))
    return std::string{*given};
  head.headers.add("x-request-id", request_id);
  return std::string{request_id};
}

} // namespace keywheel::front
