#pragma once

#include "time.hpp"

#include <array>
#include <functional>
#include <map>
#include <string>
#include <string_view>

namespace keywheel::balance {

/// Counts, per model, the failures that rest nobody alone (PROVIDERS §11, class SERVER).
class soft_failures {
public:
  static constexpr duration within = std::chrono::seconds{30};

  /// Counts one. Returns true if it is the third within 30 s; the count begins anew then.
  bool add(std::string_view model, time_point now);

  /// A success: begins the count of `model` anew.
  void clear(std::string_view model);

  /// Takes back those counted at or after `since`.
  void pardon(time_point since);

  void reset() noexcept { last_.clear(); }

private:
  struct recent {
    std::array<time_point, 2> at; ///< the earlier first
    unsigned count = 0;
  };
  std::map<std::string, recent, std::less<>> last_;
};

} // namespace keywheel::balance
