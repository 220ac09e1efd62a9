#include "balance/key_ledger.hpp"
#include "balance/pool.hpp"
#include "tests/balance/at.hpp"
#include "tests/balance/verdicts.hpp"
#include "tests/catch.hpp"

#include <atomic>
#include <cstdlib>
#include <new>
#include <string>

using namespace keywheel;
using namespace keywheel::balance;
using namespace keywheel::balance::test;

namespace {

std::atomic<long> allocations = 0; ///< ever
std::atomic<long> alive = 0;       ///< now

} // namespace

// All forms for single objects: a sanitizer's own must not meet ours half-way.

void* operator new(std::size_t size, const std::nothrow_t&) noexcept {
  ++allocations;
  ++alive;
  return std::malloc(size);
}

void* operator new(std::size_t size) {
  if (void* result = operator new(size, std::nothrow))
    return result;
  throw std::bad_alloc{};
}

void operator delete(void* what) noexcept {
  alive -= what ? 1 : 0;
  std::free(what);
}

void operator delete(void* what, std::size_t) noexcept {
  operator delete(what);
}

void operator delete(void* what, const std::nothrow_t&) noexcept {
  operator delete(what);
}

TEST_CASE("placing a call with a free key allocates nothing") {
  using config::strategy_kind;
  pool::settings with;
  with.strategy = GENERATE(strategy_kind::round_robin, strategy_kind::weighted,
                           strategy_kind::least_in_flight, strategy_kind::fill_first);
  with.sticky = GENERATE(false, true);
  pool uut{with};
  for (key_uid key = 1; key <= 100; ++key)
    uut.set_key(key, key % 2 ? availability{} : availability{availability::state::cooling, at(1h)},
                at(0s));
  ticket call{1, at(0s), at(600s), {1, 3}, 0, 4711};
  auto before = allocations.load();
  for (int i = 0; i < 1000; ++i) {
    auto where = uut.place(std::move(call), at(1s));
    if (where.is != placement::what::key || where.chosen == 1 || where.chosen == 3)
      break;
    call = {1, at(0s), at(600s), std::move(where.tried), 0, 4711};
  }
  CHECK(allocations - before == 0);
  CHECK(call.tried.size() == 2);
}

TEST_CASE("cooldowns of the past leave nothing behind") {
  key_ledger uut{true, {}};
  const auto before = alive.load();
  for (int i = 0; i < 10'000; ++i) {
    const auto now = at(std::chrono::minutes{i});
    const auto lease =
        uut.admit("a model with a long name, number " + std::to_string(i), {}, now)->lease;
    uut.judged(lease, rate_limited(), true, defaults, silent, now);
    uut.release(lease, ending::refused, nullptr, now);
  }
  // A rest is remembered for a day, and with it how far its ladder was climbed.
  CHECK(alive - before < 3 * 24 * 60);
}

TEST_CASE("rests that are extended again and again leave nothing behind") {
  rotation uut;
  uut.set(1, {}, at(0s));
  const auto rest = [&](int from, int to) {
    const auto before = allocations.load();
    for (int i = from; i < to; ++i)
      uut.set(1, {availability::state::cooling, at(std::chrono::seconds{i + 1'000'000})}, at(0s));
    return allocations - before;
  };
  rest(0, 1000);
  CHECK(rest(1000, 100'000) == 0);
  CHECK(uut.earliest_return(at(0s)) == at(1'099'999s));
}
