#include "dialect/signals/rule.hpp"

namespace keywheel::dialect::signals {

namespace {

constexpr outcome credential{reason::credential};
constexpr outcome account{reason::credential, scope::quota_group};
constexpr outcome mistake{reason::bad_request};
constexpr outcome permission{reason::permission};
constexpr outcome plan{reason::quota, scope::quota_group};
constexpr outcome failed{reason::server_error};
/// Requests at work and frequency: free again as soon as one ends, though no answer says so.
constexpr outcome soon{reason::rate_limit, {}, rest_rule::stated, std::chrono::seconds{2}};

/// PROVIDERS §4.13: the code alone says what is meant, as 429 stands for many unlike things.
constexpr std::array rules{

    rule{place::code, "1000", credential, {}},
    rule{place::code, "1001", credential, {}},
    rule{place::code, "1002", credential, {}},
    rule{place::code, "1003", credential, {}},
    rule{place::code, "1004", credential, {}},
    rule{place::code, "1005", credential, {}},
    rule{place::code, "1110", account, {}},
    rule{place::code, "1111", account, {}},
    rule{place::code, "1112", account, {}},
    rule{place::code, "1120", account, {}},
    rule{place::code, "1121", account, {}},
    rule{place::code, "1113", {reason::billing, scope::key_model}, {}},
    rule{place::code, "1210", mistake, {}},
    rule{place::code, "1214", mistake, {}},
    rule{place::code, "1261", mistake, {}},
    rule{place::code, "1301", mistake, {}},
    rule{place::code, "1211", permission, {}},
    rule{place::code, "1220", permission, {}},
    rule{place::code, "1311", permission, {}},
    rule{place::code, "1302", soon, {}},
    rule{place::code, "1303", soon, {}},
    rule{place::code, "1304", {reason::quota, {}, rest_rule::shanghai_midnight}, {}},
    rule{place::code, "1305", {reason::overload}, {}},
    rule{place::code, "1312", {reason::overload}, {}},
    rule{place::code, "1308", plan, {}},
    rule{place::code, "1310", plan, {}},
    rule{place::code, "1309", {reason::billing}, {}},
    rule{place::code, "1314", {reason::billing}, {}},
    rule{place::code, "1313", {reason::rate_limit}, {}},
    rule{place::code, "1200", failed, {}},
    rule{place::code, "1230", failed, {}},
    rule{place::code, "1234", failed, {}},
};

} // namespace

std::span<const rule> zhipu_rules() noexcept {
  return rules;
}

} // namespace keywheel::dialect::signals
