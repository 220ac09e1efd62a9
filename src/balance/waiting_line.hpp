#pragma once

#include "balance/ticket.hpp"
#include "time.hpp"

#include <cstddef>
#include <map>
#include <set>
#include <tuple>
#include <unordered_map>
#include <utility>
#include <vector>

namespace keywheel::balance {

/// A call in the line.
struct waiting_call {
  ticket call;
  time_point limit{};  ///< when its wait is over
  bool beyond = false; ///< it came while the line was full but about to move: see pool::place()
};

/// The calls of one model for which no key is free, in the order of their arrival. Bounds are its
/// owner's business. Everything costs at most the logarithm of its length, unless said otherwise.
class waiting_line {
public:
  using place = std::pair<time_point, call_id>;
  using const_iterator = std::map<place, waiting_call>::const_iterator;

  /// Puts a call at its place. One that is already in the line is replaced.
  void enter(waiting_call who);

  /// Takes a call out; false if it is not there.
  bool leave(call_id call);

  /// Takes a call out, and returns the next in order of arrival.
  const_iterator take(const_iterator who);

  const_iterator begin() const noexcept;
  const_iterator end() const noexcept;

  /// The call whose wait is over first; end() if the line is empty.
  const_iterator first_limit() const;

  /// The calls whose wait is over, in the order of their limits.
  std::vector<const_iterator> overdue(time_point now) const;

  /// Lets every call that has tried `key` go to it again. Costs the length of the line if anyone is
  /// picky.
  void forgive(key_uid key);

  /// Lets a call that came beyond the bound stay.
  void settle_in(const_iterator who);

  std::size_t size() const noexcept;
  bool empty() const noexcept;

  /// How many waiting calls have keys that they will not go to.
  std::size_t picky() const noexcept;

  /// How many waiting calls came beyond the bound.
  std::size_t beyond() const noexcept;

private:
  std::map<place, waiting_call> calls_;
  std::set<std::tuple<time_point, time_point, call_id>> limits_; ///< limit, then place
  std::unordered_map<call_id, time_point> arrivals_;
  std::size_t picky_ = 0;
  std::size_t beyond_ = 0;
};

} // namespace keywheel::balance
