#include "http/head_rules.hpp"

#include "http/ascii.hpp"
#include "http/fields.hpp"
#include "http/target.hpp"

#include <charconv>

namespace keywheel::http {

namespace {

// Whoever nominates more fields than this wants to keep us busy comparing names.
constexpr unsigned max_connection_options = 64;

} // namespace

void head_rules::refuse(unsigned status, const char* message) noexcept {
  if (refused_.status == 0)
    refused_ = {status, message};
}

void head_rules::request_line(std::string_view method, std::string_view target, unsigned version) {
  version_ = version;
  if (method == "CONNECT")
    return refuse(501, "CONNECT is not supported");
  auto reduced = reduce_target(method, target);
  if (!reduced)
    return refuse(400, "malformed request target");
  target_ = std::move(reduced->origin);
  authority_ = reduced->authority;
}

void head_rules::host(std::string_view value) {
  if (++hosts_ > 1)
    refuse(400, "more than one Host");
  if (!is_host(value))
    refuse(400, "malformed Host");
}

void head_rules::content_length(std::string_view value) {
  // RFC 9110 §8.6 allows to refuse a repeated value even where the values agree.
  if (declared_)
    return refuse(400, "more than one Content-Length");
  std::size_t length = 0;
  auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), length);
  if (error != std::errc{} || end != value.data() + value.size())
    return refuse(400, "malformed Content-Length");
  declared_ = length;
}

void head_rules::transfer_encoding(std::string_view value) {
  if (chunked_)
    return refuse(400, "more than one Transfer-Encoding");
  if (!name_equals(value, "chunked"))
    return refuse(501, "no transfer coding but chunked is supported");
  chunked_ = true;
}

void head_rules::connection(std::string_view value) {
  while (!value.empty()) {
    auto option = next_in_list(value);
    wants_close_ |= name_equals(option, "close");
    wants_keep_alive_ |= name_equals(option, "keep-alive");
    if (++connection_options_ > max_connection_options)
      return refuse(431, "too many connection options");
  }
}

void head_rules::expect(std::string_view value) {
  if (version_ < 11)
    return; // RFC 9110 §10.1.1: ignored from such clients
  if (expects_continue_ || !name_equals(value, "100-continue"))
    return refuse(417, "no expectation but 100-continue is supported");
  expects_continue_ = true;
}

void head_rules::finish() {
  if (version_ >= 11 && hosts_ == 0)
    refuse(400, "Host is missing");
  if (chunked_ && declared_)
    refuse(400, "both Transfer-Encoding and Content-Length");
  if (chunked_ && version_ < 11)
    refuse(400, "Transfer-Encoding in HTTP/1.0"); // RFC 9112 §6.1
  if (declared_ && *declared_ > max_body_)
    refuse(413, "the request body is too large");
}

bool head_rules::keep_alive() const noexcept {
  return !wants_close_ && (version_ >= 11 || wants_keep_alive_);
}

bool head_rules::awaits_continue() const noexcept {
  return expects_continue_ && (chunked_ || declared_.value_or(0) != 0);
}

} // namespace keywheel::http
