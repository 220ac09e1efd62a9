#include "tests/balance/simulation/account.hpp"

#include <algorithm>

namespace keywheel::balance::test {

using dialect::reason;
using dialect::scope;

namespace {

constexpr duration minute = std::chrono::minutes{1};

/// What a request takes of a token budget, as in balance::budgets.
std::int64_t tokens_of(const demand& what) noexcept {
  return std::max<std::int64_t>(what.tokens, 1);
}

} // namespace

void account::configure(const config::budgets_config& limits) {
  // Where there was no limit nothing was counted.
  if (limits_.rpm == 0)
    for (auto& one : uses_)
      one.request = false;
  if (limits_.tpm == 0)
    for (auto& one : uses_)
      one.tokens = 0;
  limits_ = limits;
}

void account::admitted(const admission& as, std::string_view model, const demand& what,
                       time_point now) {
  check_rests(model, now);
  for (const auto& one : out_) {
    require(one.id != as.lease, rule::lease, "a lease is given once");
    require(!one.probes || one.model != model, rule::one_probe,
            "nobody passes while a probe is under way");
  }
  require(limits_.max_in_flight == 0 || out_.size() < limits_.max_in_flight, rule::budget,
          "no more are in flight than may be");
  check_budgets(what, now);
  out_.push_back({as.lease, std::string{model}, as.probe});
  // One larger than the limit counts as the limit of that moment.
  const auto tokens = tokens_of(what);
  uses_.push_back({as.lease, now, limits_.tpm == 0 ? tokens : std::min(tokens, limits_.tpm), true});
}

void account::check_budgets(const demand& what, time_point now) const {
  std::int64_t requests = 0;
  std::int64_t tokens = 0;
  for (const auto& one : uses_)
    if (now - one.when < minute) {
      requests += one.request ? 1 : 0;
      tokens += one.tokens;
    }
  require(limits_.rpm == 0 || requests < limits_.rpm, rule::budget,
          "no minute holds more requests than it may");
  const auto wanted = std::min(tokens_of(what), limits_.tpm);
  require(limits_.tpm == 0 || tokens + wanted <= limits_.tpm, rule::budget,
          "no minute holds more tokens than it may");
}

void account::judged(lease_id id, const dialect::verdict& what, bool charged,
                     const config::cooldown_config& settings, time_point now) {
  auto* one = find(id);
  if (one == nullptr)
    return;
  one->probes = false;
  const auto [where, model] = landing(what, one->model);
  if (charged)
    begun_anew(model);
  const auto least = rest_of(what, 1, settings);
  if (!charged || is_soft(what.why) || least == duration::zero())
    return;
  rests_.push_back({where, std::string{model}, now + least, now, what.certain});
}

void account::released(lease_id id, ending how, const dialect::usage& used, time_point now) {
  require(find(id) != nullptr, rule::lease, "only what is out is released");
  std::erase_if(out_, [id](const lease& one) { return one.id == id; });
  const auto found =
      std::find_if(uses_.begin(), uses_.end(), [id](const use& one) { return one.lease == id; });
  if (found == uses_.end())
    return;
  if (how == ending::unsent) {
    uses_.erase(found);
    return;
  }
  const auto reserved = found->tokens;
  const auto actual = how == ending::refused ? 0 : used.known ? used.total() : reserved;
  if (reserved == 0)
    return;
  found->tokens = std::min(reserved, actual);
  // What is beyond the limit the ledger does not count, so neither do we.
  if (actual > reserved && (limits_.tpm == 0 || reserved < limits_.tpm))
    uses_.push_back({0, now, actual - reserved, false});
}

/// A rest that is extended begins anew: who was its probe is so no longer, and whoever comes after
/// its new deadline is.
void account::begun_anew(std::string_view model) {
  for (auto& one : out_)
    one.probes = one.probes && !model.empty() && one.model != model;
}

void account::imposed(const cooldown& what) {
  begun_anew(what.model);
  rests_.push_back({what.scope, what.model, what.until, time_point::min(), true});
}

void account::group_rests_went() {
  // Who was the probe of one of them is so no longer.
  begun_anew({});
  std::erase_if(rests_, [](const rest& one) { return one.scope == scope::quota_group; });
}

/// A pardon concerns what a status alone did, and with it what stands on the same rest.
void account::pardoned(time_point since) {
  const auto before = rests_;
  for (const auto& one : before)
    if (!one.certain && one.since >= since) {
      begun_anew(one.model);
      std::erase_if(rests_, [&](const rest& other) {
        return other.scope == one.scope && other.model == one.model;
      });
    }
}

void account::reset() {
  rests_.clear();
  for (auto& one : out_)
    one.probes = false;
}

void account::check_rests(std::string_view model, time_point now) const {
  for (const auto& one : rests_)
    require(one.until <= now || (!one.model.empty() && one.model != model), rule::resting_key,
            "no attempt goes out while a key or its group rests");
}

account::lease* account::find(lease_id id) {
  const auto found =
      std::find_if(out_.begin(), out_.end(), [id](const lease& one) { return one.id == id; });
  return found != out_.end() ? &*found : nullptr;
}

bool is_rest(const cooldown& what) noexcept {
  return what.source != "rpm" && what.source != "tpm" && what.source != exhausted_source;
}

void check_not_shorter(const std::vector<cooldown>& before, const std::vector<cooldown>& after,
                       time_point now) {
  for (const auto& old : before)
    require(old.until <= now || !is_rest(old)
                || std::any_of(after.begin(), after.end(),
                               [&](const cooldown& one) {
                                 return one.scope == old.scope && one.model == old.model
                                        && is_rest(one) && one.until >= old.until;
                               }),
            rule::cooldown_shorter, "a rest ends no sooner than before a signal");
}

} // namespace keywheel::balance::test
