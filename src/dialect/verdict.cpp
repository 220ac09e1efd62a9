#include "dialect/verdict.hpp"

#include "dialect/delay.hpp"

#include <array>
#include <cstddef>

namespace keywheel::dialect {

namespace {

using request = verdict::request;
using key = verdict::key;

/// What follows, whatever the delay.
struct consequence {
  request for_request = request::pass;
  key for_key = key::nothing;
  scope where = scope::key_model;
  std::string_view reason;
};

/// In the order of `failure`.
constexpr std::array after_failure{
    consequence{},
    consequence{request::next_key, key::nothing, scope::key_model, "unreachable"},
    consequence{request::fail, key::nothing, scope::key_model, "no_answer"},
    consequence{request::fail, key::nothing, scope::key_model, "timed_out"},
    consequence{request::fail, key::nothing, scope::key_model, "deadline"},
};
static_assert(after_failure.size() == static_cast<std::size_t>(failure::deadline) + 1);

struct status_row {
  unsigned status;
  consequence then;
};

/// Statuses that are not passed on as they are.
constexpr std::array after_status{
    status_row{401, {request::next_key, key::reject, scope::key, "unauthorized"}},
    status_row{403, {request::next_key, key::reject, scope::key, "forbidden"}},
    status_row{429, {request::next_key, key::cool, scope::key_model, "rate_limit"}},
};

consequence by_status(unsigned status) noexcept {
  for (const status_row& row : after_status)
    if (row.status == status)
      return row.then;
  return {};
}

/// The order of PROVIDERS §11: a more exact reading of an answer, such as a provider's own error
/// code, belongs before its status.
consequence consequence_of(const signal& what) noexcept {
  if (what.failed != failure::none)
    return after_failure[static_cast<std::size_t>(what.failed)];
  return by_status(what.head.status);
}

constexpr std::array<std::string_view, 4> scope_words{"key_model", "key", "quota_group",
                                                      "provider_model"};
static_assert(scope_words.size() == static_cast<std::size_t>(scope::provider_model) + 1);

} // namespace

std::string_view to_string(scope where) noexcept {
  return scope_words[static_cast<std::size_t>(where)];
}

verdict judge(kind /*of*/, const signal& what, wall_time now) {
  const consequence then = consequence_of(what);
  verdict result;
  result.for_request = then.for_request;
  result.for_key = then.for_key;
  result.scope = then.where;
  result.reason = then.reason;
  if (then.for_key != key::cool)
    return result;
  result.source = "default";
  if (const auto stated = delay_from(what.head.headers, now)) {
    result.rest = stated->rest;
    result.source = stated->source;
  }
  return result;
}

} // namespace keywheel::dialect
