#include "balance/limit_ledger.hpp"
#include "tests/balance/verdicts.hpp"
#include "tests/catch.hpp"

using namespace keywheel;
using namespace keywheel::balance;
using namespace keywheel::balance::test;

namespace {

using dialect::scope;
using state = availability::state;

constexpr auto unlimited = availability::unlimited;
constexpr time_point freed = at(60s) + 100ms; ///< when what was taken at 0 s has left its minute

limit_ledger with(const config::budgets_config& limits) {
  limit_ledger result{scope::key, 0};
  result.configure(limits);
  return result;
}

constexpr config::budgets_config tpm(std::int64_t limit) {
  return {0, 0, limit, 0, 0};
}

dialect::usage used(std::int64_t input, std::int64_t output) {
  return {input, 0, output, 0, true};
}

} // namespace

TEST_CASE("a demand that was refused speaks for its model until it fits") {
  auto uut = with(tpm(100));
  REQUIRE(uut.admit("m", {60}, at(59s + 500ms)));
  REQUIRE(uut.admit("m", {30}, at(60s)));
  CHECK(uut.available_for("m", at(60s)).is == state::available);
  CHECK_FALSE(uut.admit("m", {50}, at(119s)));
  const auto until = at(119s + 600ms);
  CHECK(uut.available_for("m", at(119s))
        == availability{state::cooling, until, 1, 2, dialect::reason::rate_limit});
  CHECK(uut.available_for("n", at(119s)).is == state::available);
  CHECK(uut.next_change(at(119s)) == until);
  CHECK_FALSE(uut.admit("m", {50}, until - 1ns));
  CHECK(uut.available_for("m", until).is == state::available);
  CHECK(uut.admit("m", {50}, until));
}

TEST_CASE("a refused demand that takes long to fit lapses, for whoever needs less") {
  auto uut = with(tpm(100));
  REQUIRE(uut.admit("m", {60}, at(0s)));
  CHECK_FALSE(uut.admit("m", {50}, at(10s)));
  CHECK(uut.available_for("m", at(11s) - 1ns).until == freed);
  CHECK(uut.next_change(at(10s)) == at(11s));
  CHECK(uut.available_for("m", at(11s)).is == state::available);
  CHECK(uut.admit("m", {40}, at(11s)));
  CHECK(uut.available_for("m", at(11s)).until == freed); // nothing at all is left
}

TEST_CASE("tokens are settled once, as the answer says or as reserved") {
  struct row {
    ending how;
    bool known;
    std::int64_t left;
    std::uint32_t requests;
  };
  const auto [how, known, left, requests] = GENERATE(values<row>({
      {ending::answered, true, 70, 1},
      {ending::answered, false, 20, 1},
      {ending::abandoned, true, 70, 1},
      {ending::abandoned, false, 20, 1},
      {ending::refused, false, 100, 1},
      {ending::unsent, false, 100, 2},
  }));
  auto uut = with({0, 2, 100, 0, 0});
  const auto lease = uut.admit("m", {80}, at(0s));
  REQUIRE(lease);
  const auto usage = known ? used(20, 10) : dialect::usage{};
  CHECK(uut.release(lease->lease, how, &usage, at(1s)));
  CHECK_FALSE(uut.release(lease->lease, how, &usage, at(1s)));
  CHECK(uut.in_flight() == 0);
  CHECK(uut.available_for("m", at(1s)).free_slots == std::min<std::int64_t>(requests, left));
  const auto next = uut.admit("m", {left + 1}, at(1s));
  CHECK(next.has_value() == (left == 100)); // more than the limit goes alone
}

TEST_CASE("a lease that is not out changes nothing") {
  auto uut = with(tpm(100));
  CHECK_FALSE(uut.release(7, ending::answered, nullptr, at(0s)));
  CHECK_FALSE(uut.succeeded(7));
  CHECK_FALSE(uut.inconclusive(7));
  CHECK_FALSE(uut.failed(7, rate_limited(5s), defaults, at(0s)));
  CHECK(uut.model_of(7) == nullptr);
  CHECK(uut.available_for("m", at(0s)).is == state::available);
}

TEST_CASE("a probe that was not judged gives its place to the next call") {
  auto uut = with({});
  const auto first = uut.admit("m", {}, at(0s));
  REQUIRE(first);
  CHECK_FALSE(first->probe);
  uut.failed(first->lease, rate_limited(10s), defaults, at(0s));
  const auto probe = uut.admit("m", {}, at(10s));
  REQUIRE(probe);
  CHECK(probe->probe);
  CHECK(uut.available_for("m", at(10s)).is == state::busy);
  CHECK_FALSE(uut.admit("m", {}, at(10s)));
  CHECK(uut.release(probe->lease, ending::abandoned, nullptr, at(11s)));
  CHECK(uut.available_for("m", at(11s)).free_slots == 1);
  CHECK(uut.admit("m", {}, at(11s))->probe);
}

TEST_CASE("what holds an owner back is listed: rests, budgets, learned limits") {
  auto uut = with({0, 1, 0, 1, 0});
  const auto lease = uut.admit("m", {}, at(0s));
  REQUIRE(lease);
  uut.failed(lease->lease, rate_limited(10s), defaults, at(0s));
  uut.read(lease->lease, reading(dialect::limit_reading::dimension::requests, 60, 0, 60s), at(0s),
           1h);
  const auto all = uut.list(at(0s));
  REQUIRE(all.size() == 3);
  CHECK(all[0].scope == scope::key);
  CHECK(all[0].source == "rpd");
  CHECK(all[0].why == dialect::reason::quota);
  CHECK(all[0].until == at(24h) + 144s);
  CHECK(all[1].source == "retry-after");
  CHECK(all[2].source == "x-ratelimit-remaining");
  CHECK(all[2].scope == scope::key_model);
  CHECK(uut.next_change(at(0s)) == at(1s));
  uut.reset();
  CHECK(uut.list(at(0s)).size() == 1);
  CHECK(uut.next_change(at(0s)) == at(24h) + 144s);
}

TEST_CASE("free slots are the fewest that any limit leaves") {
  auto uut = with({5, 4, 0, 3, 0});
  CHECK(uut.available_for("m", at(0s)).free_slots == 3);
  const auto lease = uut.admit("m", {}, at(0s));
  CHECK(uut.available_for("m", at(0s)).free_slots == 2);
  uut.read(lease->lease, reading(dialect::limit_reading::dimension::requests, 60, 1, 59s), at(0s),
           1h);
  CHECK(uut.available_for("m", at(0s)).free_slots == 1);
  CHECK(uut.available_for("n", at(0s)).free_slots == 2);
  uut.forget_learned();
  CHECK(uut.available_for("m", at(0s)).free_slots == 2);
  uut.configure({});
  CHECK(uut.available_for("m", at(0s)) == availability{state::available, {}, unlimited, 1});
}
