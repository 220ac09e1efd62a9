#pragma once

#include "balance/types.hpp"
#include "time.hpp"

#include <array>
#include <cstddef>
#include <list>
#include <optional>
#include <unordered_map>

namespace keywheel::balance {

/// Which keys of a model were refused of late, with no success in between: when all were, for one
/// reason and within a moment, no key is to blame but the provider. Forgets a refusal after
/// `window`. Not synchronised: belongs to one actor.
class refused_keys {
public:
  /// How long a refusal is remembered.
  static constexpr duration window = std::chrono::seconds{10};

  /// Answers whether a refusal can be the provider's doing: a rate limit; a refused credential, a
  /// missing permission or a block only if the status alone said so.
  static bool counts(dialect::reason why, bool certain) noexcept;

  /// Takes in that a key was refused for `why`, whatever it was refused for before. `returns`: when
  /// the provider says that it may come back.
  /// @pre counts() said true for `why`
  void add(key_uid key, dialect::reason why, std::optional<time_point> returns, time_point now);

  /// Forgets a key.
  void remove(key_uid key);

  /// Forgets all: some call succeeded, or the conclusion has been drawn.
  void clear();

  bool empty() const noexcept { return latest_.empty(); }

  /// How many keys were refused for `why`. Takes no longer with more keys.
  std::size_t count(dialect::reason why, time_point now);

  /// Answers whether `key` was.
  bool contains(key_uid key, dialect::reason why, time_point now);

  /// When the first of them was; nothing if there is none.
  std::optional<time_point> first(dialect::reason why, time_point now);

  /// The first return that the provider has named for one of them, if it is still to come.
  std::optional<time_point> earliest_return(dialect::reason why, time_point now);

private:
  struct refusal {
    key_uid key;
    dialect::reason why;
    time_point when;
    std::optional<time_point> returns;
  };
  using refusals = std::list<refusal>;

  void erase(refusals::iterator which);
  void forget_old(time_point now);
  std::size_t& counter(dialect::reason why) noexcept;

  refusals latest_; ///< one of each key, oldest first
  std::unordered_map<key_uid, refusals::iterator> of_key_;
  std::array<std::size_t, 16> counts_{}; ///< by reason
};

} // namespace keywheel::balance
