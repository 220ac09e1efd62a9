#pragma once

#include "balance/attempt_policy.hpp"
#include "balance/group_ledger.hpp"
#include "balance/key_ledger.hpp"
#include "balance/pool.hpp"
#include "tests/balance/simulation/account.hpp"
#include "tests/balance/simulation/plan.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <string>
#include <vector>

/// Who acts in a simulated world. Each stands for the actor of that name in actors/.
namespace keywheel::balance::test {

/// Number of an actor, by which messages keep their order.
using actor_number = std::uint32_t;

struct sim_key;
struct sim_group;

struct sim_call {
  enum class place : std::uint8_t { outside, under_way, line, over };
  call_plan with;
  call_id id = 0;
  time_point arrived{};
  time_point deadline{};
  place is_at = place::outside;
  bool left = false;
  std::vector<key_uid> tried;
  std::uint64_t tag = 0;
  std::vector<failed_attempt> history;
  bool probes = false;     ///< the rest of its model
  bool placed = false;     ///< has been placed before
  std::uint64_t turn = 0;  ///< when it was first placed, among the calls of its model
  bool at_first = false;   ///< has waited since it was first placed, if it waits
  bool in_order = false;   ///< has waited since then, and would take any key
  bool unanswered = false; ///< some attempt was sent and not answered
  unsigned attempts = 0;
  unsigned answers = 0;
  unsigned charged = 0; ///< keys that were
};

/// Whether a key may serve a call.
inline bool may_serve(key_uid key, const sim_call& call) {
  const auto& bound = call.with.bound;
  return !bound || std::find(bound->begin(), bound->end(), key) != bound->end();
}

struct sim_attempt {
  sim_call* of = nullptr;
  sim_key* key = nullptr;
  sim_group* group = nullptr; ///< the key's, when it took the call
  lease_id of_key = 0;
  lease_id of_group = 0;
  outcome how = outcome::served; ///< its answer
  bool at_upstream = false;
  bool ended = false;
};

/// What a pool has been told of a key, less what it sent there since.
struct sim_view {
  availability what{availability::state::disabled, {}, 0};
  time_point turn{};                           ///< since when it has been waiting to be chosen
  time_point member_since = time_point::max(); ///< and enabled
};

struct sim_pool {
  sim_pool(const pool::settings& with, std::uint64_t seed) : brain(with, seed), settings(with) {}

  actor_number number = 0;
  std::uint32_t index = 0;
  std::string model;
  pool brain;
  pool::settings settings;
  std::size_t longest_line = 0; ///< that its settings have ever allowed
  bool in_turn = true;          ///< plain round robin from the beginning
  bool bound_served = false;    ///< some bound call has taken a key out of turn
  std::map<key_uid, sim_view> known;
  std::vector<sim_call*> line;
  std::uint64_t turns = 0;
  std::vector<key_uid> choices; ///< in order
  std::optional<time_point> armed_for;
  std::uint64_t tick = 0;
  bool watching = false;
  sim_call* probe = nullptr; ///< that has not ended
  /// By how many calls a client was served more than another while both waited.
  std::array<std::array<int, 3>, 3> ahead{};
  /// Some call of the client left unserved: its later calls keep the turns that they had behind it.
  std::array<bool, 3> gave_up{};
};

struct sim_follower {
  sim_pool* who = nullptr;
  bool wants_load = false;
  bool watches = false;
  std::optional<availability> told;
};

struct sim_key {
  sim_key(const key_plan& from, std::uint64_t seed)
      : with(from), brain(from.enabled, from.budgets, seed), book(from.budgets) {}

  actor_number number = 0;
  key_plan with;
  key_ledger brain;
  account book;
  sim_group* group = nullptr;
  std::map<std::string, sim_follower> followers;
  bool removed = false;
  bool gone = false;              ///< has left its group for good
  bool steady = true;             ///< has always been free without bound, and never failed
  std::uint32_t organization = 0; ///< as last seen
  std::optional<time_point> armed_for;
  std::uint64_t tick = 0;
  std::map<std::string, time_point> free_since; ///< without bound, by model
};

struct sim_group {
  sim_group(std::string by_name, const config::budgets_config& budgets, std::uint64_t seed)
      : name(std::move(by_name)), brain(budgets, seed), book(budgets) {}

  actor_number number = 0;
  std::string name;
  group_ledger brain;
  account book;
  struct members {
    std::map<key_uid, sim_key*> keys;
    availability told;
  };
  std::map<std::string, members> models;
  std::optional<time_point> armed_for;
  std::uint64_t tick = 0;
  std::map<std::string, time_point> free_since;
};

} // namespace keywheel::balance::test
