#pragma once

#include "config/config.hpp"

#include <spdlog/common.h>
#include <spdlog/details/log_msg.h>
#include <spdlog/formatter.h>
#include <spdlog/fwd.h>

#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace keywheel::observe {

/// Where the library's log lines go. There is no global one: whoever starts a gateway gives it.
using logger_ptr = std::shared_ptr<spdlog::logger>;

/// A logger that drops everything.
logger_ptr silent();

/// `text` for one line of a log: quotes, backslashes and every byte but printable ASCII are escaped
/// (\", \\, \n, \x1b), so that nobody forges a line or talks to a terminal. Longer than `max_size`
/// bytes, it is cut and ends in "...".
std::string one_line(std::string_view text, std::size_t max_size = 256);

/// Logs an event as the JSON object that it is, for a json_formatter to complete.
void log_object(spdlog::logger& to, spdlog::level::level_enum level, std::string_view object);

/// Makes every message one JSON object in a line of its own: `time` (RFC 3339), `level`, and either
/// `message` or the members of what log_object() was given.
class json_formatter : public spdlog::formatter {
public:
  void format(const spdlog::details::log_msg& what, spdlog::memory_buf_t& to) override;
  std::unique_ptr<spdlog::formatter> clone() const override;
};

/// The configured level as spdlog has it.
spdlog::level::level_enum level_of(config::log_level level) noexcept;

/// The word of a level as configuration, log and API have it, and back.
std::string_view level_word(spdlog::level::level_enum level) noexcept;
std::optional<spdlog::level::level_enum> level_from_word(std::string_view word) noexcept;

} // namespace keywheel::observe
