#include "observe/log.hpp"

#include "observe/json_member.hpp"
#include "observe/time_text.hpp"

#include <spdlog/logger.h>
#include <spdlog/sinks/null_sink.h>

#include <algorithm>
#include <array>

namespace keywheel::observe {

namespace {

/// Marks a message that is a JSON object: by its address, which no other message can have.
constexpr char object_mark[] = "json";

/// By number.
constexpr std::array<std::string_view, 7> level_words{"trace", "debug",    "info", "warning",
                                                      "error", "critical", "off"};
static_assert(level_words.size() == static_cast<std::size_t>(spdlog::level::off) + 1);

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

void log_object(spdlog::logger& to, spdlog::level::level_enum level, std::string_view object) {
  to.log(spdlog::source_loc{object_mark, 1, object_mark}, level,
         spdlog::string_view_t{object.data(), object.size()});
}

spdlog::level::level_enum level_of(config::log_level level) noexcept {
  return level_from_word(config::to_string(level)).value_or(spdlog::level::info);
}

std::string_view level_word(spdlog::level::level_enum level) noexcept {
  return level_words[static_cast<std::size_t>(level)];
}

std::optional<spdlog::level::level_enum> level_from_word(std::string_view word) noexcept {
  const auto found = std::find(level_words.begin(), level_words.end(), word);
  if (found == level_words.end())
    return std::nullopt;
  return static_cast<spdlog::level::level_enum>(found - level_words.begin());
}

// -- json_formatter
// --------------------------------------------------------------------------------

void json_formatter::format(const spdlog::details::log_msg& what, spdlog::memory_buf_t& to) {
  const std::string_view payload{what.payload.data(), what.payload.size()};
  const bool is_object = what.source.filename == object_mark;
  auto line = object_text([&](json_writer& out) {
    put(out, "time", rfc3339(std::chrono::time_point_cast<wall_time::duration>(what.time)));
    put(out, "level", level_word(what.level));
    if (!is_object)
      put(out, "message", payload);
  });
  if (is_object) {
    line.back() = ',';
    line += payload.substr(1);
  }
  line += '\n';
  to.append(line.data(), line.data() + line.size());
}

std::unique_ptr<spdlog::formatter> json_formatter::clone() const {
  return std::make_unique<json_formatter>();
}

} // namespace keywheel::observe
