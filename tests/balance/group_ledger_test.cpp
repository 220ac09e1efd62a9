#include "balance/group_ledger.hpp"
#include "tests/balance/verdicts.hpp"
#include "tests/catch.hpp"

using namespace keywheel;
using namespace keywheel::balance;
using namespace keywheel::balance::test;

namespace {

using dialect::reason;
using dialect::scope;
using state = availability::state;

constexpr key_uid first = 1;
constexpr key_uid second = 2;

lease_id send(group_ledger& to, key_uid key, time_point now) {
  const auto result = to.admit(key, "m", {}, now);
  REQUIRE(result);
  return result->lease;
}

bool judge(group_ledger& of, lease_id lease, const dialect::verdict& what, time_point now) {
  const bool result = of.judged(lease, what, true, defaults, silent, now);
  CHECK(of.release(lease, ending::answered, nullptr, now));
  return result;
}

} // namespace

TEST_CASE("members share the budgets of their group") {
  group_ledger uut{{2, 3, 0, 0, 0}};
  const auto one = send(uut, first, at(0s));
  const auto two = send(uut, second, at(0s));
  CHECK(uut.available_for("m", at(0s)) == availability{state::busy, {}, 0, 2});
  CHECK_FALSE(uut.admit(second, "m", {}, at(0s)));
  CHECK(uut.release(one, ending::answered, nullptr, at(0s)));
  CHECK_FALSE(uut.release(one, ending::answered, nullptr, at(0s)));
  CHECK(uut.in_flight() == 1);
  CHECK(uut.in_flight(first) == 0);
  CHECK(uut.in_flight(second) == 1);
  send(uut, second, at(0s));
  CHECK(uut.release(two, ending::answered, nullptr, at(0s)));
  CHECK(uut.available_for("m", at(0s)).until == at(60s) + 100ms);
  CHECK(uut.cooldowns(at(0s)).at(0).scope == scope::quota_group);
  CHECK(uut.cooldowns(at(0s)).at(0).source == "rpm");
  uut.configure({});
  CHECK(uut.available_for("m", at(0s)).is == state::available);
}

TEST_CASE("the group rests together and has one probe among all members") {
  group_ledger uut{{}};
  CHECK(judge(uut, send(uut, first, at(0s)), rate_limited(10s, scope::quota_group), at(0s)));
  CHECK(uut.available_for("m", at(0s))
        == availability{state::cooling, at(10s), 1, 0, dialect::reason::rate_limit});
  CHECK(uut.available_for("n", at(0s)).is == state::available);
  CHECK_FALSE(uut.admit(second, "m", {}, at(10s) - 1ns));
  CHECK(uut.next_change(at(0s)) == at(10s));
  const auto probe = uut.admit(second, "m", {}, at(10s));
  REQUIRE(probe);
  CHECK(probe->probe);
  CHECK_FALSE(uut.admit(first, "m", {}, at(10s)));
  CHECK(judge(uut, probe->lease, success, at(11s)));
  CHECK(uut.available_for("m", at(11s)) == availability{});
}

TEST_CASE("a rest for money or a credential is the whole group's") {
  group_ledger uut{{}};
  judge(uut, send(uut, first, at(0s)), refused(reason::billing, scope::quota_group), at(0s));
  CHECK(uut.available_for("n", at(0s))
        == availability{state::cooling, at(10min), 1, 0, dialect::reason::billing});
  group_ledger refused_one{{}};
  judge(refused_one, send(refused_one, first, at(0s)),
        refused(reason::credential, scope::quota_group), at(0s));
  CHECK(refused_one.available_for("n", at(0s))
        == availability{state::rejected, at(30s), 1, 0, dialect::reason::credential});
  refused_one.forgive();
  CHECK(refused_one.available_for("n", at(0s)).is == state::available);
}

TEST_CASE("what concerns one key says nothing of the group") {
  group_ledger uut{{}};
  CHECK_FALSE(judge(uut, send(uut, first, at(0s)), rate_limited(10s), at(0s)));
  CHECK_FALSE(judge(uut, send(uut, first, at(0s)), unauthorized(), at(0s)));
  CHECK_FALSE(judge(uut, send(uut, first, at(0s)),
                    refused(reason::server_error, scope::quota_group), at(0s)));
  CHECK(uut.cooldowns(at(0s)).empty());
  judge(uut, send(uut, first, at(0s)), rate_limited(10s, scope::quota_group), at(0s));
  CHECK(judge(uut, send(uut, first, at(10s)), unauthorized(), at(10s)));
  CHECK(uut.available_for("m", at(10s)).free_slots == 1); // the next call is the probe
}

TEST_CASE("the provider's limit is learned from any member's answers") {
  group_ledger uut{{}};
  const auto lease = send(uut, first, at(0s));
  const auto used_up = reading(dialect::limit_reading::dimension::requests, 60, 0, 60s);
  CHECK(uut.judged(lease, success, false, defaults, used_up, at(0s)));
  CHECK_FALSE(uut.admit(second, "m", {}, at(0s)));
  CHECK(uut.cooldowns(at(0s)).at(0).scope == scope::quota_group);
  CHECK(uut.admit(second, "m", {}, at(1s)));
}

TEST_CASE("a member that is gone leaves no lease behind, nor its probe") {
  group_ledger uut{{}};
  judge(uut, send(uut, first, at(0s)), rate_limited(10s, scope::quota_group), at(0s));
  CHECK(uut.admit(first, "n", {}, at(0s)));
  CHECK(uut.admit(first, "m", {}, at(10s))->probe);
  CHECK(uut.admit(second, "n", {}, at(10s)));
  CHECK(uut.release_all(first, at(11s)) == 2);
  CHECK(uut.release_all(first, at(11s)) == 0);
  CHECK(uut.in_flight() == 1);
  CHECK(uut.admit(second, "m", {}, at(11s))->probe);
}

TEST_CASE("a group's rests can be imposed, lifted, pardoned, reset and kept") {
  const wall_time noon{std::chrono::hours{500'000}};
  group_ledger uut{{}};
  CHECK(uut.impose({scope::quota_group, "m", reason::quota, "body", at(20s)}, at(0s)));
  const auto kept = uut.keep(at(0s), noon);
  CHECK(uut.lift(scope::quota_group, "m"));
  CHECK(uut.available_for("m", at(0s)).is == state::available);
  uut.restore(kept, at(0s), noon + 5s);
  CHECK(uut.available_for("m", at(0s)).until == at(15s));
  uut.reset();
  CHECK(uut.cooldowns(at(0s)).empty());
  judge(uut, send(uut, first, at(1s)), refused(reason::rate_limit, scope::quota_group, 10s, true),
        at(1s));
  CHECK(uut.pardon(at(1s)));
  CHECK(uut.cooldowns(at(1s)).empty());
}

TEST_CASE("limits are shared by a group, and whatever is said to be the group's") {
  using dialect::reason;
  using dialect::scope;
  CHECK(is_shared(refused(reason::rate_limit, scope::key_model)));
  CHECK(is_shared(refused(reason::quota, scope::key_model)));
  CHECK(is_shared(refused(reason::billing, scope::quota_group)));
  CHECK_FALSE(is_shared(refused(reason::billing, scope::key)));
  CHECK_FALSE(is_shared(refused(reason::permission, scope::key_model)));
}
