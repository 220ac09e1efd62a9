#include "balance/pool.hpp"
#include "tests/balance/at.hpp"
#include "tests/balance/seeds.hpp"
#include "tests/catch.hpp"

#include <algorithm>
#include <map>
#include <optional>
#include <random>
#include <set>
#include <vector>

using namespace keywheel;
using namespace keywheel::balance;
using namespace keywheel::balance::test;

namespace {

using dialect::reason;
using state = availability::state;
using is = placement::what;

/// A dispatcher, its clients and keys, driven at random; everything that a pool says is held
/// against what it was told. Keys are simple: they say anything at any time.
class schedule {
public:
  explicit schedule(std::uint64_t seed)
      : random_(seed), settings_(settings_of(random_)), uut_(settings_, seed) {}

  void run() {
    for (int step = 0; step < 250; ++step) {
      pass_time();
      act();
      settle();
    }
    finish();
  }

private:
  struct waiting {
    ticket call;
    time_point limit;
  };

  static pool::settings settings_of(std::mt19937_64& random) {
    pool::settings result;
    result.max_wait = std::chrono::seconds{1 + random() % 30};
    result.max_calls = 1 + random() % 12;
    result.strategy = static_cast<config::strategy_kind>(random() % 4);
    result.sticky = random() % 2 == 0;
    return result;
  }

  std::uint64_t below(std::uint64_t bound) { return random_() % bound; }
  key_uid some_key() { return static_cast<key_uid>(1 + below(4)); }

  // -- time ----------------------------------------------------------------------------------

  /// Lets time pass, but not beyond a moment for which the pool has asked: and it never asks for
  /// the present right after settle().
  void pass_time() {
    const auto next = now_ + std::chrono::milliseconds{below(3000)};
    for (auto wake = uut_.next_wake(now_); wake && *wake <= next; wake = uut_.next_wake(now_)) {
      REQUIRE(*wake > now_);
      now_ = *wake;
      settle();
    }
    now_ = next;
    settle();
  }

  /// No new calls, no news: all who wait are answered in time.
  void finish() {
    const auto end = now_ + settings_.max_wait;
    while (const auto wake = uut_.next_wake(now_)) {
      REQUIRE(*wake > now_);
      REQUIRE(*wake <= end);
      now_ = *wake;
      settle();
    }
    REQUIRE(waiting_.empty());
    REQUIRE(uut_.waiting() == 0);
  }

  // -- what happens --------------------------------------------------------------------------

  void act() {
    switch (below(16)) {
    case 0:
    case 1:
    case 2:
      return tell(some_key());
    case 3: {
      dialect::verdict what;
      what.why = reason::overload;
      if (below(2) == 0)
        what.rest = std::chrono::milliseconds{below(20'000)};
      if (below(3) == 0)
        uut_.rest(what, now_);
      return;
    }
    case 4:
      if (below(3) == 0) {
        uut_.note_success();
        probe_.reset();
      }
      return;
    case 5:
    case 6:
    case 7:
      if (probe_) {
        uut_.probe_ended(probe_->call, static_cast<probe_result>(below(3)), now_);
        probe_.reset();
      }
      return;
    case 8:
      uut_.note_refusal(some_key(), below(2) ? reason::rate_limit : reason::blocked, false,
                        below(2) ? std::optional{now_ + 5s} : std::nullopt, now_);
      return;
    case 9:
      if (!waiting_.empty()) {
        const auto who = waiting_.begin()->first;
        REQUIRE(uut_.leave(who));
        waiting_.erase(who);
      }
      return;
    default:
      return place();
    }
  }

  void tell(key_uid key) {
    const auto until = now_ + std::chrono::milliseconds{1 + below(20'000)};
    const auto slots = static_cast<std::uint32_t>(below(3));
    switch (below(8)) {
    case 0:
      told_.erase(key);
      return uut_.remove_key(key);
    case 1:
      return tell(key, {state::disabled, {}, 0});
    case 2:
      return tell(key, {state::rejected, until, 1, 0, reason::credential});
    case 3:
    case 4:
      return tell(key, {state::cooling, until, slots, 0, reason::rate_limit});
    default:
      return tell(key, {state::available, {}, 1 + slots});
    }
  }

  void tell(key_uid key, const availability& what) {
    told_[key] = what;
    uut_.set_key(key, what, now_);
  }

  void place() {
    ticket call;
    call.call = ++last_call_;
    call.arrived = now_ - std::chrono::milliseconds{below(2) * below(5000)};
    call.deadline = call.arrived + 20s;
    call.client = below(3);
    call.prefix = below(3);
    for (auto i = below(3); i > 0; --i)
      call.tried.push_back(some_key());
    if (below(3) == 0) {
      call.bound.emplace();
      for (auto i = below(3); i > 0; --i)
        call.bound->push_back(some_key());
    }
    const bool had_to_queue = has_taker();
    rest_ = uut_.provider_cooldown("m", now_);
    const auto where = uut_.place(call, now_);
    if (where.is == is::waits) {
      REQUIRE(!(free_for(call) && !had_to_queue && !blocked()));
      const auto limit = std::min(call.arrived + settings_.max_wait, call.deadline);
      waiting_[call.call] = {call, limit};
      return;
    }
    REQUIRE((where.is != is::key || !had_to_queue));
    answer(call, where);
  }

  void settle() {
    rest_ = uut_.provider_cooldown("m", now_);
    for (const auto& [id, where] : uut_.settle(now_)) {
      const auto found = waiting_.find(id);
      REQUIRE(found != waiting_.end()); // answered once
      answer(found->second.call, where);
      waiting_.erase(found);
    }
    REQUIRE(uut_.waiting() == waiting_.size());
    REQUIRE(waiting_.size() <= settings_.max_calls);
    REQUIRE_FALSE(has_taker());
    for (const auto& [id, who] : waiting_)
      REQUIRE(now_ < who.limit);
  }

  // -- what must hold ------------------------------------------------------------------------

  void answer(const ticket& call, const placement& where) {
    REQUIRE(where.is != is::waits);
    if (where.is == is::key)
      return check_choice(call, where);
    if (where.is == is::deadline || where.is == is::line_full)
      return;
    INFO("invariant 2: no key available is never said while one is");
    REQUIRE((blocked() || !free_for(call)));
    if (where.returns)
      REQUIRE(*where.returns > now_);
  }

  void check_choice(const ticket& call, const placement& where) {
    INFO("invariant 1: a key that is not free is never chosen");
    REQUIRE(is_free(where.chosen));
    REQUIRE(std::find(where.tried.begin(), where.tried.end(), where.chosen) == where.tried.end());
    REQUIRE(may_serve(where.chosen, call));
    REQUIRE(where.tag > 0);
    REQUIRE((!rest_ || rest_->until <= now_)); // nothing goes out while the provider rests
    REQUIRE(where.probe == rest_.has_value());
    if (where.probe) {
      REQUIRE((!probe_ || probe_->deadline <= now_)); // one at a time
      probe_ = call;
    }
    auto& known = told_.at(where.chosen);
    known = seen(known);
    --known.free_slots;
  }

  /// As a key is at this moment, going by what it said.
  availability seen(availability what) const {
    if ((what.is == state::cooling || what.is == state::rejected) && what.until <= now_)
      what.is = state::available;
    return what;
  }

  bool is_free(key_uid key) const {
    const auto found = told_.find(key);
    return found != told_.end() && seen(found->second).is == state::available
           && found->second.free_slots > 0;
  }

  static bool may_serve(key_uid key, const ticket& call) {
    return !call.bound
           || std::find(call.bound->begin(), call.bound->end(), key) != call.bound->end();
  }

  bool free_for(const ticket& call) const {
    return std::any_of(told_.begin(), told_.end(), [&](const auto& key) {
      return is_free(key.first) && may_serve(key.first, call)
             && std::find(call.tried.begin(), call.tried.end(), key.first) == call.tried.end();
    });
  }

  bool blocked() const {
    const auto rest = uut_.provider_cooldown("m", now_);
    return rest && (rest->until > now_ || rest->probing);
  }

  /// Whether some call waits that could go out at once. Calls may have forgotten what they tried.
  bool has_taker() const {
    return !blocked() && std::any_of(waiting_.begin(), waiting_.end(), [&](const auto& who) {
      return now_ < who.second.call.deadline && free_for(who.second.call);
    });
  }

  std::mt19937_64 random_;
  pool::settings settings_;
  pool uut_;
  time_point now_ = at(0s);
  std::map<key_uid, availability> told_;
  std::map<call_id, waiting> waiting_;
  std::optional<ticket> probe_;  ///< the one that is out
  std::optional<cooldown> rest_; ///< the provider's, before the pool was asked
  call_id last_call_ = 0;
};

} // namespace

TEST_CASE("invariants 1 and 2, one probe at a time, and nobody starves, whatever happens") {
  for (const auto seed : seeds(2000)) {
    INFO("KEYWHEEL_SEED=" << seed);
    schedule{seed}.run();
  }
}
