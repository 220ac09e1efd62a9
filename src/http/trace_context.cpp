#include "http/trace_context.hpp"

#include <algorithm>

namespace keywheel::http {

namespace {

constexpr std::string_view parent = "traceparent";
constexpr std::string_view state = "tracestate";

bool is_hex(std::string_view text) noexcept {
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
}

bool is_zero(std::string_view text) noexcept {
  return text.find_first_not_of('0') == std::string_view::npos;
}

/// version "-" trace-id "-" parent-id "-" flags, of 2, 32, 16 and 2 digits; a later version than
/// ours may have more behind another dash.
std::string_view trace_id_in(std::string_view text) noexcept {
  constexpr std::size_t whole = 55;
  if (text.size() < whole || text[2] != '-' || text[35] != '-' || text[52] != '-')
    return {};
  const auto version = text.substr(0, 2);
  const auto trace = text.substr(3, 32);
  const auto span = text.substr(36, 16);
  const auto flags = text.substr(53, 2);
  if (!is_hex(version) || !is_hex(trace) || !is_hex(span) || !is_hex(flags) || version == "ff"
      || is_zero(trace) || is_zero(span))
    return {};
  if (text.size() > whole && (version == "00" || text[whole] != '-'))
    return {};
  return trace;
}

} // namespace

std::string trace_id_of(const fields& headers) {
  std::string_view found;
  std::size_t count = 0;
  for (const auto [name, value] : headers)
    if (name_equals(name, parent)) {
      found = value;
      ++count;
    }
  return count == 1 ? std::string{trace_id_in(found)} : std::string{};
}

void drop_trace_context(fields& headers) {
  fields kept;
  for (const auto [name, value] : headers)
    if (!name_equals(name, parent) && !name_equals(name, state))
      kept.add(name, value);
  headers = std::move(kept);
}

} // namespace keywheel::http
