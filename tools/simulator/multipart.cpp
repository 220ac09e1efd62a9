#include "tools/simulator/multipart.hpp"

#include "tools/simulator/text.hpp"

#include <algorithm>
#include <string>

namespace keywheel::simulator {
namespace {

/// The value of parameter `name` in a header field's value, without its quotation marks.
std::string_view parameter(std::string_view value, std::string_view name) {
  for (auto at = value.find(';'); at != std::string_view::npos; at = value.find(';', at + 1)) {
    auto rest = value.substr(at + 1);
    rest.remove_prefix(std::min(rest.find_first_not_of(" \t"), rest.size()));
    if (!rest.starts_with(name) || rest.size() <= name.size() || rest[name.size()] != '=')
      continue;
    rest.remove_prefix(name.size() + 1);
    if (rest.starts_with('"'))
      return rest.substr(1, rest.find('"', 1) - 1);
    return rest.substr(0, rest.find_first_of("; \t\r"));
  }
  return {};
}

/// The part's name and file name, from its header section.
form_part described(std::string_view head) {
  constexpr std::string_view name = "content-disposition:";
  while (!head.empty()) {
    auto line = head.substr(0, head.find("\r\n"));
    if (equal_nocase(line.substr(0, name.size()), name))
      return {parameter(line, "name"), parameter(line, "filename"), {}};
    head.remove_prefix(std::min(line.size() + 2, head.size()));
  }
  return {};
}

} // namespace

std::vector<form_part> form_parts(std::string_view content_type, std::string_view body) {
  constexpr std::string_view type = "multipart/form-data";
  auto boundary = parameter(content_type, "boundary");
  if (!equal_nocase(content_type.substr(0, type.size()), type) || boundary.empty())
    return {};
  auto delimiter = "\r\n--" + std::string{boundary};
  std::vector<form_part> result;
  if (!body.starts_with(std::string_view{delimiter}.substr(2)))
    return {};
  body.remove_prefix(delimiter.size() - 2);
  while (body.starts_with("\r\n")) {
    auto end = body.find(delimiter, 2);
    auto blank = body.find("\r\n\r\n");
    if (end == std::string_view::npos || blank >= end)
      return {};
    auto part = described(body.substr(2, blank - 2));
    part.content = blank + 4 <= end ? body.substr(blank + 4, end - blank - 4) : std::string_view{};
    result.push_back(part);
    body.remove_prefix(end + delimiter.size());
  }
  return body.starts_with("--") ? result : std::vector<form_part>{};
}

const form_part* find_part(const std::vector<form_part>& parts, std::string_view name) {
  for (auto& part : parts)
    if (part.name == name)
      return &part;
  return nullptr;
}

} // namespace keywheel::simulator
