// The invariants of the design on real actors, over random schedules.

#include "tests/actors/world.hpp"
#include "tests/catch.hpp"

#include <algorithm>
#include <cstdlib>
#include <map>
#include <random>
#include <set>

using namespace keywheel;
using namespace std::chrono_literals;
using test::world;

namespace {

constexpr std::uint32_t group_cap = 3; ///< of g: requests in flight
constexpr std::int64_t group_rpm = 6;  ///< of h
constexpr std::int64_t key_rpm = 5;    ///< of the key e
constexpr std::uint32_t key_cap = 2;   ///< of the key f

const std::string limited = R"({"error":{"message":"…","code":"rate_limit_exceeded"}})";
const std::string revoked = R"({"error":{"message":"…","code":"invalid_api_key"}})";

/// Random life around three models that share six keys and two quota groups, with everything that
/// can happen to them.
class life {
public:
  explicit life(std::uint64_t seed) : random_(seed) {
    config::budgets_config capped;
    capped.max_in_flight = group_cap;
    w_.add_group("g", capped);
    config::budgets_config counted;
    counted.rpm = group_rpm;
    w_.add_group("h", counted);
    for (int i = 0; i < 6; ++i) {
      config::budgets_config own;
      own.rpm = i == 4 ? key_rpm : 0;
      own.max_in_flight = i == 5 ? key_cap : 0;
      keys_.push_back(w_.add_key(std::string(1, static_cast<char>('a' + i)), own, pick_group()));
    }
    for (const auto* model : {"m1", "m2", "m3"})
      set_keys(model);
    w_.on_attempt = [this](const attempt& what) { check_attempt(what); };
  }

  void run(int steps) {
    for (int i = 0; i < steps; ++i)
      step();
    finish();
  }

private:
  void step() {
    switch (pick(14)) {
    case 0:
    case 1:
    case 2:
    case 3:
      calls_.insert(w_.call(pick_model(), {.deadline = std::chrono::seconds{1 + pick(90)},
                                           .client = "c" + std::to_string(pick(3))}));
      break;
    case 4:
    case 5:
    case 6:
    case 7:
      if (!w_.attempts().empty())
        answer(pick(w_.attempts().size()));
      break;
    case 8:
      w_.advance(std::chrono::milliseconds{pick(8000)});
      break;
    case 9:
      if (!calls_.empty())
        leave();
      break;
    case 10:
      set_keys(pick_model());
      break;
    case 11:
      toggle();
      break;
    case 12:
      reset();
      break;
    case 13:
      w_.move(keys_[pick(keys_.size())], pick_group());
      w_.settle();
      break;
    }
    // Sometimes several things happen before anybody has handled a message.
    if (pick(3) != 0)
      w_.settle();
  }

  void answer(std::size_t which) {
    const auto& what = *w_.attempts()[which];
    const auto id = what.id;
    const auto key = w_.key_of(what);
    const auto group = what.with->group_name;
    const auto model = what.of->model;
    w_.settle();
    which = place_of(id);
    switch (pick(10)) {
    case 0:
    case 1: {
      const auto seconds = 1 + pick(40);
      // It concerns all keys of a group, and else the key alone.
      rests(group.empty() ? key : group, model, std::chrono::seconds{seconds});
      w_.answer(which, 429, {{"retry-after", std::to_string(seconds)}}, limited);
      break;
    }
    case 2:
      std::erase_if(sent_, [id](const auto& one) { return one.id == id; });
      w_.fail(which, dialect::failure::not_sent);
      break;
    case 3:
      w_.fail(which, dialect::failure::no_answer);
      break;
    case 4:
      if (pick(4) == 0) {
        rests(key, "", 30s);
        w_.answer(which, 401, {}, revoked);
      } else {
        w_.answer(which, 401);
      }
      break;
    case 5:
      w_.answer(which, 503);
      break;
    case 6:
      w_.answer(which, 500);
      break;
    default:
      w_.answer(which, 200);
    }
    w_.settle();
  }

  std::size_t place_of(attempt_id id) {
    std::size_t result = 0;
    while (w_.attempts().at(result)->id != id)
      ++result;
    return result;
  }

  void rests(const std::string& who, const std::string& model, duration by) {
    auto& until = resting_[{who, model}];
    until = std::max(until, w_.now() + by);
  }

  void check_attempt(const attempt& what) {
    const auto key = w_.key_of(what);
    const auto& group = what.with->group_name;
    const auto& model = what.of->model;
    INFO("key " << key << " of group \"" << group << "\" for " << model << ", call "
                << what.of->id);
    // Invariant 1, for cooldowns: not before the deadline that its own signals have set.
    for (const auto& who :
         {std::pair{key, model}, std::pair{key, std::string{}}, std::pair{group, model}})
      if (const auto found = resting_.find(who); found != resting_.end())
        CHECK(w_.now() >= found->second);
    check_budgets(what);
  }

  /// No budget is ever exceeded, whatever is on its way at the same time.
  void check_budgets(const attempt& what) {
    const auto key = w_.key_of(what);
    const auto& group = what.with->group_name;
    sent_.push_back({what.id, key, group, w_.now()});
    const auto in_flight = [this](auto of) {
      return 1 + std::count_if(w_.attempts().begin(), w_.attempts().end(), of);
    };
    const auto within_a_minute = [this](auto of) {
      return std::count_if(sent_.begin(), sent_.end(), [&](const sending& one) {
        return w_.now() - one.when < 60s && of(one);
      });
    };
    if (group == "g")
      CHECK(in_flight([](const auto& one) { return one->with->group_name == "g"; }) <= group_cap);
    if (group == "h")
      CHECK(within_a_minute([](const auto& one) { return one.group == "h"; }) <= group_rpm);
    if (key == "e")
      CHECK(within_a_minute([](const auto& one) { return one.key == "e"; }) <= key_rpm);
    if (key == "f")
      CHECK(in_flight([this](const auto& one) { return w_.key_of(*one) == "f"; }) <= key_cap);
  }

  void leave() {
    const auto which = std::next(calls_.begin(), static_cast<int>(pick(calls_.size())));
    w_.leave(*which);
    left_.insert(*which);
    calls_.erase(which);
  }

  void toggle() {
    const auto key = keys_[pick(keys_.size())];
    w_.enable(key, pick(3) != 0);
    w_.settle();
  }

  void reset() {
    const auto key = keys_[pick(keys_.size())];
    w_.settle();
    const auto status = w_.status(key);
    std::erase_if(resting_, [&](const auto& entry) {
      return entry.first.first == status.name || entry.first.first == status.quota_group;
    });
    w_.reset(key);
    w_.settle();
  }

  void set_keys(const std::string& model) {
    std::vector<key_uid> members;
    for (auto key : keys_)
      if (pick(4) != 0)
        members.push_back(key);
    w_.rules(model).strategy = static_cast<config::strategy_kind>(pick(4));
    w_.rules(model).replay_unanswered = pick(2) == 0;
    w_.set_model(model, members);
  }

  void finish() {
    // Everybody gets their answer, and time passes until nobody can wait any more.
    for (int i = 0; i < 200; ++i) {
      w_.settle();
      while (!w_.attempts().empty()) {
        w_.answer(0, 200);
        w_.settle();
      }
      w_.advance(1s);
    }
    for (auto call : calls_) {
      INFO("call " << call);
      CHECK(w_.outcome_of(call).ends() == 1); // invariants 6 and 10: one answer, never two
    }
    for (auto call : left_) {
      INFO("call " << call << " left");
      CHECK(w_.outcome_of(call).ends() <= 1);
    }
    for (auto key : keys_)
      CHECK(w_.status(key).in_flight == 0); // invariant 4
    for (const auto* model : {"m1", "m2", "m3"})
      CHECK(w_.status(model).waiting == 0);
    // A group goes only when nothing of it is in flight: invariant 4 for its leases.
    for (auto key : keys_)
      w_.move(key, "");
    for (const auto* group : {"g", "h"}) {
      w_.settle();
      w_.retire_group(group);
      w_.settle();
      CHECK_FALSE(w_.lives(group));
    }
  }

  std::size_t pick(std::size_t below) { return random_() % below; }
  std::string pick_model() { return "m" + std::to_string(1 + pick(3)); }
  std::string pick_group() {
    const auto which = pick(3);
    return which == 0 ? "" : which == 1 ? "g" : "h";
  }

  struct sending {
    attempt_id id;
    std::string key;
    std::string group;
    time_point when;
  };

  std::mt19937_64 random_;
  world w_;
  std::vector<key_uid> keys_;
  std::set<call_id> calls_;
  std::set<call_id> left_;
  std::map<std::pair<std::string, std::string>, time_point> resting_; ///< by key or group, model
  std::vector<sending> sent_;
};

std::uint64_t number_from(const char* name, std::uint64_t otherwise) {
  const auto* text = std::getenv(name);
  return text != nullptr ? std::strtoull(text, nullptr, 10) : otherwise;
}

} // namespace

TEST_CASE("invariants 1, 4, 6 and 10 hold over random schedules of real actors") {
  const auto first = number_from("KEYWHEEL_SEED", 1);
  const auto seeds = number_from("KEYWHEEL_SEEDS", std::getenv("KEYWHEEL_SEED") ? 1 : 150);
  for (auto seed = first; seed < first + seeds; ++seed) {
    INFO("KEYWHEEL_SEED=" << seed);
    life{seed}.run(150);
  }
}

TEST_CASE("invariant 3: round robin is exact while other keys come and go") {
  std::mt19937_64 random{7};
  world w;
  std::vector<key_uid> all;
  for (int i = 0; i < 5; ++i)
    all.push_back(w.add_key(std::string(1, static_cast<char>('a' + i))));
  w.set_model("m", all);
  std::map<std::string, int> used;
  w.on_attempt = [&](const attempt& what) { ++used[w.key_of(what)]; };
  for (int i = 0; i < 3000; ++i) {
    w.call("m");
    if (random() % 8 == 0)
      w.enable(all[2 + random() % 3], random() % 2 == 0);
    w.settle();
    // "a" and "b" stay healthy throughout.
    REQUIRE(std::abs(used["a"] - used["b"]) <= 1);
  }
  CHECK(used["a"] > 600);
}

TEST_CASE("invariant 5: a cooldown never gets shorter by a signal") {
  world w;
  const auto a = w.add_key("a");
  w.set_model("m", {a});
  w.call("m");
  w.call("m");
  w.settle();
  w.answer(0, 429, {{"retry-after", "60"}});
  w.answer(0, 429, {{"retry-after", "10"}});
  w.settle();
  REQUIRE(w.status(a).cooldowns.size() == 1);
  CHECK(w.status(a).cooldowns[0].remaining_ms >= 60'000);
}
