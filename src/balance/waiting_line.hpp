#pragma once

#include "balance/ticket.hpp"
#include "time.hpp"

#include <compare>
#include <cstddef>
#include <cstdint>
#include <map>
#include <set>
#include <unordered_map>
#include <utility>
#include <vector>

namespace keywheel::balance {

/// A call in the line.
struct waiting_call {
  ticket call;
  time_point limit{}; ///< when its wait is over
};

/// The calls of one model for which no key is free: first come first served for each client, and
/// the clients in turn, each call being one turn (start-time fair queuing: Goyal, Vin and Cheng,
/// 1996). One client alone has a plain queue. A client who has not waited begins at the turn that
/// the line has come to, so nobody saves up turns; calls that left cost nothing. In any stretch in
/// which two clients wait, one is served at most two calls more: a turn at each end.
///
/// Bounds are its owner's business. Everything costs at most the logarithm of its length, unless
/// said otherwise. Not synchronised.
class waiting_line {
public:
  /// The order of the line: by tag, then by arrival.
  struct place {
    std::uint64_t tag;
    time_point arrived;
    call_id call;
    auto operator<=>(const place&) const = default;
  };
  using const_iterator = std::map<place, waiting_call>::const_iterator;

  /// The tag that a client's next call gets: one after its last waiting call's, or after the one
  /// that the line has come to.
  std::uint64_t next_tag(std::uint64_t client) const;

  /// Puts a call at its place, giving it a tag if it has none. One that is already in the line is
  /// replaced.
  void enter(waiting_call who);

  /// Takes a call out; false if it is not there.
  bool leave(call_id call);

  /// Binds a call to other keys; false if it is not there, or is not bound.
  bool bind(call_id call, std::vector<key_uid> keys);

  /// Takes a call out, and returns the next in order.
  const_iterator take(const_iterator who);

  /// The line has come to `tag`: a call that bears it is served.
  void reach(std::uint64_t tag) noexcept;

  const_iterator begin() const noexcept;
  const_iterator end() const noexcept;

  /// The call whose wait is over first; end() if the line is empty.
  const_iterator first_limit() const;

  /// The calls whose wait is over, in the order of their limits.
  std::vector<const_iterator> overdue(time_point now) const;

  /// Lets every call that has tried `key` go to it again. Costs the length of the line if anyone is
  /// picky.
  void forgive(key_uid key);

  /// Lets every call go to any key again. Cost as above.
  void forgive_all();

  /// The last call of the client that holds most places; among such clients, the last of all. end()
  /// if the line is empty. Costs the number of clients.
  const_iterator last_of_greediest() const;

  std::size_t size() const noexcept;
  bool empty() const noexcept;

  /// How many clients wait.
  std::size_t clients() const noexcept;

  /// How many places a client holds.
  std::size_t held_by(std::uint64_t client) const;

  /// How many waiting calls have keys that they will not go to.
  std::size_t picky() const noexcept;

  /// How many of them are bound.
  std::size_t bound() const noexcept;

  /// Which keys waiting calls are bound to, with how many to each.
  const std::unordered_map<key_uid, std::size_t>& wanted() const noexcept;

private:
  void count(const ticket& call, bool enters);

  std::map<place, waiting_call> calls_;
  std::set<std::pair<time_point, place>> limits_;
  std::unordered_map<call_id, place> places_;
  std::unordered_map<std::uint64_t, std::set<place>> clients_; ///< those who wait
  std::uint64_t reached_ = 0; ///< the highest tag served: the virtual time
  std::size_t picky_ = 0;
  std::size_t bound_ = 0;
  std::unordered_map<key_uid, std::size_t> wanted_;
};

} // namespace keywheel::balance
