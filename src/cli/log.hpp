#pragma once

#include "config/config.hpp"

#include <CLI/CLI.hpp>
#include <spdlog/async_logger.h>
#include <spdlog/details/thread_pool.h>

#include <memory>
#include <optional>
#include <string>

namespace keywheel::cli {

/// The log of this process: on standard error, which journald takes, or in a file that is rotated.
/// A thread of its own writes it, so that a slow
/// terminal or pipe holds up no call; when it falls behind, the oldest lines are lost. What has
/// been logged is written when this object goes: it must outlive everything that logs.
class log_output {
public:
  /// @param level that a person gave when starting; it wins over the configured one
  /// @throw spdlog::spdlog_ex if the file cannot be opened
  log_output(const config::log_config& with, std::optional<spdlog::level::level_enum> level);
  ~log_output();
  log_output(const log_output&) = delete;
  log_output& operator=(const log_output&) = delete;

  const std::shared_ptr<spdlog::logger>& logger() const noexcept { return logger_; }

private:
  std::shared_ptr<spdlog::details::thread_pool> pool_;
  std::shared_ptr<spdlog::logger> logger_;
};

/// Adds --log-level (KEYWHEEL_LOG) to a command. `level` must live as long as the command.
void add_log_option(CLI::App& to, std::optional<spdlog::level::level_enum>& level);

} // namespace keywheel::cli
