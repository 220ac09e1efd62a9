#include "balance/quota_groups.hpp"
#include "tests/balance/seeds.hpp"
#include "tests/catch.hpp"

#include <algorithm>
#include <map>
#include <random>
#include <set>

using namespace keywheel;
using namespace keywheel::balance;
using namespace keywheel::balance::test;

namespace {

using member = quota_groups::member;
using moves = std::vector<quota_groups::move>;

quota_groups of(std::vector<member> keys,
                std::map<std::string, config::budgets_config> budgets = {}) {
  quota_groups result;
  result.configure(keys, std::move(budgets));
  return result;
}

} // namespace

TEST_CASE("keys share a group as configured, others are alone") {
  quota_groups uut;
  const std::vector<member> keys{{1, "a"}, {2, ""}, {3, "a"}, {4, "b"}};
  CHECK(uut.configure(keys, {}) == moves{{1, "a"}, {3, "a"}, {4, "b"}});
  CHECK(uut.group_of(2).empty());
  CHECK(uut.group_of(99).empty());
  CHECK(uut.keys_of("a") == std::vector<key_uid>{1, 3});
  CHECK(uut.keys_of("none").empty());
  CHECK(uut.configure(keys, {}).empty());
}

TEST_CASE("keys that name the same organisation come together") {
  auto uut = of({{1, ""}, {2, ""}, {3, ""}});
  CHECK(uut.saw(2, "org-x").empty());
  CHECK(uut.group_of(2).empty());
  CHECK(uut.saw(1, "org-x") == moves{{1, "organization/org-x"}, {2, "organization/org-x"}});
  CHECK(uut.saw(1, "org-x").empty());
  CHECK(uut.saw(3, "org-x") == moves{{3, "organization/org-x"}});
  CHECK(uut.keys_of("organization/org-x") == std::vector<key_uid>{1, 2, 3});
  CHECK(uut.saw(3, "").empty());
  CHECK(uut.saw(99, "org-x").empty());
}

TEST_CASE("a configured name wins over an organisation's, the first over a later") {
  auto uut = of({{1, "b"}, {2, "a"}, {3, ""}});
  CHECK(uut.saw(3, "org-x").empty());
  CHECK(uut.saw(1, "org-x") == moves{{3, "b"}});
  CHECK(uut.saw(2, "org-x") == moves{{1, "a"}, {3, "a"}});
  CHECK(uut.keys_of("a") == std::vector<key_uid>{1, 2, 3});
  CHECK(uut.keys_of("b").empty());
  CHECK(uut.keys_of("organization/org-x").empty());
}

TEST_CASE("a configured group ties the organisations of its keys together") {
  auto uut = of({{1, "a"}, {2, "a"}, {3, ""}, {4, ""}});
  uut.saw(1, "org-x");
  uut.saw(2, "org-y");
  CHECK(uut.saw(3, "org-x") == moves{{3, "a"}});
  CHECK(uut.saw(4, "org-y") == moves{{4, "a"}});
}

TEST_CASE("a key that changes its organisation changes its group") {
  auto uut = of({{1, ""}, {2, ""}, {3, ""}});
  uut.saw(1, "org-x");
  uut.saw(2, "org-x");
  uut.saw(3, "org-y");
  CHECK(uut.saw(2, "org-y")
        == moves{{1, ""}, {2, "organization/org-y"}, {3, "organization/org-y"}});
}

TEST_CASE("a reload keeps what was learned as long as the key stays") {
  auto uut = of({{1, ""}, {2, ""}, {3, ""}});
  uut.saw(1, "org-x");
  uut.saw(2, "org-x");
  CHECK(uut.configure(std::vector<member>{{2, ""}, {1, ""}}, {}).empty());
  CHECK(uut.keys_of("organization/org-x") == std::vector<key_uid>{2, 1});
  CHECK(uut.configure(std::vector<member>{{2, ""}, {5, ""}}, {}) == moves{{2, ""}});
  CHECK(uut.saw(5, "org-x").size() == 2);
  CHECK(uut.configure(std::vector<member>{{2, ""}, {1, ""}}, {}) == moves{{2, ""}});
}

TEST_CASE("merged groups get the stricter of each limit") {
  config::budgets_config a{5, 100, 0, 10, 0};
  config::budgets_config b{0, 50, 7, 20, 0};
  CHECK(stricter(a, b) == config::budgets_config{5, 50, 7, 10, 0});
  auto uut = of({{1, "a"}, {2, "b"}, {3, "c"}}, {{"a", a}, {"b", b}});
  CHECK(uut.budgets_of("a") == a);
  CHECK(uut.budgets_of("c").none());
  CHECK(uut.budgets_of("none").none());
  uut.saw(1, "org-x");
  uut.saw(2, "org-x");
  CHECK(uut.budgets_of("a") == stricter(a, b));
  CHECK(uut.budgets_of("b").none());
}

TEST_CASE("groups agree with a naive closure, and moves tell every change") {
  for (const auto seed : seeds(200)) {
    CAPTURE(seed);
    std::mt19937_64 random{seed};
    std::vector<member> keys;
    std::map<key_uid, std::string> organizations;
    std::map<key_uid, std::string> told;
    quota_groups uut;
    const auto take = [&](const moves& all) {
      for (const auto& one : all) {
        REQUIRE(told[one.key] != one.group);
        told[one.key] = one.group;
      }
    };
    for (int step = 0; step < 60; ++step) {
      if (step == 0 || random() % 10 == 0) {
        keys.clear();
        for (key_uid key = 0; key < 12; ++key)
          if (random() % 4 != 0)
            keys.push_back(
                {key, random() % 3 == 0 ? std::string(1, 'a' + char(random() % 3)) : ""});
        std::shuffle(keys.begin(), keys.end(), random);
        const auto stays = [&](key_uid key) {
          return std::any_of(keys.begin(), keys.end(),
                             [key](const member& one) { return one.key == key; });
        };
        std::erase_if(organizations, [&](const auto& one) { return !stays(one.first); });
        std::erase_if(told, [&](const auto& one) { return !stays(one.first); });
        take(uut.configure(keys, {}));
      } else {
        const auto& one = keys[random() % keys.size()];
        const auto organization = "org-" + std::to_string(random() % 5);
        organizations[one.key] = organization;
        take(uut.saw(one.key, organization));
      }
      // Naive: spread labels until nothing changes.
      std::map<key_uid, std::set<std::string>> labels;
      for (const auto& one : keys) {
        if (!one.configured.empty())
          labels[one.key].insert(one.configured);
        if (organizations.contains(one.key))
          labels[one.key].insert("organization/" + organizations[one.key]);
      }
      for (bool changed = true; changed;) {
        changed = false;
        for (auto& [a, of_a] : labels)
          for (auto& [b, of_b] : labels)
            if (std::any_of(of_a.begin(), of_a.end(),
                            [&of_b = of_b](const auto& label) { return of_b.contains(label); })) {
              const auto before = of_b.size();
              of_b.insert(of_a.begin(), of_a.end());
              changed |= of_b.size() != before;
            }
      }
      for (const auto& one : keys) {
        const auto& own = labels[one.key];
        const auto sharing = std::count_if(labels.begin(), labels.end(), [&](const auto& other) {
          return other.second == own && !own.empty();
        });
        std::string expected;
        // Configured names come first: "organization/…" sorts after "a" to "c".
        if (!own.empty() && (sharing > 1 || own.begin()->find('/') == std::string::npos))
          expected = *own.begin();
        REQUIRE(uut.group_of(one.key) == expected);
        REQUIRE(told[one.key] == expected);
      }
    }
  }
}
