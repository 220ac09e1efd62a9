#include "balance/key_ledger.hpp"
#include "tests/balance/seeds.hpp"
#include "tests/balance/verdicts.hpp"
#include "tests/catch.hpp"

#include <algorithm>
#include <map>
#include <random>
#include <set>
#include <vector>

using namespace keywheel;
using namespace keywheel::balance;
using namespace keywheel::balance::test;

/// A key ledger beside a naive model of it, over random schedules: calls of three models that are
/// answered late and out of order, well or with any verdict, or left by their clients.
namespace {

using dialect::reason;
using dialect::scope;
using state = availability::state;

struct naive_rest {
  time_point until;
  reason why;
  std::uint32_t strikes;
  std::optional<lease_id> probe;
};

struct naive_call {
  std::string model;
  time_point when;
  std::int64_t tokens;
};

/// All the same in the plainest words: maps and sums, no jitter.
class naive_key {
public:
  explicit naive_key(const config::budgets_config& limits) : limits_(limits) {}

  bool may_pass(const std::string& model, time_point now) const {
    for (const auto& [at, one] : rests_)
      if ((at.second.empty() || at.second == model) && (now < one.until || one.probe))
        return false;
    return limits_.max_in_flight == 0 || out_.size() < limits_.max_in_flight;
  }

  /// What the last `width` before `now` held of requests and tokens.
  std::pair<std::int64_t, std::int64_t> held(time_point now, duration width) const {
    std::pair<std::int64_t, std::int64_t> result;
    for (const auto& one : past_)
      if (now - one.when < width) {
        result.first += 1;
        result.second += one.tokens;
      }
    return result;
  }

  bool overdrawn(std::int64_t tokens, time_point now, duration width) const {
    const auto [requests, used] = held(now, width);
    return requests + 1 > limits_.rpm || used + std::min(tokens, limits_.tpm) > limits_.tpm;
  }

  bool passes(lease_id id, const std::string& model, std::int64_t tokens, time_point now) {
    bool probe = false;
    for (auto& [at, one] : rests_)
      if (at.second.empty() || at.second == model) {
        one.probe = id;
        probe = true;
      }
    out_[id] = past_.size();
    past_.push_back({model, now, std::min(tokens, limits_.tpm)});
    return probe;
  }

  void ends_well(lease_id id) {
    std::erase_if(rests_, [id](const auto& one) { return one.second.probe == id; });
  }

  void says_nothing(lease_id id) {
    for (auto& [at, one] : rests_)
      if (one.probe == id)
        one.probe.reset();
  }

  void is_refused(lease_id id, const dialect::verdict& what, time_point now) {
    const auto model = past_[out_.at(id)].model;
    const std::pair at{what.scope, what.scope == scope::key ? std::string{} : model};
    const auto found = rests_.find(at);
    const bool was_probe = found != rests_.end() && found->second.probe == id;
    says_nothing(id);
    if (found == rests_.end()) {
      rests_[at] = {now + rest_of(what, 1, defaults), what.why, 1, {}};
      return;
    }
    auto& one = found->second;
    const auto strikes = one.why != what.why ? 1 : one.strikes + (was_probe ? 1 : 0);
    const auto until = now + rest_of(what, strikes, defaults);
    if (until > one.until)
      one = {until, what.why, strikes, {}};
  }

  void settles(lease_id id, std::int64_t tokens) {
    past_[out_.at(id)].tokens = tokens;
    out_.erase(id);
  }

  std::int64_t reserved(lease_id id) const { return past_[out_.at(id)].tokens; }
  const std::string& model_of(lease_id id) const { return past_[out_.at(id)].model; }
  bool rests(const std::string& model, time_point now) const {
    return std::any_of(rests_.begin(), rests_.end(), [&](const auto& one) {
      return (one.first.second.empty() || one.first.second == model) && now < one.second.until;
    });
  }

  std::vector<lease_id> leases() const {
    std::vector<lease_id> result;
    for (const auto& one : out_)
      result.push_back(one.first);
    return result;
  }

private:
  config::budgets_config limits_;
  std::map<std::pair<scope, std::string>, naive_rest> rests_;
  std::map<lease_id, std::size_t> out_; ///< in past_
  std::vector<naive_call> past_;
};

const std::vector<dialect::verdict> verdicts{
    rate_limited(),
    rate_limited(700ms),
    rate_limited(20s),
    rate_limited(5s, scope::key),
    rate_limited(9s, scope::quota_group),
    unauthorized(),
    refused(reason::overload, scope::key_model),
    refused(reason::quota, scope::key_model, 12s),
};

const std::vector<std::string> models{"a", "b", "c"};

/// One schedule.
class schedule {
public:
  explicit schedule(std::uint64_t seed)
      : random_(seed),
        limits_{static_cast<std::uint32_t>(below(6)), static_cast<std::int64_t>(1 + below(80)),
                static_cast<std::int64_t>(50 + below(3000)), 0, 0},
        naive_(limits_),
        uut_(true, limits_) {}

  void run(int steps) {
    for (int i = 0; i < steps; ++i) {
      now_ += std::chrono::milliseconds{below(4) == 0 ? below(9000) : below(200)};
      const auto leases = naive_.leases();
      if (leases.empty() || below(2) == 0)
        send(models[below(models.size())]);
      else
        end(leases[below(leases.size())]);
      check();
    }
    for (const auto one : naive_.leases())
      end(one);
    REQUIRE(uut_.in_flight() == 0);
  }

private:
  std::size_t below(std::size_t bound) { return static_cast<std::size_t>(random_() % bound); }

  void send(const std::string& model) {
    const auto tokens = static_cast<std::int64_t>(1 + below(400));
    const bool open = naive_.may_pass(model, now_);
    const auto given = uut_.admit(model, {tokens}, now_);
    if (!given) {
      // No reason but a rest, a probe, the cap, or a budget, which may lose a slot.
      REQUIRE((!open || naive_.overdrawn(tokens, now_, 60s + 100ms)));
      return;
    }
    REQUIRE(open);
    REQUIRE_FALSE(naive_.overdrawn(tokens, now_, 60s));
    REQUIRE(given->probe == naive_.passes(given->lease, model, tokens, now_));
    REQUIRE(ever_.insert(given->lease).second);
  }

  void end(lease_id id) {
    const auto before = uut_.available_for(naive_.model_of(id), now_);
    auto how = ending::answered;
    auto tokens = naive_.reserved(id);
    const auto kind = below(4);
    if (kind == 0) {
      const auto& what = verdicts[below(verdicts.size())];
      naive_.is_refused(id, what, now_);
      uut_.judged(id, what, true, defaults, silent, now_);
      how = ending::refused;
      tokens = 0;
      // Invariant 5: no signal brings a deadline nearer.
      const auto after = uut_.available_for(naive_.model_of(id), now_);
      REQUIRE(after.until >= before.until);
    } else if (kind == 1) {
      naive_.says_nothing(id);
      how = ending::abandoned;
    } else {
      naive_.ends_well(id);
      uut_.judged(id, success, false, defaults, silent, now_);
      tokens = static_cast<std::int64_t>(below(static_cast<std::size_t>(tokens) + 1));
    }
    const dialect::usage used{tokens, 0, 0, 0, true};
    naive_.settles(id, tokens);
    REQUIRE(uut_.release(id, how, &used, now_));
    REQUIRE_FALSE(uut_.release(id, how, &used, now_));
  }

  void check() const {
    REQUIRE(uut_.in_flight() == naive_.leases().size());
    for (const auto& model : models) {
      const auto says = uut_.available_for(model, now_);
      if (says.is == state::available) {
        REQUIRE(naive_.may_pass(model, now_));
        REQUIRE(says.free_slots > 0);
      } else if (says.is == state::busy) {
        REQUIRE_FALSE(naive_.may_pass(model, now_));
      } else {
        REQUIRE(says.until > now_);
      }
      if (naive_.rests(model, now_))
        REQUIRE((says.is == state::cooling || says.is == state::rejected));
      // Whatever changes by itself is announced.
      const auto next = uut_.next_change(now_);
      const auto until = next ? *next - 1ns : now_ + 2h;
      const auto later_on = uut_.available_for(model, until);
      REQUIRE(later_on.is == says.is);
    }
  }

  std::mt19937_64 random_;
  config::budgets_config limits_;
  naive_key naive_;
  key_ledger uut_;
  time_point now_ = at(0s);
  std::set<lease_id> ever_;
};

} // namespace

TEST_CASE("a key ledger agrees with a naive model over random schedules") {
  for (const auto seed : seeds(2000)) {
    CAPTURE(seed);
    schedule{seed}.run(150);
  }
}
