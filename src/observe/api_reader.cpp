#include "observe/api_reader.hpp"

#include <utility>

namespace keywheel::observe {

http::server_limits api_limits() {
  http::server_limits result;
  result.max_header = 16 * 1024;
  result.max_body = 1024 * 1024;
  result.header_timeout = std::chrono::seconds{10};
  result.body_timeout = std::chrono::seconds{10};
  result.idle_timeout = std::chrono::seconds{120};
  return result;
}

std::optional<http::response> api_reader::head(const http::request_head& of,
                                               std::optional<std::size_t> declared_length) {
  reading_.reset();
  auto found = route_api(of.method, of.target);
  auto* route = std::get_if<api_route>(&found);
  // What there is and what not is nobody's business before the token has been seen.
  if (route == nullptr || !route->is_probe())
    if (const auto error = turn_away(gate_, of, declared_length))
      return error_response(*error);
  if (route == nullptr)
    return error_response(std::get<api_error>(found));
  reading_.emplace(api_question{std::move(*route), {}});
  return std::nullopt;
}

void api_reader::body(std::string_view piece) {
  if (reading_)
    reading_->body += piece;
}

std::optional<api_question> api_reader::request() {
  return std::exchange(reading_, std::nullopt);
}

} // namespace keywheel::observe
