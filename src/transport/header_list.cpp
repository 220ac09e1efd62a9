#include "transport/header_list.hpp"

#include <cstring>

namespace keywheel::transport {

namespace {

// curl_slist holds pointers to non-const although curl only reads.
char no_accept[] = "Accept:";
char no_content_type[] = "Content-Type:";
char no_expect[] = "Expect:";

bool is_framing(std::string_view name) noexcept {
  switch (name.size()) {
  case 6:
    return http::name_equals(name, "Expect");
  case 10:
    return http::name_equals(name, "Connection");
  case 14:
    return http::name_equals(name, "Content-Length");
  case 17:
    return http::name_equals(name, "Transfer-Encoding");
  default:
    return false;
  }
}

bool has_break(std::string_view text) noexcept {
  return text.find_first_of(std::string_view{"\r\n\0", 3}) != std::string_view::npos;
}

} // namespace

bool header_list::build(const http::fields& from, const defaults& with) {
  wipe();
  bool accept = false, content_type = false, user_agent = false;
  auto room = with.user_agent.size() + 1;
  for (const auto& [name, value] : from)
    room += name.size() + value.size() + 3;
  // Grown at once: a vector that moves while it is filled leaves copies of credentials behind.
  if (text_.size() < room)
    text_.resize(room);
  auto* at = text_.data();
  for (const auto& [name, value] : from) {
    if (name.empty() || name.find(':') != std::string_view::npos || has_break(name)
        || has_break(value)) {
      wipe();
      return false;
    }
    if (is_framing(name))
      continue;
    accept = accept || http::name_equals(name, "Accept");
    content_type = content_type || http::name_equals(name, "Content-Type");
    user_agent = user_agent || http::name_equals(name, "User-Agent");
    append(at);
    at = write(at, name, value);
  }
  if (!user_agent && !with.user_agent.empty()) {
    append(at);
    std::memcpy(at, with.user_agent.data(), with.user_agent.size());
    at[with.user_agent.size()] = '\0';
  }
  if (!accept)
    append(no_accept);
  if (with.has_body && !content_type)
    append(no_content_type);
  if (with.expect)
    append(no_expect);
  for (std::size_t i = 0; i + 1 < nodes_.size(); ++i)
    nodes_[i].next = &nodes_[i + 1];
  return true;
}

void header_list::wipe() noexcept {
  nodes_.clear();
  if (!text_.empty())
    explicit_bzero(text_.data(), text_.size());
}

void header_list::append(char* line) {
  nodes_.push_back({line, nullptr});
}

char* header_list::write(char* to, std::string_view name, std::string_view value) {
  std::memcpy(to, name.data(), name.size());
  to += name.size();
  // curl takes "Name:" for a wish to leave that field out, and "Name;" for an empty one.
  *to++ = value.empty() ? ';' : ':';
  if (!value.empty())
    *to++ = ' ';
  std::memcpy(to, value.data(), value.size());
  to += value.size();
  *to++ = '\0';
  return to;
}

} // namespace keywheel::transport
