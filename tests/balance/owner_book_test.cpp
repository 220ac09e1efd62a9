#include "balance/owner_book.hpp"
#include "tests/balance/at.hpp"
#include "tests/catch.hpp"

#include <string>
#include <vector>

using namespace keywheel;
using namespace keywheel::balance;
using namespace keywheel::balance::test;

namespace {

const owner a{"p/a", "", "fa"};
const owner b{"p/b", "g", "fb"};

constexpr auto month = owner_book::kept_for;

} // namespace

TEST_CASE("a book knows who made what, and nothing else") {
  owner_book uut;
  CHECK(uut.find("file-1", at(0s)) == nullptr);
  uut.remember("file-1", a, at(0s));
  uut.remember("file-2", b, at(0s));
  REQUIRE(uut.find("file-1", at(1s)) != nullptr);
  CHECK(*uut.find("file-1", at(1s)) == a);
  CHECK(*uut.find("file-2", at(1s)) == b);
  CHECK(uut.find("file-", at(1s)) == nullptr);
}

TEST_CASE("the last word about an id counts") {
  owner_book uut;
  uut.remember("x", a, at(0s));
  uut.remember("x", b, at(1s));
  CHECK(*uut.find("x", at(1s)) == b);
  CHECK(uut.size() == 1);
  CHECK(uut.owners() == 1);
}

TEST_CASE("what was deleted is forgotten") {
  owner_book uut;
  uut.remember("x", a, at(0s));
  uut.forget("x");
  uut.forget("never");
  CHECK(uut.find("x", at(0s)) == nullptr);
  CHECK(uut.size() == 0);
  CHECK(uut.owners() == 0);
}

TEST_CASE("an id is kept for thirty days since its last use") {
  owner_book uut;
  uut.remember("used", a, at(0s));
  uut.remember("unused", a, at(0s));
  CHECK(uut.find("used", at(month) - 1s) != nullptr);
  CHECK(uut.find("unused", at(month)) == nullptr);
  CHECK(uut.find("used", at(month) + month - 2s) != nullptr);
  CHECK(uut.find("used", at(month) + 3 * month) == nullptr);
}

TEST_CASE("of too many ids the least recently used goes first") {
  owner_book uut{3};
  for (const auto* id : {"1", "2", "3"})
    uut.remember(id, a, at(0s));
  CHECK(uut.find("1", at(1s)) != nullptr);
  uut.remember("4", b, at(2s));
  CHECK(uut.size() == 3);
  CHECK(uut.find("2", at(2s)) == nullptr);
  for (const auto* id : {"1", "3", "4"})
    CHECK(uut.find(id, at(2s)) != nullptr);
}

TEST_CASE("a hundred thousand ids are kept, and not one more") {
  owner_book uut;
  for (std::size_t i = 0; i <= owner_book::most_ids; ++i)
    uut.remember(std::to_string(i), a, at(0s));
  CHECK(uut.size() == 100'000);
  CHECK(uut.find("0", at(0s)) == nullptr);
  CHECK(uut.find("1", at(0s)) != nullptr);
}

TEST_CASE("an id that is none, or longer than any, is not kept") {
  owner_book uut;
  uut.remember("", a, at(0s));
  uut.remember(std::string(513, 'x'), a, at(0s));
  CHECK(uut.size() == 0);
  uut.remember(std::string(512, 'x'), a, at(0s));
  CHECK(uut.size() == 1);
}

TEST_CASE("owners follow their groups and secrets; what of one that is gone goes to its group") {
  owner_book uut;
  uut.remember("x", a, at(0s));
  uut.remember("y", b, at(0s));
  const std::vector<owner> now{{"p/a", "organization/o", "fresh"}, {"p/c", "g", "fc"}};
  uut.follow(now);
  CHECK(*uut.find("x", at(1s)) == now[0]);
  CHECK(*uut.find("y", at(1s)) == now[1]);
  uut.follow(std::vector<owner>{{"q/c", "g", "fc"}});
  CHECK(*uut.find("y", at(1s)) == now[1]); // there is nobody
  CHECK(uut.owners() == 2);
}

TEST_CASE("a group that goes with all its keys but one is remembered for that one") {
  const owner first{"p/1", "organization/o", "f1"};
  const owner second{"p/2", "organization/o", "f2"};
  owner_book uut;
  uut.follow(std::vector<owner>{a, first, second});
  uut.remember("x", first, at(0s));
  const owner alone{"p/2", "", "f2"};
  uut.follow(std::vector<owner>{a, alone});
  CHECK(*uut.find("x", at(1s)) == alone);
}

TEST_CASE("a key that is renamed takes along what it made, and keeps it with another secret") {
  owner_book uut;
  uut.follow(std::vector<owner>{a, b});
  uut.remember("x", a, at(0s));
  uut.follow(std::vector<owner>{b, {"p/z", "", "fa"}});
  uut.follow(std::vector<owner>{b, {"p/z", "", "new"}});
  CHECK(uut.find("x", at(1s))->key == "p/z");
  SECTION("until its old name is made of again") {
    uut.remember("y", a, at(2s));
    CHECK(uut.find("x", at(2s))->key == "p/a");
  }
}
