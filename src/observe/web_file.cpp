#include "observe/web_file.hpp"

#include "observe/api_error.hpp"

#include <algorithm>
#include <string>
#include <utility>

namespace keywheel::observe {

namespace {

constexpr std::string_view content_policy =
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "form-action 'none'; base-uri 'none'; frame-ancestors 'none'";

constexpr std::pair<std::string_view, std::string_view> strict_headers[] = {
    {"Cache-Control", "no-cache"},
    {"Content-Security-Policy", content_policy},
    {"X-Content-Type-Options", "nosniff"},
    {"Referrer-Policy", "no-referrer"},
    {"X-Frame-Options", "DENY"},
    {"Cross-Origin-Opener-Policy", "same-origin"},
    {"Cross-Origin-Resource-Policy", "same-origin"},
};

std::string_view trimmed(std::string_view text) {
  const auto begin = text.find_first_not_of(" \t");
  if (begin == std::string_view::npos)
    return {};
  return text.substr(begin, text.find_last_not_of(" \t") - begin + 1);
}

/// Answers whether a list of entity tags has this one, by the weak comparison of RFC 9110 §8.8.3.2.
/// Our tags have no comma in them.
bool names_tag(std::string_view list, std::string_view tag) {
  while (!list.empty()) {
    const auto end = std::min(list.find(','), list.size());
    auto each = trimmed(list.substr(0, end));
    list.remove_prefix(std::min(end + 1, list.size()));
    if (each.starts_with("W/"))
      each.remove_prefix(2);
    if (each == tag || each == "*")
      return true;
  }
  return false;
}

} // namespace

const web_file* find_file(std::span<const web_file> all, std::string_view name) {
  const auto found =
      std::find_if(all.begin(), all.end(), [&](const web_file& each) { return each.name == name; });
  return found == all.end() ? nullptr : &*found;
}

http::response file_response(const web_file& which, std::optional<std::string_view> if_none_match) {
  http::response result;
  auto& headers = result.head.headers;
  headers.add("ETag", which.tag);
  for (const auto& [name, value] : strict_headers)
    headers.add(name, value);
  if (if_none_match && names_tag(*if_none_match, which.tag)) {
    result.head.status = 304;
    return result;
  }
  result.head.status = 200;
  headers.add("Content-Type", which.type);
  result.body = which.bytes;
  return result;
}

http::response answer_file(std::string_view name, std::optional<std::string_view> if_none_match) {
  if (const auto* found = find_file(dashboard_files(), name))
    return file_response(*found, if_none_match);
  return error_response({404, "not_found", "there is nothing at this path", 0, 0, {}, {}});
}

} // namespace keywheel::observe
