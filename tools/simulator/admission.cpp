#include "tools/simulator/duration.hpp"
#include "tools/simulator/provider.hpp"

#include <algorithm>

/// Whom a provider turns away, and why.
namespace keywheel::simulator {
namespace {

constexpr std::chrono::nanoseconds nothing{0};

} // namespace

/// Answers with `what` and counts it. Returns true, so that its callers can return what it does.
bool provider::refuse(const call& c, const problem& what) {
  using kind = problem::kind;
  simulator::refuse(c.result, c.x.speaks, what, c.around);
  if (c.x.key == nullptr)
    return true;
  switch (what.what) {
  case kind::bad_key:
    ++c.x.key->counters.unauthorized;
    break;
  case kind::limit:
    ++c.x.key->counters.limited;
    break;
  case kind::disabled:
  case kind::unpaid:
  case kind::forbidden_model:
  case kind::overload:
  case kind::capacity:
    break;
  default: // the caller's mistake
    return true;
  }
  ++c.x.key->counters.refused;
  return true;
}

/// The limit of all requests together is the front's, which knows no dialect: its texts are
/// Cloudflare's.
bool provider::refuse_all(const call& c) {
  everybody_.refill(c.now);
  if (everybody_.has(1)) {
    everybody_.take(1);
    return false;
  }
  auto wait = (ceil_ms(std::max(nothing, everybody_.until(1))) + 999) / 1000;
  c.result.status = 429;
  c.result.content_type = "text/plain; charset=UTF-8";
  c.result.lines = "retry-after: " + std::to_string(wait) + "\r\n";
  c.result.body = "error code: 1015";
  if (c.x.key != nullptr)
    ++c.x.key->counters.refused;
  return true;
}

bool provider::refuse_standing(const call& c) {
  using kind = problem::kind;
  switch (c.x.key->state()) {
  case standing::revoked:
    return refuse(c, {kind::bad_key});
  case standing::disabled:
    return refuse(c, {kind::disabled});
  case standing::unpaid:
    return refuse(c, {kind::unpaid});
  case standing::good:
    break;
  }
  return false;
}

bool provider::refuse_model(const call& c) {
  using kind = problem::kind;
  auto model = c.around.model;
  if (!model.empty() && !knows_model(model))
    return refuse(c, {kind::unknown_model});
  if (!c.x.key->may_use(model))
    return refuse(c, {kind::forbidden_model});
  if (troubles_.empty())
    return false;
  auto found = troubles_.find(model);
  if (found == troubles_.end())
    found = troubles_.find(std::string_view{});
  if (found == troubles_.end() || found->second == model_trouble::none)
    return false;
  return refuse(c, {found->second == model_trouble::overload ? kind::overload : kind::capacity});
}

/// Takes the request and its tokens from the limits, or answers why not.
bool provider::admit(const call& c, std::int64_t tokens) {
  auto& key = *c.x.key;
  c.x.model = key.limits_for(c.around.model);
  auto refused = key.admit(std::min(tokens, max_limit + 1), c.now, c.x.model);
  append_limit_lines(c.result.lines, c.x.speaks, key.shown(c.x.model), c.wall_clock);
  if (!refused) {
    ++key.counters.admitted;
    return true;
  }
  refuse(c, {problem::kind::limit, {}, {}, *refused});
  return false;
}

} // namespace keywheel::simulator
