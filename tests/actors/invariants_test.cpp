// The invariants of the design on real actors, over random schedules.

#include "tests/actors/world.hpp"
#include "tests/catch.hpp"

#include <cstdlib>
#include <random>
#include <set>

using namespace keywheel;
using namespace std::chrono_literals;
using test::world;

namespace {

/// Random life around three models that share six keys, with everything that can happen to them.
class life {
public:
  explicit life(std::uint64_t seed) : random_(seed) {
    for (int i = 0; i < 6; ++i)
      keys_.push_back(w_.add_key(std::string(1, static_cast<char>('a' + i)), i == 5 ? 2 : 0));
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
    switch (pick(12)) {
    case 0:
    case 1:
    case 2:
    case 3:
      calls_.insert(w_.call(pick_model(), std::chrono::seconds{1 + pick(90)}));
      break;
    case 4:
    case 5:
    case 6:
      if (!w_.attempts().empty())
        answer(pick(w_.attempts().size()));
      break;
    case 7:
      w_.advance(std::chrono::milliseconds{pick(8000)});
      break;
    case 8:
      if (!calls_.empty())
        leave();
      break;
    case 9:
      set_keys(pick_model());
      break;
    case 10:
      toggle();
      break;
    case 11:
      reset();
      break;
    }
    // Sometimes several things happen before anybody has handled a message.
    if (pick(3) != 0)
      w_.settle();
  }

  void answer(std::size_t which) {
    const auto& what = *w_.attempts()[which];
    switch (pick(6)) {
    case 0: {
      const auto seconds = 1 + pick(40);
      w_.settle();
      auto& until = resting_[{w_.key_of(what), what.of->model}];
      until = std::max(until, w_.now() + std::chrono::seconds{seconds});
      w_.answer(which, 429, {{"retry-after", std::to_string(seconds)}});
      w_.settle();
      break;
    }
    case 1:
      w_.fail(which, dialect::failure::not_sent);
      break;
    case 2:
      w_.fail(which, dialect::failure::no_answer);
      break;
    default:
      w_.answer(which, 200);
    }
  }

  void check_attempt(const attempt& what) {
    const auto key = w_.key_of(what);
    INFO("key " << key << " for " << what.of->model << ", call " << what.of->id);
    // Invariant 1, for cooldowns: not before the deadline that its own signals have set.
    if (const auto found = resting_.find({key, what.of->model}); found != resting_.end())
      CHECK(w_.now() >= found->second);
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
    const auto key = pick(keys_.size());
    const auto name = std::string(1, static_cast<char>('a' + key));
    w_.settle();
    std::erase_if(resting_, [&](const auto& entry) { return entry.first.first == name; });
    w_.reset(keys_[key]);
    w_.settle();
  }

  void set_keys(const std::string& model) {
    std::vector<key_uid> members;
    for (auto key : keys_)
      if (pick(4) != 0)
        members.push_back(key);
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
  }

  std::size_t pick(std::size_t below) { return random_() % below; }
  std::string pick_model() { return "m" + std::to_string(1 + pick(3)); }

  std::mt19937_64 random_;
  world w_;
  std::vector<key_uid> keys_;
  std::set<call_id> calls_;
  std::set<call_id> left_;
  std::map<std::pair<std::string, std::string>, time_point> resting_;
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
  CHECK(w.status(a).cooldowns[0].remaining_ms == 60'000);
}
