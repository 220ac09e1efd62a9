#pragma once

#include "observe/api_error.hpp"
#include "observe/status.hpp"
#include "time.hpp"

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

namespace keywheel::observe {

/// What each key did in each minute of the last hour, found from the counters of one status after
/// the other. Bounded: a key takes 1.5 KB, and one that is not configured any more takes none.
class history {
public:
  static constexpr std::size_t steps = 60;
  static constexpr std::chrono::seconds step{60};

  /// Takes a status. What was counted since the last one belongs to the minute that lies between
  /// the two, so one is needed at least at the end of each: see next_step(). A counter that has
  /// fallen by more than half began anew, with an actor of its own; one that fell by less was
  /// corrected. What was counted before the first status belongs to no minute. @pre `now` does not
  /// go back
  void take(const status& of, time_point now);

  /// When the minute that `now` lies in ends. @pre take() was called
  time_point next_step(time_point now) const;

  /// `{"step_s","until","keys":[{"id","requests","errors","tokens"}]}` for the last `minutes`,
  /// oldest first; the last of them, which ends at `until`, is still running.
  /// @pre 1 <= minutes <= steps
  std::string json(std::size_t minutes, time_point now, wall_time wall_now) const;

private:
  struct counts {
    std::uint64_t requests = 0;
    std::uint64_t errors = 0;
    std::uint64_t tokens = 0;
  };
  struct entry {
    counts seen; ///< the counters of its last status
    std::array<counts, steps> minutes{};
  };

  static counts counters_of(const key_status& key);
  std::int64_t minute_of(time_point when) const;
  void go_to(std::int64_t minute);
  void drop_the_gone(const status& of);

  std::optional<time_point> start_; ///< of minute 0; nothing: no status yet
  time_point last_;                 ///< time of the last status
  std::int64_t minute_ = 0;         ///< the latest; minute m is in minutes[m % steps]
  std::map<std::string, entry, std::less<>> keys_;
};

/// Reads the query of GET /api/v1/history: `minutes=N`, 1 to 60; 60 if there is none. 400 for
/// anything else.
std::variant<std::size_t, api_error> read_minutes(std::string_view query);

} // namespace keywheel::observe
