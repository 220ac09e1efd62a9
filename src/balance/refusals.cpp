#include "balance/refusals.hpp"

#include <string>

namespace keywheel::balance {

namespace {

using dialect::refusal;
using dialect::refusal_code;
using std::chrono::milliseconds;

std::optional<milliseconds> until(const std::optional<time_point>& returns, time_point now) {
  if (!returns)
    return std::nullopt;
  return std::chrono::ceil<milliseconds>(std::max(*returns - now, duration::zero()));
}

} // namespace

refusal refusal_for(const placement& where, std::string_view model,
                    const std::optional<refusal>& last_failure, time_point now) {
  const auto name = "the model \"" + std::string{model} + "\"";
  switch (where.is) {
  case placement::what::line_full:
    return {refusal_code::waiting_line_full,
            "too many calls wait for a key of " + name,
            until(where.returns, now),
            {}};
  case placement::what::all_rejected:
    return {refusal_code::key_rejected,
            "the provider refused the credential of every key of " + name,
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
    return {refusal_code::no_key_available, "no key of " + name + " is enabled", {}, false};
  default:
    break;
  }
  return {refusal_code::no_key_available,
          where.returns ? "every key of " + name + " rests"
                        : "no key of " + name + " was free in time",
          until(where.returns, now),
          {}};
}

} // namespace keywheel::balance
