#include "balance/refused_keys.hpp"
#include "tests/balance/at.hpp"
#include "tests/catch.hpp"

using namespace keywheel;
using namespace keywheel::balance;
using namespace keywheel::balance::test;

using dialect::reason;

TEST_CASE("which refusals can be the provider's doing") {
  CHECK(refused_keys::counts(reason::rate_limit, true));
  CHECK(refused_keys::counts(reason::rate_limit, false));
  for (const auto why : {reason::credential, reason::permission, reason::blocked}) {
    CHECK(refused_keys::counts(why, false));
    CHECK_FALSE(refused_keys::counts(why, true));
  }
  for (const auto why : {reason::none, reason::quota, reason::billing, reason::overload,
                         reason::server_error, reason::bad_request, reason::too_large,
                         reason::unreachable, reason::no_answer, reason::timed_out})
    CHECK_FALSE(refused_keys::counts(why, false));
}

TEST_CASE("each key counts once, for its latest reason") {
  refused_keys uut;
  uut.add(1, reason::rate_limit, {}, at(0s));
  uut.add(1, reason::rate_limit, {}, at(1s));
  uut.add(2, reason::rate_limit, {}, at(2s));
  CHECK(uut.count(reason::rate_limit, at(2s)) == 2);
  CHECK(uut.first(reason::rate_limit, at(2s)) == at(1s));
  uut.add(1, reason::credential, {}, at(3s));
  CHECK(uut.count(reason::rate_limit, at(3s)) == 1);
  CHECK(uut.count(reason::credential, at(3s)) == 1);
  CHECK(uut.contains(1, reason::credential, at(3s)));
  CHECK_FALSE(uut.contains(1, reason::rate_limit, at(3s)));
  CHECK_FALSE(uut.contains(3, reason::credential, at(3s)));
  uut.remove(1);
  uut.remove(1);
  CHECK(uut.count(reason::credential, at(3s)) == 0);
  uut.clear();
  CHECK(uut.count(reason::rate_limit, at(3s)) == 0);
  CHECK_FALSE(uut.first(reason::rate_limit, at(3s)));
}

TEST_CASE("a refusal is remembered for ten seconds") {
  refused_keys uut;
  uut.add(1, reason::blocked, {}, at(0s));
  uut.add(2, reason::blocked, {}, at(4s));
  CHECK(uut.count(reason::blocked, at(10s)) == 2);
  CHECK(uut.count(reason::blocked, at(10s) + 1ns) == 1);
  CHECK(uut.first(reason::blocked, at(10s) + 1ns) == at(4s));
}

TEST_CASE("the first return that is still to come") {
  refused_keys uut;
  uut.add(1, reason::rate_limit, at(30s), at(0s));
  uut.add(2, reason::rate_limit, {}, at(0s));
  CHECK(uut.earliest_return(reason::rate_limit, at(1s)) == at(30s));
  uut.add(3, reason::rate_limit, at(5s), at(1s));
  uut.add(4, reason::credential, at(2s), at(1s));
  CHECK(uut.earliest_return(reason::rate_limit, at(1s)) == at(5s));
  CHECK(uut.earliest_return(reason::rate_limit, at(5s)) == at(30s));
  CHECK_FALSE(uut.earliest_return(reason::blocked, at(1s)));
}
