#include "observe/api_reader.hpp"

#include "observe/audit.hpp"

#include <charconv>
#include <utility>

namespace keywheel::observe {

namespace {

api_error bad_header(std::string message) {
  return {400, "bad_request", std::move(message), 0, 0, {}, {}};
}

/// Reads If-Match (RFC 9110 §13.1.1): `*`, or the one generation that the change is made for.
std::optional<api_error> read_if_match(const http::fields& headers, std::uint64_t& to) {
  const auto given = headers.find("if-match");
  if (!given || *given == "*")
    return std::nullopt;
  const auto quoted = given->size() > 2 && given->front() == '"' && given->back() == '"';
  const auto digits = quoted ? given->substr(1, given->size() - 2) : std::string_view{};
  const auto [end, code] = std::from_chars(digits.data(), digits.data() + digits.size(), to);
  if (digits.empty() || code != std::errc{} || end != digits.data() + digits.size() || to == 0)
    return bad_header("If-Match must be * or one generation in quotes, as an ETag gave it");
  return std::nullopt;
}

std::optional<api_error> read_user(const http::fields& headers, std::string& to) {
  const auto given = headers.find("x-keywheel-user");
  if (!given)
    return std::nullopt;
  if (!is_user_name(*given))
    return bad_header("X-Keywheel-User must have 1 to 64 printable ASCII characters");
  to = *given;
  return std::nullopt;
}

} // namespace

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
    if (const auto error = route != nullptr && route->is_page()
                               ? turn_away_stranger(gate_, of)
                               : turn_away(gate_, of, declared_length))
      return error_response(*error);
  if (route == nullptr)
    return error_response(std::get<api_error>(found));
  api_question question;
  question.route = std::move(*route);
  if (const auto error = read_if_match(of.headers, question.if_generation))
    return error_response(*error);
  if (const auto error = read_user(of.headers, question.user))
    return error_response(*error);
  if (const auto tag = of.headers.find("if-none-match"))
    question.if_none_match = *tag;
  reading_ = std::move(question);
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
