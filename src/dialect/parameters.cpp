#include "dialect/parameters.hpp"

#include "http/ascii.hpp"
#include "http/fields.hpp"

#include <algorithm>
#include <cstddef>
#include <utility>

namespace keywheel::dialect {

namespace {

bool is_token(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), http::is_token_char);
}

/// Cuts a quoted string off the front of `text`, which begins with its quote.
std::optional<std::string> take_quoted(std::string_view& text) {
  std::string result;
  for (std::size_t i = 1; i < text.size(); ++i) {
    if (text[i] == '"') {
      text.remove_prefix(i + 1);
      return result;
    }
    if (text[i] == '\\' && i + 1 < text.size() && (text[i + 1] == '"' || text[i + 1] == '\\'))
      ++i;
    result += text[i];
  }
  return std::nullopt;
}

std::optional<std::string> take_plain(std::string_view& text) {
  const std::size_t size = std::min(text.find(';'), text.size());
  const std::string_view result = http::trim(text.substr(0, size));
  text.remove_prefix(size);
  if (result.empty() || result.find('"') != std::string_view::npos)
    return std::nullopt;
  return std::string{result};
}

/// Cuts `name=value` off the front of `text`, up to the next semicolon or the end.
std::optional<parameterized::parameter> take_parameter(std::string_view& text) {
  const std::size_t equals = text.find('=');
  if (equals == std::string_view::npos)
    return std::nullopt;
  const std::string_view name = http::trim(text.substr(0, equals));
  text = http::trim(text.substr(equals + 1));
  if (!is_token(name))
    return std::nullopt;
  auto value = text.substr(0, 1) == "\"" ? take_quoted(text) : take_plain(text);
  text = http::trim(text);
  if (!value || (!text.empty() && text.front() != ';'))
    return std::nullopt;
  return parameterized::parameter{name, std::move(*value)};
}

} // namespace

const parameterized::parameter* parameterized::find(std::string_view name) const noexcept {
  const auto found = std::find_if(parameters.begin(), parameters.end(), [&](const auto& each) {
    return http::name_equals(each.name, name);
  });
  return found == parameters.end() ? nullptr : &*found;
}

std::optional<parameterized> read_parameters(std::string_view text) {
  parameterized result;
  const std::size_t size = std::min(text.find(';'), text.size());
  result.value = http::trim(text.substr(0, size));
  text.remove_prefix(size);
  while (!text.empty()) {
    text = http::trim(text.substr(1));
    if (text.empty())
      break; // senders end their lists with a semicolon, too
    auto next = take_parameter(text);
    if (!next || result.find(next->name) != nullptr)
      return std::nullopt;
    result.parameters.push_back(std::move(*next));
  }
  return result;
}

} // namespace keywheel::dialect
