#include "tests/actors/world.hpp"
#include "tests/catch.hpp"

using namespace keywheel;
using test::world;

TEST_CASE("a call that is dropped without an answer tells its front, once") {
  world w;
  const auto a = w.add_key("a");
  w.set_model("m", {a});
  const auto id = w.call("m");
  w.settle();
  REQUIRE(w.attempts().size() == 1);
  w.attempts().clear(); // as if the upstream had died
  w.settle();
  REQUIRE(w.outcome_of(id).refusals.size() == 1);
  CHECK(w.outcome_of(id).refusals[0].code == dialect::refusal_code::internal_error);
  CHECK(w.status(a).in_flight == 0);
}

TEST_CASE("a call whose client has left is dropped in silence") {
  world w;
  const auto a = w.add_key("a");
  w.set_model("m", {a});
  const auto id = w.call("m");
  w.settle();
  w.leave(id);
  w.settle();
  CHECK(w.outcome_of(id).ends() == 0);
  CHECK(w.status(a).in_flight == 0);
}
