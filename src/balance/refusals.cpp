#include "balance/refusals.hpp"

#include <algorithm>
#include <string>

namespace keywheel::balance {

namespace {

using dialect::refusal;
using dialect::refusal_code;
using std::chrono::milliseconds;

/// The longest wait that the vendors' SDKs heed.
constexpr auto longest_wait = std::chrono::seconds{120};

std::optional<milliseconds> until(const std::optional<time_point>& returns, time_point now) {
  if (!returns)
    return std::nullopt;
  return std::chrono::ceil<milliseconds>(std::max(*returns - now, duration::zero()));
}

/// What is said of waiting. SDKs that are told of a time beyond `longest_wait` ask again at once,
/// or not at all; so they are told not to (PROVIDERS §6).
std::optional<bool> should_retry(const placement& where, time_point now) {
  if (where.in_vain || (where.returns && *where.returns - now > longest_wait))
    return false;
  return std::nullopt;
}

/// The keys in question, as in "every key of …".
std::string keys_of(const placement& where, const std::string& name) {
  return "key of " + name + (where.bound ? " that this request may go to" : "");
}

std::string no_key_message(const placement& where, const std::string& name) {
  if (where.is == placement::what::provider_rests)
    return where.why == dialect::reason::overload
               ? "the provider has no capacity for " + name + " at the moment"
               : "the provider refuses every key of " + name + " at the moment";
  if (where.why == dialect::reason::billing && where.in_vain)
    return "the account of every " + keys_of(where, name)
           + " is out of credit, or at its spending limit";
  return where.returns ? "every " + keys_of(where, name) + " rests"
                       : "no " + keys_of(where, name) + " was free in time";
}

} // namespace

refusal refusal_for(const placement& where, const std::string& name,
                    const std::optional<refusal>& last_failure, time_point now) {
  switch (where.is) {
  case placement::what::line_full:
    return {refusal_code::waiting_line_full, "too many calls wait for a key of " + name,
            until(where.returns, now), should_retry(where, now)};
  case placement::what::all_rejected:
    return {refusal_code::key_rejected,
            "the provider refused the credential of every " + keys_of(where, name),
            {},
            false};
  case placement::what::none_left:
    if (last_failure)
      return *last_failure;
    break;
  case placement::what::deadline:
    return {refusal_code::deadline_exceeded,
            "the request's time was over before a key of " + name + " was free",
            {},
            {}};
  case placement::what::no_keys:
    return {
        refusal_code::no_key_available, "no " + keys_of(where, name) + " is enabled", {}, false};
  default:
    break;
  }
  return {refusal_code::no_key_available, no_key_message(where, name), until(where.returns, now),
          should_retry(where, now)};
}

} // namespace keywheel::balance
