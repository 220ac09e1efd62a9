#pragma once

#include "balance/types.hpp"
#include "config/config.hpp"

#include <cstddef>
#include <functional>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace keywheel::balance {

/// The partition of one provider's keys into quota groups: those that are configured to share one,
/// and those whose answers name the same organisation (PROVIDERS §2). Groups that turn out to share
/// an organisation become one. A pure value: the same keys, in the same order, with the same
/// organisations, give the same groups and names.
///
/// A group's name: the first, alphabetically, of the configured names in it; without one,
/// "organization/" and the first of its organisations (no configured name has a slash). A key that
/// shares with nobody and is configured into no group has none: an empty name.
class quota_groups {
public:
  struct member {
    key_uid key = 0;
    std::string configured; ///< as key_config::quota_group; empty: none
  };

  /// A key whose group is another now.
  struct move {
    key_uid key = 0;
    std::string group; ///< empty: alone
    bool operator==(const move&) const = default;
  };

  /// Takes the keys of a new configuration generation. Organisations stay known as long as their
  /// key stays. Returns the keys whose group changed, new ones that got one among them, in the
  /// order of `keys`.
  std::vector<move> configure(std::span<const member> keys,
                              std::map<std::string, config::budgets_config> budgets);

  /// Takes in that an answer to `key` named `organization`. Returns the keys whose group changed;
  /// nothing for what is known, an unknown key, or an empty name.
  std::vector<move> saw(key_uid key, std::string_view organization);

  /// The group of a key; empty if it is alone or unknown.
  std::string_view group_of(key_uid key) const noexcept;

  /// The keys of a group, in the order of the configuration.
  std::vector<key_uid> keys_of(std::string_view group) const;

  /// The limits of a group: of several configured groups in one, the stricter of each field.
  config::budgets_config budgets_of(std::string_view group) const;

private:
  /// Keys that share a limit, or one alone.
  struct party {
    std::vector<std::string> configured; ///< names
    std::vector<std::string> organizations;
    std::vector<key_uid> keys;
    std::string name;
  };

  struct known {
    std::size_t position = 0; ///< in the configuration
    std::string configured;
    std::string organization; ///< as last seen; empty: never
    std::size_t party = 0;    ///< in parties_
  };

  static constexpr std::string_view by_organization = "organization/";

  static void name(party& of);
  const party* find(std::string_view group) const;
  void rebuild();
  std::vector<move> tie(std::size_t which, const std::string& organization);
  std::vector<move> merge(std::size_t a, std::size_t b);
  std::unordered_map<key_uid, std::string> names() const;
  std::vector<move> moved_since(const std::unordered_map<key_uid, std::string>& before) const;

  std::unordered_map<key_uid, known> keys_;
  std::vector<key_uid> order_;
  std::vector<party> parties_; ///< those that went into another stay behind, empty
  std::map<std::string, std::size_t, std::less<>> by_configured_;
  std::map<std::string, std::size_t, std::less<>> by_organization_;
  std::map<std::string, config::budgets_config> budgets_;
};

/// The stricter of each field, where 0 is no limit.
config::budgets_config stricter(const config::budgets_config& a, const config::budgets_config& b);

} // namespace keywheel::balance
