#include "balance/budgets.hpp"
#include "tests/balance/at.hpp"
#include "tests/catch.hpp"

using namespace keywheel;
using namespace keywheel::balance;
using namespace keywheel::balance::test;

namespace {

constexpr auto unlimited = availability::unlimited;

budgets with(std::int64_t rpm, std::int64_t tpm, std::int64_t rpd = 0, std::int64_t tpd = 0) {
  budgets result;
  result.configure({0, rpm, tpm, rpd, tpd});
  return result;
}

} // namespace

TEST_CASE("without limits everything fits, for a pointer's room") {
  budgets uut;
  CHECK(sizeof(uut) == sizeof(void*));
  CHECK(uut.can_take({1'000'000}, at(0s)));
  CHECK(uut.free_slots({}, at(0s)) == unlimited);
  CHECK(uut.free_at({}, at(0s)) == at(0s));
  CHECK(uut.holds_back({}, at(0s)).empty());
  uut.settle(uut.take({5}, at(0s)), 5, true, at(0s));
  CHECK(uut.keep(at(0s), {}).empty());
}

TEST_CASE("every window must have room, and the last to free is named") {
  auto uut = with(3, 100);
  CHECK(uut.free_slots({40}, at(0s)) == 2);
  CHECK(uut.free_slots({}, at(0s)) == 3);
  uut.take({60}, at(0s));
  uut.take({10}, at(10s));
  CHECK(uut.free_slots({}, at(10s)) == 1);
  CHECK(uut.free_slots({31}, at(10s)) == 0);
  CHECK(uut.can_take({30}, at(10s)));
  CHECK_FALSE(uut.can_take({31}, at(10s)));
  CHECK(uut.holds_back({31}, at(10s)) == "tpm");
  CHECK(uut.free_at({91}, at(10s)) == at(70s) + 100ms);
  uut.take({1}, at(20s));
  CHECK(uut.holds_back({}, at(20s)) == "rpm");
  CHECK(uut.free_at({}, at(20s)) == at(60s) + 100ms);
}

TEST_CASE("a day is a window of its own") {
  auto uut = with(0, 0, 2, 1000);
  uut.take({400}, at(0s));
  uut.take({400}, at(1h));
  CHECK(uut.holds_back({}, at(1h)) == "rpd");
  // A slot of a day is 144 s wide.
  CHECK(uut.free_at({}, at(1h)) == at(24h) + 144s);
  CHECK(uut.can_take({600}, at(24h) + 144s));
  CHECK_FALSE(uut.can_take({601}, at(24h) + 144s));
}

TEST_CASE("a refusal costs its request, what was not sent costs nothing") {
  auto uut = with(2, 100);
  const auto refused = uut.take({80}, at(0s));
  uut.settle(refused, 0, true, at(1s));
  CHECK(uut.free_slots({1}, at(1s)) == 1);
  CHECK(uut.can_take({100}, at(1s)));
  const auto unsent = uut.take({80}, at(1s));
  uut.settle(unsent, 80, false, at(2s));
  CHECK(uut.free_slots({100}, at(2s)) == 1);
}

TEST_CASE("a request larger than the limit goes alone") {
  auto uut = with(0, 100);
  CHECK(uut.free_slots({900}, at(0s)) == 1);
  const auto taken = uut.take({900}, at(0s));
  CHECK(uut.free_slots({900}, at(0s)) == 0);
  uut.settle(taken, 60, true, at(0s));
  CHECK(uut.free_slots({40}, at(0s)) == 1);
}

TEST_CASE("new limits keep what was taken, gone ones are forgotten") {
  auto uut = with(10, 0);
  const auto taken = uut.take({5}, at(0s));
  uut.configure({0, 1, 100, 0, 0});
  CHECK(uut.free_slots({}, at(0s)) == 0);
  uut.settle(taken, 50, true, at(0s)); // had no share in tokens
  uut.configure({0, 0, 100, 0, 0});
  CHECK(uut.free_slots({100}, at(0s)) == 1);
  uut.configure({});
  CHECK(uut.free_slots({}, at(0s)) == unlimited);
}

TEST_CASE("days survive a restart, minutes do not") {
  const wall_time noon{std::chrono::hours{500'000}};
  auto uut = with(10, 1000, 10, 1000);
  uut.take({300}, at(0s));
  const auto kept = uut.keep(at(0s), noon);
  CHECK(kept.requests.size() == 1);
  CHECK(kept.tokens.size() == 1);
  auto next = with(1, 0, 10, 1000);
  next.restore(kept, at(0s), noon + 1h);
  CHECK(next.can_take({700}, at(0s)));
  CHECK_FALSE(next.can_take({701}, at(0s)));
  budgets without;
  without.restore(kept, at(0s), noon);
  CHECK(without.free_slots({}, at(0s)) == unlimited);
}
