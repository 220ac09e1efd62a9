#include "http/response_writer.hpp"

#include "http/ascii.hpp"
#include "http/date.hpp"

#include <algorithm>
#include <charconv>
#include <iterator>
#include <utility>

namespace keywheel::http {

namespace {

void append_number(std::string& out, std::size_t number, int base = 10) {
  char digits[24];
  const auto end = std::to_chars(std::begin(digits), std::end(digits), number, base).ptr;
  out.append(digits, end);
}

void append_status_line(std::string& out, unsigned status) {
  out += "HTTP/1.1 ";
  append_number(out, status);
  out += ' ';
  out += reason_phrase(status);
  out += "\r\n";
}

/// These are said by the framing, and only by it.
bool is_framing(std::string_view name) noexcept {
  return name_equals(name, "content-length") || name_equals(name, "transfer-encoding")
         || name_equals(name, "connection");
}

/// False for what could end the line early and so let a provider write lines of our answer.
bool is_safe(const fields::field& field) noexcept {
  return !field.name.empty() && std::all_of(field.name.begin(), field.name.end(), is_token_char)
         && std::none_of(field.value.begin(), field.value.end(),
                         [](char c) { return c == '\r' || c == '\n' || c == '\0'; });
}

/// Returns whether Date was among them.
bool append_fields(std::string& out, const fields& headers) {
  bool dated = false;
  for (auto field : headers) {
    if (is_framing(field.name) || !is_safe(field))
      continue;
    dated = dated || name_equals(field.name, "date");
    out += field.name;
    out += ": ";
    out += field.value;
    out += "\r\n";
  }
  return dated;
}

} // namespace

bool response_writer::begin(std::string& out, const response_head& head,
                            std::optional<std::size_t> length, const asked_by& request,
                            wall_time date) {
  // A status that no status line can hold comes from a provider that talks nonsense.
  const auto status = head.status >= 100 && head.status <= 999 ? head.status : 502;
  const bool never_body = status < 200 || status == 204 || status == 304;
  bool keep_alive = request.keep_alive;
  append_status_line(out, status);
  if (!append_fields(out, head.headers)) {
    out += "Date: ";
    out += http_date(date);
    out += "\r\n";
  }
  if (never_body || request.head) {
    framing_ = framing::none;
  } else if (length) {
    framing_ = framing::length;
    left_ = *length;
  } else if (request.version >= 11) {
    framing_ = framing::chunked;
  } else {
    framing_ = framing::until_close;
    keep_alive = false;
  }
  if (length && !never_body) {
    out += "Content-Length: ";
    append_number(out, *length);
    out += "\r\n";
  }
  if (framing_ == framing::chunked)
    out += "Transfer-Encoding: chunked\r\n";
  if (!keep_alive)
    out += "Connection: close\r\n";
  else if (request.version < 11)
    out += "Connection: keep-alive\r\n";
  out += "\r\n";
  return keep_alive;
}

void response_writer::write(std::string& out, std::string_view piece) {
  switch (framing_) {
  case framing::none:
    break;
  case framing::length:
    piece = piece.substr(0, left_);
    left_ -= piece.size();
    out += piece;
    break;
  case framing::chunked:
    if (piece.empty()) // an empty chunk would be the last
      break;
    append_number(out, piece.size(), 16);
    out += "\r\n";
    out += piece;
    out += "\r\n";
    break;
  case framing::until_close:
    out += piece;
    break;
  }
}

bool response_writer::finish(std::string& out, bool broken) {
  const auto how = std::exchange(framing_, framing::none);
  if (broken || (how == framing::length && left_ != 0))
    return false;
  if (how == framing::chunked)
    out += "0\r\n\r\n";
  return true;
}

} // namespace keywheel::http
