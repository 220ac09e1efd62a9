#include "balance/soft_failures.hpp"
#include "tests/balance/at.hpp"
#include "tests/catch.hpp"

using namespace keywheel::balance;
using namespace keywheel::balance::test;

TEST_CASE("three failures within 30 s count, and the count begins anew") {
  soft_failures uut;
  CHECK_FALSE(uut.add("m", at(0s)));
  CHECK_FALSE(uut.add("m", at(1s)));
  CHECK(uut.add("m", at(30s)));
  CHECK_FALSE(uut.add("m", at(30s)));
  CHECK_FALSE(uut.add("m", at(30s)));
  CHECK(uut.add("m", at(30s)));
}

TEST_CASE("a window of 30 s slides") {
  soft_failures uut;
  CHECK_FALSE(uut.add("m", at(0s)));
  CHECK_FALSE(uut.add("m", at(20s)));
  CHECK_FALSE(uut.add("m", at(30s) + 1ns));
  CHECK(uut.add("m", at(50s)));
}

TEST_CASE("models are counted apart, and a success begins anew") {
  soft_failures uut;
  uut.add("m", at(0s));
  uut.add("m", at(0s));
  CHECK_FALSE(uut.add("n", at(0s)));
  uut.clear("m");
  uut.clear("unknown");
  CHECK_FALSE(uut.add("m", at(1s)));
  CHECK_FALSE(uut.add("m", at(1s)));
  CHECK(uut.add("m", at(1s)));
}

TEST_CASE("a pardon takes back what came since") {
  soft_failures uut;
  uut.add("m", at(0s));
  uut.add("m", at(5s));
  uut.pardon(at(5s));
  CHECK_FALSE(uut.add("m", at(6s)));
  CHECK(uut.add("m", at(7s)));
}
