#pragma once

#include "time.hpp"

#include <chrono>
#include <cstddef>
#include <list>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>

namespace keywheel::balance {

/// A key as far as it owns what its organisation keeps at the provider.
struct owner {
  std::string key;         ///< its id, "provider/name"
  std::string group;       ///< its quota group; empty: it is alone
  std::string fingerprint; ///< of its secret: a key that is renamed stays the same owner
  bool operator==(const owner&) const = default;
};

/// Whether two are the same key: by name, or by secret at one provider.
bool is_one_key(const owner& a, const owner& b);

/// Whether two keys are known to be of one organisation. Names of groups are a provider's own.
bool are_related(const owner& a, const owner& b);

/// Who made what: ids of responses, files, batches and the like, each with the key that made it.
/// Bounded in number and time; the least recently used goes first. Not synchronised.
class owner_book {
public:
  /// Ids that are kept.
  static constexpr std::size_t most_ids = 100'000;
  /// Longer ones are not.
  static constexpr std::size_t longest_id = 512;
  /// Since its last use: as long as OpenAI keeps responses (PROVIDERS §9).
  static constexpr duration kept_for = std::chrono::hours{24 * 30};

  explicit owner_book(std::size_t most = most_ids) : most_(most) {}

  /// Notes that a key has made what `id` names, or was seen to use it. The last word counts.
  void remember(std::string_view id, const owner& by, time_point now);

  /// Who made it; null if that is not known. Valid until anything is changed.
  const owner* find(std::string_view id, time_point now);

  /// It does not exist any more.
  void forget(std::string_view id);

  /// Takes in which keys there are, and how they are grouped now. What belongs to one that is gone
  /// belongs to one that is related to it, by what is known now or was before; if there is none, it
  /// stays whose it was.
  void follow(std::span<const owner> keys);

  std::size_t size() const noexcept { return entries_.size(); }

  /// How many keys own something.
  std::size_t owners() const noexcept { return owners_.size(); }

private:
  struct party {
    owner who; ///< the maker, or who has come in its place
    std::size_t ids = 0;
  };
  using party_table = std::map<std::string, party, std::less<>>; ///< by key
  struct entry {
    std::string id;
    party_table::iterator by;
    time_point used;
  };
  using entry_list = std::list<entry>;

  const owner* heir_of(const owner& gone, std::span<const owner> keys) const;
  void drop(entry_list::iterator which);
  void drop_old(time_point now);

  std::size_t most_;
  party_table owners_;
  std::map<std::string, owner, std::less<>> keys_;                   ///< as last followed, by id
  entry_list entries_;                                               ///< the last used first
  std::unordered_map<std::string_view, entry_list::iterator> index_; ///< views into entries_
};

} // namespace keywheel::balance
