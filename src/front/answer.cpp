#include "front/answer.hpp"

#include "dialect/route.hpp"

#include <utility>

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

void mark_refusal(http::response_head& head, unsigned attempts) {
  head.headers.add("x-keywheel-attempts", std::to_string(attempts));
}

namespace {

bool is_upload_url(std::string_view name) {
  return http::name_equals(name, "x-goog-upload-url")
         || http::name_equals(name, "x-goog-upload-control-url");
}

} // namespace

void bring_home(http::response_head& head, std::string_view home) {
  if (!head.headers.contains("x-goog-upload-url")
      && !head.headers.contains("x-goog-upload-control-url"))
    return;
  http::fields result;
  for (const auto& [name, value] : head.headers) {
    if (!is_upload_url(name)) {
      result.add(name, value);
      continue;
    }
    const std::size_t scheme = value.find("://");
    const std::size_t path = scheme == std::string_view::npos ? 0 : value.find('/', scheme + 3);
    const std::string_view target = path < value.size() ? value.substr(path) : std::string_view{};
    if (!home.empty() && target.starts_with('/'))
      result.add(name, std::string{home} + dialect::without_credentials(target));
  }
  head.headers = std::move(result);
}

} // namespace keywheel::front
