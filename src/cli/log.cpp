#include "cli/log.hpp"

#include <spdlog/sinks/stdout_sinks.h>

#include <map>

namespace keywheel::cli {

namespace {

/// Lines that may wait to be written.
constexpr std::size_t queue_size = 1024;

const std::map<std::string, spdlog::level::level_enum>& levels() {
  static const std::map<std::string, spdlog::level::level_enum> result{
      {"trace", spdlog::level::trace}, {"debug", spdlog::level::debug},
      {"info", spdlog::level::info},   {"warning", spdlog::level::warn},
      {"error", spdlog::level::err},   {"off", spdlog::level::off}};
  return result;
}

} // namespace

log_output::log_output(spdlog::level::level_enum level)
    : pool_(std::make_shared<spdlog::details::thread_pool>(queue_size, 1)),
      logger_(std::make_shared<spdlog::async_logger>(
          "keywheel", std::make_shared<spdlog::sinks::stderr_sink_mt>(), pool_,
          spdlog::async_overflow_policy::overrun_oldest)) {
  logger_->set_level(level);
  logger_->set_pattern("%Y-%m-%dT%H:%M:%S.%eZ %l %v", spdlog::pattern_time_type::utc);
}

log_output::~log_output() = default;

void add_log_option(CLI::App& to, spdlog::level::level_enum& level) {
  to.add_option("--log-level", level, "Least level to log: trace, debug, info, warning, error, off")
      ->transform(CLI::CheckedTransformer(levels(), CLI::ignore_case).description(""))
      ->envname("KEYWHEEL_LOG")
      ->type_name("LEVEL");
}

} // namespace keywheel::cli
