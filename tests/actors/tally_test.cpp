#include "actors/detail/restarts.hpp"
#include "actors/detail/tally.hpp"
#include "tests/catch.hpp"

using namespace keywheel;

TEST_CASE("a tally runs once, when the last answer is in") {
  int ran = 0;
  auto all = detail::tally::make([&] { ++ran; });
  all->add();
  all->add();
  all->seal();
  CHECK(ran == 0);
  all->done();
  CHECK(ran == 0);
  all->done();
  CHECK(ran == 1);
}

TEST_CASE("a tally of nothing runs when it is sealed") {
  int ran = 0;
  detail::tally::make([&] { ++ran; })->seal();
  CHECK(ran == 1);
}

TEST_CASE("restarts are too many only in too short a time") {
  detail::restarts often;
  auto now = time_point{} + std::chrono::hours{1};
  for (std::size_t i = 0; i < detail::restarts::most; ++i)
    CHECK(often.note(now));
  CHECK_FALSE(often.note(now));

  detail::restarts seldom;
  for (std::size_t i = 0; i < 10 * detail::restarts::most; ++i) {
    CHECK(seldom.note(now));
    now += detail::restarts::within / 2;
  }
}
