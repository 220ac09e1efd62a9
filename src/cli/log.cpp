#include "cli/log.hpp"

#include "observe/log.hpp"

#include <spdlog/pattern_formatter.h>
#include <spdlog/sinks/rotating_file_sink.h>
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

spdlog::sink_ptr sink_for(const config::log_config& with) {
  if (with.file.empty())
    return std::make_shared<spdlog::sinks::stderr_sink_mt>();
  return std::make_shared<spdlog::sinks::rotating_file_sink_mt>(with.file, with.max_size,
                                                                with.max_files);
}

std::unique_ptr<spdlog::formatter> formatter_for(const config::log_config& with) {
  if (with.json)
    return std::make_unique<observe::json_formatter>();
  return std::make_unique<spdlog::pattern_formatter>("%Y-%m-%dT%H:%M:%S.%eZ %l %v",
                                                     spdlog::pattern_time_type::utc);
}

} // namespace

log_output::log_output(const config::log_config& with,
                       std::optional<spdlog::level::level_enum> level)
    : pool_(std::make_shared<spdlog::details::thread_pool>(queue_size, 1)),
      logger_(std::make_shared<spdlog::async_logger>(
          "keywheel", sink_for(with), pool_, spdlog::async_overflow_policy::overrun_oldest)) {
  logger_->set_level(level.value_or(observe::level_of(with.level)));
  logger_->set_formatter(formatter_for(with));
  if (!with.file.empty())
    logger_->flush_on(spdlog::level::trace); // people watch the file as it grows
}

log_output::~log_output() = default;

void add_log_option(CLI::App& to, std::optional<spdlog::level::level_enum>& level) {
  to.add_option("--log-level", level,
                "Least level to log, whatever the configuration says: trace, debug, info, "
                "warning, error, off")
      ->transform(CLI::CheckedTransformer(levels(), CLI::ignore_case).description(""))
      ->envname("KEYWHEEL_LOG")
      ->type_name("LEVEL");
}

} // namespace keywheel::cli
