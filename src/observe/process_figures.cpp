#include "observe/process_figures.hpp"

#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>
#include <sys/resource.h>
#include <unistd.h>

namespace keywheel::observe {

namespace {

std::string content_of(const char* path) {
  std::ifstream in{path};
  return {std::istreambuf_iterator<char>{in}, {}};
}

/// When the system started, in seconds since 1970.
std::optional<double> boot_time(const std::string& system_stat) {
  std::istringstream lines{system_stat};
  for (std::string line; std::getline(lines, line);) {
    std::istringstream words{line};
    std::string name;
    double value = 0;
    if (words >> name >> value && name == "btime")
      return value;
  }
  return std::nullopt;
}

double seconds_of(const ::timeval& what) {
  return static_cast<double>(what.tv_sec) + static_cast<double>(what.tv_usec) / 1e6;
}

std::uint64_t count_descriptors() {
  std::error_code failed;
  const std::filesystem::directory_iterator all{"/proc/self/fd", failed};
  if (failed)
    return 0;
  // The one that reads the directory is none of ours.
  const auto found = std::distance(begin(all), end(all));
  return found > 0 ? static_cast<std::uint64_t>(found - 1) : 0;
}

} // namespace

std::optional<process_figures> parse_process_figures(const std::string& process_stat,
                                                     const std::string& system_stat, long ticks,
                                                     long page) {
  const auto booted = boot_time(system_stat);
  // The name of the program, in brackets, may itself have brackets and spaces.
  const auto named = process_stat.rfind(')');
  if (!booted || named == std::string::npos || ticks <= 0)
    return std::nullopt;
  std::istringstream words{process_stat.substr(named + 1)};
  constexpr int first = 3; // the field after the name
  constexpr int user_time = 14;
  constexpr int system_time = 15;
  constexpr int start_time = 22;
  constexpr int virtual_size = 23;
  constexpr int resident_pages = 24;
  process_figures result;
  std::string word;
  std::uint64_t cpu_ticks = 0;
  for (int field = first; field <= resident_pages; ++field) {
    if (!(words >> word))
      return std::nullopt;
    if (field < user_time)
      continue;
    const auto value = std::strtoull(word.c_str(), nullptr, 10);
    if (field == user_time || field == system_time)
      cpu_ticks += value;
    else if (field == start_time)
      result.start_time = *booted + static_cast<double>(value) / static_cast<double>(ticks);
    else if (field == virtual_size)
      result.virtual_bytes = value;
    else if (field == resident_pages)
      result.resident_bytes = value * static_cast<std::uint64_t>(page);
  }
  result.cpu_seconds = static_cast<double>(cpu_ticks) / static_cast<double>(ticks);
  return result;
}

std::optional<process_figures> read_process_figures() {
  auto result = parse_process_figures(content_of("/proc/self/stat"), content_of("/proc/stat"),
                                      ::sysconf(_SC_CLK_TCK), ::sysconf(_SC_PAGESIZE));
  if (!result)
    return result;
  // A tick of /proc is 10 ms, which is more than a young process may have used.
  ::rusage used{};
  if (::getrusage(RUSAGE_SELF, &used) == 0)
    result->cpu_seconds = seconds_of(used.ru_utime) + seconds_of(used.ru_stime);
  result->open_descriptors = count_descriptors();
  ::rlimit most{};
  if (::getrlimit(RLIMIT_NOFILE, &most) == 0)
    result->most_descriptors = most.rlim_cur;
  return result;
}

} // namespace keywheel::observe
