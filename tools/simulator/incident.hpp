#pragma once

#include "tools/simulator/token_bucket.hpp"

#include <optional>
#include <vector>

namespace keywheel::simulator {

/// A scripted course of events. Time is passed in; a step happens once.
class incident {
public:
  /// @pre the steps are in the order of their times
  explicit incident(std::vector<incident_step> steps) : steps_(std::move(steps)) {
    // nop
  }

  /// Begins at `now`, from the first step, even if it had begun before.
  void start(time_point now);

  bool started() const { return began_.has_value(); }

  /// When the next step is due. Absent before the start and after the last step.
  std::optional<time_point> due() const;

  /// The next step if it is due at `now`, else null. Counts as done.
  const action* next(time_point now);

  std::size_t done() const { return done_; }

  std::size_t size() const { return steps_.size(); }

private:
  std::vector<incident_step> steps_;
  std::optional<time_point> began_;
  std::size_t done_ = 0;
};

} // namespace keywheel::simulator
