#include "observe/log.hpp"

#include <spdlog/logger.h>
#include <spdlog/sinks/null_sink.h>

namespace keywheel::observe {

namespace {

void put_escaped(std::string& to, char c) {
  constexpr char digits[] = "0123456789abcdef";
  const auto byte = static_cast<unsigned char>(c);
  if (c == '"' || c == '\\') {
    to += '\\';
    to += c;
  } else if (c == '\n') {
    to += "\\n";
  } else if (byte < 0x20 || byte >= 0x7f) {
    to += "\\x";
    to += digits[byte >> 4];
    to += digits[byte & 15];
  } else {
    to += c;
  }
}

} // namespace

logger_ptr silent() {
  auto result =
      std::make_shared<spdlog::logger>("keywheel", std::make_shared<spdlog::sinks::null_sink_mt>());
  result->set_level(spdlog::level::off);
  return result;
}

std::string one_line(std::string_view text, std::size_t max_size) {
  std::string result;
  result.reserve(text.size());
  for (const auto c : text.substr(0, max_size))
    put_escaped(result, c);
  if (text.size() > max_size)
    result += "...";
  return result;
}

} // namespace keywheel::observe
