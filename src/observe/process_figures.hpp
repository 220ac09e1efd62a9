#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace keywheel::observe {

/// What the system says of this process, by the names and units of Prometheus' own clients.
struct process_figures {
  double cpu_seconds = 0; ///< user and system
  double start_time = 0;  ///< seconds since 1970
  std::uint64_t resident_bytes = 0;
  std::uint64_t virtual_bytes = 0;
  std::uint64_t open_descriptors = 0;
  std::uint64_t most_descriptors = 0;
};

/// Reads them from /proc (proc(5)); empty where there is none. Not for the I/O thread: with many
/// connections, counting descriptors takes milliseconds.
std::optional<process_figures> read_process_figures();

/// Reads /proc/PID/stat and the line "btime" of /proc/stat. Empty if they are not such.
/// @param ticks per second, @param page its size in bytes: sysconf(3) has both
std::optional<process_figures> parse_process_figures(const std::string& process_stat,
                                                     const std::string& system_stat, long ticks,
                                                     long page);

} // namespace keywheel::observe
