#pragma once

#include <CLI/CLI.hpp>
#include <spdlog/async_logger.h>
#include <spdlog/details/thread_pool.h>

#include <memory>
#include <string>

namespace keywheel::cli {

/// The log of this process, on standard error. A thread of its own writes it, so that a slow
/// terminal or pipe holds up no call; when it falls behind, the oldest lines are lost. What has
/// been logged is written when this object goes: it must outlive everything that logs.
class log_output {
public:
  explicit log_output(spdlog::level::level_enum level);
  ~log_output();
  log_output(const log_output&) = delete;
  log_output& operator=(const log_output&) = delete;

  const std::shared_ptr<spdlog::logger>& logger() const noexcept { return logger_; }

private:
  std::shared_ptr<spdlog::details::thread_pool> pool_;
  std::shared_ptr<spdlog::logger> logger_;
};

/// Adds --log-level (KEYWHEEL_LOG) to a command. `level` must live as long as the command.
void add_log_option(CLI::App& to, spdlog::level::level_enum& level);

} // namespace keywheel::cli
