// Random states and random damage. The seed of a failure is printed; put it into first_seed to see
// it again.

#include "state/state_text.hpp"
#include "tests/catch.hpp"
#include "tests/state/sample.hpp"

#include <algorithm>
#include <random>

using namespace keywheel;
using namespace keywheel::state;
using namespace keywheel::state::testing;

namespace {

constexpr unsigned first_seed = 1;

class generator {
public:
  explicit generator(unsigned seed) : random_(seed) {}

  std::size_t below(std::size_t end) { return random_() % end; }

  std::string text() {
    const std::vector<std::string> pieces{"a",  "é", "日", "\"", "\\", "/",
                                          "\n", "}", "]",  ",",  " "};
    std::string result;
    for (auto length = below(6); length > 0; --length)
      result += pieces[below(pieces.size())];
    return result;
  }

  /// In milliseconds, between 1970 and 2200.
  wall_time time() { return wall_time{std::chrono::milliseconds{random_() % 7'258'118'400'000}}; }

  saved_cooldown cooldown() {
    return {text(), text(), text(), text(), time(), static_cast<std::uint32_t>(random_())};
  }

  template <class Make>
  auto some(Make make) {
    std::vector<decltype(make())> result;
    for (auto count = below(4); count > 0; --count)
      result.push_back(make());
    return result;
  }

  saved_window day() {
    const auto slot = [this] {
      return saved_slot{time(), static_cast<std::int64_t>(random_() % (most_amount + 1))};
    };
    return {some(slot), some(slot)};
  }

  saved_state state() {
    saved_state result;
    int number = 0;
    const auto name = [&] { return text() + std::to_string(++number); };
    const auto cooldowns = [this] { return some([this] { return cooldown(); }); };
    result.keys = some([&] {
      return saved_key{name(), "00112233445566" + std::to_string(10 + below(90)), text(),
                       cooldowns(), day()};
    });
    result.groups = some([&] { return saved_group{text(), name(), cooldowns(), day()}; });
    result.models = some([&] { return saved_model{text(), name(), cooldown()}; });
    return result;
  }

private:
  std::mt19937_64 random_;
};

/// Puts everything in some order that depends on nothing else.
void shuffle(saved_state& what, generator& any) {
  const auto mix = [&any](auto& all) {
    for (std::size_t i = all.size(); i > 1; --i)
      std::swap(all[i - 1], all[any.below(i)]);
  };
  mix(what.keys);
  mix(what.groups);
  mix(what.models);
  for (auto& key : what.keys) {
    mix(key.cooldowns);
    mix(key.day.requests);
    mix(key.day.tokens);
  }
}

} // namespace

TEST_CASE("random states are read as they were written, in whatever order they were") {
  for (unsigned seed = first_seed; seed < first_seed + 2000; ++seed) {
    CAPTURE(seed);
    generator any{seed};
    auto what = any.state();
    const auto text = render(what);
    const auto read = parse(text);
    REQUIRE(read.problem == "");
    REQUIRE(read.state);
    REQUIRE(std::is_permutation(what.models.begin(), what.models.end(), read.state->models.begin(),
                                read.state->models.end()));
    REQUIRE(read.state->keys.size() == what.keys.size());
    REQUIRE(read.state->groups.size() == what.groups.size());
    for (const auto& key : what.keys) {
      const auto same = std::find_if(read.state->keys.begin(), read.state->keys.end(),
                                     [&key](const saved_key& k) { return k.id == key.id; });
      REQUIRE(same != read.state->keys.end());
      REQUIRE(same->fingerprint == key.fingerprint);
      REQUIRE(same->organization == key.organization);
      REQUIRE(std::is_permutation(key.cooldowns.begin(), key.cooldowns.end(),
                                  same->cooldowns.begin(), same->cooldowns.end()));
      REQUIRE(std::is_permutation(key.day.tokens.begin(), key.day.tokens.end(),
                                  same->day.tokens.begin(), same->day.tokens.end()));
    }
    shuffle(what, any);
    REQUIRE(render(what) == text);
    REQUIRE(render(*read.state) == text);
  }
}

TEST_CASE("random damage is refused, or leaves a state that can be written") {
  unsigned refused = 0;
  for (unsigned seed = first_seed; seed < first_seed + 5000; ++seed) {
    CAPTURE(seed);
    generator any{seed};
    auto text = sample_text();
    for (auto count = 1 + any.below(3); count > 0; --count) {
      const auto at = any.below(text.size());
      const auto length = any.below(8);
      switch (any.below(3)) {
      case 0:
        text[at] = static_cast<char>(any.below(256));
        break;
      case 1:
        text.erase(at, length);
        break;
      default:
        text.insert(at, text.substr(any.below(text.size()), length));
      }
    }
    CAPTURE(text);
    const auto read = parse(text);
    REQUIRE(read.state.has_value() == read.problem.empty());
    if (read.state)
      REQUIRE(parse(render(*read.state)).state.has_value());
    else
      ++refused;
  }
  CHECK(refused > 1000);
  CHECK(refused < 5000);
}
