#include "balance/attempt_policy.hpp"
#include "tests/balance/verdicts.hpp"
#include "tests/catch.hpp"

#include <vector>

using namespace keywheel;
using namespace keywheel::balance;
using namespace keywheel::balance::test;

namespace {

using dialect::reason;
using dialect::scope;
using dialect::verdict;
using payer = decision::payer;
using what = decision::what;
using history = std::vector<failed_attempt>;

constexpr key_uid here = 1;
constexpr key_uid there = 2;
constexpr key_uid elsewhere = 3;

verdict sent_to(verdict::request where, reason why) {
  verdict result;
  result.why = why;
  result.for_request = where;
  return result;
}

verdict unanswered(reason why) {
  return sent_to(verdict::request::fail, why);
}

decision after(const history& earlier, reason why, int status, attempt_limits limits = {}) {
  return decide(refused(why, scope::key), status, here, earlier, limits);
}

} // namespace

TEST_CASE("what passes goes to the client and charges nobody") {
  const auto why = GENERATE(reason::none, reason::bad_request, reason::blocked, reason::too_large);
  CHECK(decide(sent_to(verdict::request::pass, why), 400, here, {}, {})
        == decision{what::commit, payer::nobody});
}

TEST_CASE("refusals go through the whole pool and charge each key") {
  const auto why = GENERATE(reason::rate_limit, reason::quota, reason::billing, reason::credential);
  history earlier;
  for (key_uid key = 10; key < 30; ++key)
    earlier.push_back({key, why, 429, true});
  CHECK(after(earlier, why, 429) == decision{what::next_key, payer::key});
}

TEST_CASE("the same failure on a second key is the request's fault") {
  struct row {
    reason why;
    int status;
  };
  const auto [why, status] =
      GENERATE(values<row>({{reason::server_error, 500}, {reason::server_error, 503}}));
  CHECK(after({}, why, status).is == what::next_key);
  CHECK(after({}, why, status).charge == payer::key);
  CHECK(after({{there, why, status, true}}, why, status) == decision{what::commit, payer::nobody});
  CHECK(after({{there, why, status, false}}, why, status) == decision{what::commit, payer::nobody});
}

TEST_CASE("a missing permission goes through the pool and charges the first key only") {
  CHECK(after({}, reason::permission, 403) == decision{what::next_key, payer::key});
  CHECK(after({{there, reason::permission, 403, true}, {elsewhere, reason::permission, 404, false}},
              reason::permission, 403)
        == decision{what::next_key, payer::nobody});
}

TEST_CASE("a 401 that no key is to blame for is not passed on") {
  CHECK(decide(sent_to(verdict::request::pass, reason::blocked), 401, here, {}, {})
        == decision{what::fail, payer::nobody});
}

TEST_CASE("another status or another reason is another failure") {
  CHECK(after({{there, reason::server_error, 500, true}}, reason::server_error, 502)
        == decision{what::next_key, payer::key});
  CHECK(after({{there, reason::permission, 403, true}}, reason::server_error, 500).is
        == what::next_key);
}

TEST_CASE("a request that is too large charges no key and is tried on one more") {
  CHECK(after({}, reason::too_large, 413) == decision{what::next_key, payer::nobody});
  CHECK(after({{there, reason::too_large, 413, false}}, reason::too_large, 413)
        == decision{what::commit, payer::nobody});
}

TEST_CASE("the same key pays once for the same failure") {
  const auto result = after({{here, reason::server_error, 500, true}}, reason::server_error, 500);
  CHECK(result == decision{what::next_key, payer::nobody});
}

TEST_CASE("failures of the provider count against max_attempts, refusals do not") {
  const history one{{there, reason::rate_limit, 429, true},
                    {there, reason::credential, 401, true},
                    {there, reason::server_error, 500, true}};
  CHECK(after(one, reason::server_error, 502).is == what::next_key);
  auto two = one;
  two.push_back({elsewhere, reason::overload, 529, false});
  CHECK(after(two, reason::server_error, 502) == decision{what::commit, payer::key});
  CHECK(after(two, reason::rate_limit, 429).is == what::next_key);
  const auto max = GENERATE(0U, 1U);
  CHECK(after({}, reason::server_error, 500, {max, false, false}).is == what::commit);
}

TEST_CASE("overload charges the provider's model, on every key") {
  const auto verdict = refused(reason::overload, scope::provider_model);
  CHECK(decide(verdict, 529, here, {}, {}) == decision{what::next_key, payer::provider_model});
  const history two{{there, reason::overload, 529, false},
                    {elsewhere, reason::overload, 529, false}};
  CHECK(decide(verdict, 529, here, two, {}) == decision{what::commit, payer::provider_model});
}

TEST_CASE("what could not be reached is no request's fault, and has no answer") {
  const history one{{there, reason::unreachable, 0, true}};
  CHECK(after(one, reason::unreachable, 0) == decision{what::next_key, payer::key});
  auto two = one;
  two.push_back({elsewhere, reason::unreachable, 0, true});
  CHECK(after(two, reason::unreachable, 0) == decision{what::fail, payer::key});
}

TEST_CASE("invariant 7: what was sent and not answered is repeated only where that is allowed") {
  const auto why = GENERATE(reason::no_answer, reason::timed_out);
  CHECK(decide(unanswered(why), 0, here, {}, {}) == decision{what::fail, payer::key});
  const attempt_limits replay{3, true, false};
  CHECK(decide(unanswered(why), 0, here, {}, replay) == decision{what::next_key, payer::key});
  CHECK(decide(unanswered(why), 0, here, history{{there, why, 0, true}}, replay)
        == decision{what::fail, payer::nobody});
}

TEST_CASE("a call whose own time is over fails, whatever may be repeated") {
  CHECK(decide(unanswered(reason::deadline), 0, here, {}, {3, true, false})
        == decision{what::fail, payer::nobody});
}

TEST_CASE("invariant 6: after commit nothing else is sent, and who is to blame pays") {
  const attempt_limits committed{3, true, true};
  CHECK(decide(unanswered(reason::no_answer), 200, here, {}, committed)
        == decision{what::commit, payer::key});
  CHECK(decide(refused(reason::overload, scope::provider_model), 200, here, {}, committed).charge
        == payer::provider_model);
  CHECK(decide(rate_limited(), 200, here, {}, committed).is == what::commit);
}

TEST_CASE("x-should-retry: false says nothing about other keys") {
  auto verdict = refused(reason::server_error, scope::key);
  verdict.should_retry = false;
  CHECK(decide(verdict, 500, here, {}, {}) == decision{what::next_key, payer::key});
}

TEST_CASE("what a probe shows of the provider's rest") {
  verdict fine;
  CHECK(probed(fine) == probe_result::succeeded);
  CHECK(probed(sent_to(verdict::request::pass, reason::bad_request)) == probe_result::succeeded);
  CHECK(probed(refused(reason::overload, scope::provider_model)) == probe_result::failed);
  CHECK(probed(rate_limited()) == probe_result::failed);
  CHECK(probed(refused(reason::server_error, scope::key)) == probe_result::abandoned);
  CHECK(probed(unanswered(reason::no_answer)) == probe_result::abandoned);
}
