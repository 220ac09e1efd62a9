#include "balance/owner_rules.hpp"
#include "tests/catch.hpp"

#include <string>
#include <vector>

using namespace keywheel;
using namespace keywheel::balance;

namespace {

using dialect::refusal;
using dialect::refusal_code;
using names = std::vector<std::string>;

const owner a{"p/a", "", "fa"};
const owner b{"p/b", "", "fb"};
const owner g1{"p/g1", "g", "f1"};
const owner g2{"p/g2", "g", "f2"};
const owner elsewhere{"q/g1", "g", "f9"};

reference known(std::string id, const owner& by) {
  return {std::move(id), by};
}

reference unknown(std::string id) {
  return {std::move(id), std::nullopt};
}

std::vector<serving_key> keys_of(const std::vector<owner>& those) {
  std::vector<serving_key> result;
  for (const auto& one : those)
    result.push_back({one, true});
  return result;
}

auto way(const std::vector<reference>& refers, const std::vector<serving_key>& keys,
         std::string_view wants = {}, bool lists = false) {
  return way_of({refers, keys, wants, lists, "the provider \"p\""});
}

bound_to bound(const std::variant<bound_to, refusal>& what) {
  INFO((what.index() == 1 ? std::get<refusal>(what).message : ""));
  REQUIRE(std::holds_alternative<bound_to>(what));
  return std::get<bound_to>(what);
}

refusal refused(const std::variant<bound_to, refusal>& what) {
  REQUIRE(std::holds_alternative<refusal>(what));
  return std::get<refusal>(what);
}

bool says(const refusal& what, std::string_view text) {
  return what.message.find(text) != std::string::npos;
}

const auto apart = keys_of({a, b, g1, g2});

} // namespace

TEST_CASE("a call goes to the owner of what it refers to, and to no other organisation") {
  CHECK(bound(way({known("x", a)}, apart)) == names{"p/a"});
  CHECK(bound(way({known("x", b), known("y", b)}, apart)) == names{"p/b"});
}

TEST_CASE("the owner comes first, then the others of its quota group") {
  CHECK(bound(way({known("x", g2)}, apart)) == names{"p/g2", "p/g1"});
  CHECK(bound(way({known("x", g2), known("y", g1)}, apart)) == names{"p/g2", "p/g1"});
}

TEST_CASE("a creation goes to any key") {
  CHECK_FALSE(bound(way({}, apart)));
}

TEST_CASE("what two organisations made cannot be used together; no organisation is named") {
  const auto why = refused(way({known("x", a), known("y", b)}, apart));
  CHECK(why.code == refusal_code::bad_request);
  CHECK(says(why, "\"x\""));
  CHECK(says(why, "\"y\""));
  CHECK_FALSE(says(why, "p/"));
  CHECK(refused(way({known("x", g1), known("y", elsewhere)}, apart)).code
        == refusal_code::bad_request);
}

TEST_CASE("what is not known may belong to anybody") {
  SECTION("to one of several") {
    const auto why = refused(way({unknown("x")}, apart));
    CHECK(why.code == refusal_code::not_found);
    CHECK(says(why, "\"x\""));
    CHECK(says(why, "x-keywheel-key"));
  }
  SECTION("there is one key") {
    CHECK_FALSE(bound(way({unknown("x")}, keys_of({a}))));
  }
  SECTION("all are of one group") {
    CHECK_FALSE(bound(way({unknown("x")}, keys_of({g1, g2}))));
  }
  SECTION("one key without a group is not of the group") {
    CHECK(refused(way({unknown("x")}, keys_of({g1, g2, a}))).code == refusal_code::not_found);
  }
  SECTION("all that are enabled are of one group") {
    auto keys = keys_of({g1, a, g2});
    keys[1].enabled = false;
    CHECK_FALSE(bound(way({unknown("x")}, keys)));
  }
  SECTION("what is known says where: no key could use both otherwise") {
    CHECK(bound(way({unknown("x"), known("y", b)}, apart)) == names{"p/b"});
  }
}

TEST_CASE("a list needs to know whose") {
  const auto why = refused(way({}, apart, {}, true));
  CHECK(why.code == refusal_code::bad_request);
  CHECK(says(why, "x-keywheel-key"));
  CHECK_FALSE(bound(way({}, keys_of({g1, g2}), {}, true)));
  CHECK_FALSE(bound(way({}, keys_of({a}), {}, true)));
  CHECK(bound(way({}, apart, "p/b", true)) == names{"p/b"});
}

TEST_CASE("the key that the caller wants is the only one") {
  CHECK(bound(way({}, apart, "p/g1")) == names{"p/g1"});
  CHECK(bound(way({unknown("x")}, apart, "p/a")) == names{"p/a"});
  CHECK(bound(way({known("x", b)}, apart, "p/a")) == names{"p/a"});
  const auto why = refused(way({}, apart, "p/z"));
  CHECK(why.code == refusal_code::bad_request);
  CHECK(says(why, "\"p/z\""));
}

TEST_CASE("an owner that is gone is replaced by its group, and by nobody else") {
  CHECK(bound(way({known("x", g1)}, keys_of({a, g2}))) == names{"p/g2"});
  for (const auto& rest : {keys_of({b, g1}), keys_of({b}), keys_of({})}) {
    const auto why = refused(way({known("x", a)}, rest));
    CHECK(why.code == refusal_code::not_found);
    CHECK(says(why, "\"x\""));
  }
}

TEST_CASE("a key stays the owner under another name, and with another secret") {
  CHECK(bound(way({known("x", a)}, keys_of({b, {"p/renamed", "", "fa"}}))) == names{"p/renamed"});
  CHECK(bound(way({known("x", a)}, keys_of({b, {"p/a", "", "new"}}))) == names{"p/a"});
  SECTION("its name first, where both are there") {
    CHECK(bound(way({known("x", a)}, keys_of({{"p/twin", "", "fa"}, {"p/a", "", "fa"}})))
          == names{"p/a", "p/twin"});
  }
  SECTION("not at another provider") {
    CHECK(refused(way({known("x", {"q/a", "g", "fa"})}, apart)).code == refusal_code::not_found);
  }
}

// -- the provider ------------------------------------------------------------------------------

namespace {

std::string provider(const std::vector<reference>& refers, const names& those,
                     std::string_view wants = {}) {
  const auto found = provider_of(refers, those, wants);
  if (const auto* why = std::get_if<refusal>(&found))
    return std::to_string(dialect::status_of(why->code)) + " " + why->message;
  return std::get<std::string>(found);
}

} // namespace

TEST_CASE("a call that names no provider goes to the one that can be told") {
  CHECK(provider({}, {"p"}) == "p");
  CHECK(provider({unknown("x")}, {"p"}) == "p");
  CHECK(provider({known("x", elsewhere)}, {"p", "q"}) == "q");
  CHECK(provider({unknown("x"), known("y", elsewhere)}, {"p", "q"}) == "q");
  CHECK(provider({known("x", elsewhere)}, {"p", "q"}, "p/a") == "p");
}

TEST_CASE("a call whose provider cannot be told is refused") {
  const auto several = provider({}, {"p", "q"});
  CHECK(several.rfind("400 ", 0) == 0);
  CHECK(several.find("(p, q)") != std::string::npos);
  CHECK(several.find("x-keywheel-provider") != std::string::npos);
  CHECK(provider({unknown("x")}, {"p", "q"}).rfind("404 \"x\"", 0) == 0);
  CHECK(provider({known("x", elsewhere)}, {"p", "r"}).rfind("404 ", 0) == 0);
  CHECK(provider({}, {}).rfind("404 ", 0) == 0);
}
