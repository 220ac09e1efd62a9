#include "dialect/pattern.hpp"
#include "dialect/signals/rule.hpp"

namespace keywheel::dialect::signals {

namespace {

constexpr outcome credential{reason::credential};
constexpr outcome project{reason::credential, scope::quota_group};
constexpr outcome day{reason::quota, {}, rest_rule::pacific_midnight};
constexpr outcome overload{reason::overload};

/// Whether a violated quota is said to be "limit: 0": the tier does not have this model at all.
bool has_limit_of_zero(const evidence& what) {
  std::string_view message = what.body.message;
  constexpr std::string_view words = "limit:";
  for (;;) {
    const std::size_t at = find_words(message, words);
    if (at == std::string_view::npos)
      return false;
    message.remove_prefix(at + words.size());
    const std::size_t space = message.find_first_not_of(" \t\n");
    if (space == std::string_view::npos)
      return false;
    const std::string_view number = message.substr(space);
    const std::size_t end = number.find_first_not_of("0123456789.");
    const std::string_view digits = number.substr(0, end);
    // A full stop may end the sentence.
    if (digits == "0" || digits == "0.")
      return true;
  }
}

/// PROVIDERS §4.4. "You exceeded your current quota" is no bill here, and the RetryInfo beside a
/// day's quota is misleading.
constexpr std::array rules{
    rule{place::message,
         "You exceeded your current quota*",
         {reason::permission},
         {429},
         has_limit_of_zero},
    rule{place::quota_id, "*PerDay*", day, {429}},
    rule{place::quota_id, "*Daily*", day, {429}},
    rule{place::word, "MODEL_CAPACITY_EXHAUSTED", overload, {}},
    rule{place::word, "MODEL_CAPACITY_EXCEEDED", overload, {}},
    rule{place::message, "Resource exhausted, please try again later.*", overload, {429}},
    rule{place::message, "Your prepayment credits are depleted*", {reason::billing}, {402, 429}},

    rule{place::message, "API key not valid. Please pass a valid API key.", credential, {400}},
    rule{place::message, "API key expired. Please renew the API key.", credential, {400}},
    rule{place::message, "API Key not found. Please pass a valid API key.", credential, {400}},
    rule{place::message, "Your API key was reported as leaked*", credential, {403}},
    rule{place::word, "CONSUMER_SUSPENDED", credential, {}},
    rule{place::message, "Permission denied: Consumer '*' has been suspended*", credential, {403}},
    rule{place::message, "Your project has been denied access*", project, {403}},
    rule{place::word, "SERVICE_DISABLED", project, {}},
    rule{place::word, "API_KEY_SERVICE_BLOCKED", credential, {}},
    rule{place::word, "API_KEY_IP_ADDRESS_BLOCKED", credential, {}},
    rule{place::word, "API_KEY_HTTP_REFERRER_BLOCKED", credential, {}},
    rule{place::word, "BILLING_DISABLED", {reason::billing}, {}},

    // The reason inside an INVALID_ARGUMENT or PERMISSION_DENIED says more than the status, also
    // where only the generic rules know it.
    rule{place::word, "API_KEY_INVALID", credential, {}},
    rule{place::word, "FAILED_PRECONDITION", {reason::blocked}, {400}},
    rule{place::message,
         "User location is not supported for the API use*",
         {reason::blocked},
         {400}},
    rule{place::word, "PERMISSION_DENIED", {reason::permission}, {}},
    rule{place::message, "models/* is not found*", {reason::permission}, {404}},
    rule{place::message, "Publisher Model `*` *not found*", {reason::permission}, {404}},
    rule{place::word, "NOT_FOUND", {reason::bad_request}, {404}},
};

} // namespace

std::span<const rule> gemini_rules() noexcept {
  return rules;
}

} // namespace keywheel::dialect::signals
