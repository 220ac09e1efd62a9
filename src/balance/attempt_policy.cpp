#include "balance/attempt_policy.hpp"

#include "balance/refused_keys.hpp"

#include <algorithm>
#include <cstddef>

namespace keywheel::balance {

namespace {

using dialect::reason;
using dialect::verdict;
using payer = decision::payer;
using what = decision::what;

/// What a reason means for the call that met it.
struct rule {
  payer pays;
  bool counts;  ///< against max_attempts
  bool of_call; ///< twice the same: the request is at fault
};

constexpr rule rule_of(reason why) noexcept {
  switch (why) {
  case reason::none:
  case reason::bad_request:
  case reason::blocked:
  case reason::deadline:
    return {payer::nobody, false, false};
  case reason::rate_limit:
  case reason::quota:
  case reason::billing:
  case reason::credential:
    return {payer::key, false, false};
  case reason::permission:
    return {payer::key, false, false};
  case reason::too_large:
    return {payer::nobody, true, true};
  case reason::overload:
    return {payer::provider_model, true, false};
  case reason::unreachable:
    return {payer::key, true, false};
  case reason::server_error:
  case reason::no_answer:
  case reason::timed_out:
    return {payer::key, true, true};
  }
  return {payer::nobody, false, false};
}

payer payer_of(const verdict& of) noexcept {
  const auto pays = rule_of(of.why).pays;
  return pays == payer::key && of.scope == dialect::scope::provider_model ? payer::provider_model
                                                                          : pays;
}

bool is_unanswered(reason why) noexcept {
  return why == reason::no_answer || why == reason::timed_out;
}

/// Ends the call with this failure: its answer, if it has one.
decision end_with(int status, payer charge) {
  return {status != 0 ? what::commit : what::fail, charge};
}

bool is_same(const failed_attempt& earlier, reason why, int status) noexcept {
  return earlier.why == why && (why != reason::server_error || earlier.status == status);
}

} // namespace

probe_result probed(const verdict& of) noexcept {
  if (of.why == reason::none || of.why == reason::bad_request)
    return probe_result::succeeded;
  if (of.why == reason::overload || refused_keys::counts(of.why, of.certain))
    return probe_result::failed;
  return probe_result::abandoned;
}

decision decide(const verdict& of, int status, key_uid key, std::span<const failed_attempt> earlier,
                const attempt_limits& limits) {
  const auto rule = rule_of(of.why);
  auto charge = payer_of(of);
  if (limits.committed)
    return {what::commit, charge};
  if (of.for_request == verdict::request::pass)
    return {status == 401 ? what::fail : what::commit, payer::nobody};
  const bool may_replay = is_unanswered(of.why) && limits.replay_unanswered;
  if (of.for_request == verdict::request::fail && !may_replay)
    return end_with(status, charge);

  const auto same_reason = [&](const auto& one) { return one.why == of.why; };
  if (of.why == reason::permission && std::any_of(earlier.begin(), earlier.end(), same_reason))
    charge = payer::nobody;
  const auto before = std::find_if(earlier.begin(), earlier.end(),
                                   [&](const auto& one) { return is_same(one, of.why, status); });
  if (rule.of_call && before != earlier.end()) {
    charge = payer::nobody;
    if (before->key != key)
      return end_with(status, charge);
  }
  const auto counted = std::count_if(earlier.begin(), earlier.end(),
                                     [](const auto& one) { return rule_of(one.why).counts; });
  if (rule.counts && static_cast<std::size_t>(counted) + 1 >= limits.max_attempts)
    return end_with(status, charge);
  return {what::next_key, charge};
}

} // namespace keywheel::balance
