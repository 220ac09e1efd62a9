#include "balance/limit_ledger.hpp"

#include "balance/later.hpp"

#include <algorithm>
#include <utility>

namespace keywheel::balance {

namespace {

using state = availability::state;
using gate = cooldowns::standing::gate;

/// How long a refused demand speaks for its model at a time.
constexpr duration patience = std::chrono::seconds{1};

/// Makes `earliest` no later than `when`, if that is to come.
void sooner(std::optional<time_point>& earliest, time_point when, time_point now) {
  if (when > now && (!earliest || when < *earliest))
    earliest = when;
}

} // namespace

limit_ledger::limit_ledger(dialect::scope own, std::uint64_t seed) noexcept
    : own_(own), rests_(seed) {
  // nop
}

void limit_ledger::configure(const config::budgets_config& limits) {
  max_in_flight_ = limits.max_in_flight;
  budgets_.configure(limits);
}

// -- availability ------------------------------------------------------------------------------

availability limit_ledger::available_for(std::string_view model, time_point now) const {
  const auto what = awaited(model, now);
  const auto rest = rests_.about(model, now);
  const auto in_flight = static_cast<std::uint32_t>(leases_.size());
  const auto cap = free_of_cap();
  auto until = fits_at(model, what, now);
  auto why = dialect::reason::rate_limit;
  if (rest.is == gate::shut && rest.until >= until) {
    until = rest.until;
    why = rest.why;
  }
  if (until > now) {
    const auto is = rest.credential ? state::rejected : state::cooling;
    return {is, until, std::min(cap, 1U), in_flight, why};
  }
  if (rest.is == gate::busy || cap == 0)
    return {state::busy, {}, 0, in_flight};
  const auto slots =
      rest.is == gate::probe
          ? 1U
          : std::min({cap, budgets_.free_slots(what, now), learned_.free_slots(model, what, now)});
  return {state::available, {}, slots, in_flight};
}

time_point limit_ledger::fits_at(std::string_view model, const demand& what, time_point now) const {
  return std::max(budgets_.free_at(what, now), learned_.free_at(model, what, now));
}

std::uint32_t limit_ledger::free_of_cap() const noexcept {
  if (max_in_flight_ == 0)
    return availability::unlimited;
  // More than the cap may be out after the cap was lowered.
  const auto out = std::min<std::size_t>(leases_.size(), max_in_flight_);
  return max_in_flight_ - static_cast<std::uint32_t>(out);
}

demand limit_ledger::awaited(std::string_view model, time_point now) const {
  for (const auto& one : refused_)
    if (one.model == model && now < one.lapses)
      return one.what;
  return {};
}

void limit_ledger::remember(std::string_view model, const demand& what, time_point now) {
  std::erase_if(refused_,
                [&](const refused_demand& one) { return one.lapses <= now || one.model == model; });
  refused_.push_back({std::string{model}, what, later(now, patience)});
}

// -- leases ------------------------------------------------------------------------------------

std::optional<admission> limit_ledger::admit(std::string_view model, const demand& what,
                                             time_point now) {
  const auto rest = rests_.about(model, now).is;
  if (rest == gate::shut || rest == gate::busy || free_of_cap() == 0)
    return std::nullopt;
  if (fits_at(model, what, now) > now) {
    remember(model, what, now);
    return std::nullopt;
  }
  std::erase_if(refused_, [&](const refused_demand& one) {
    return one.model == model && one.what.tokens <= what.tokens;
  });
  const auto id = ++last_lease_;
  leases_.emplace(id, lease{std::string{model}, budgets_.take(what, now),
                            learned_.admitted(model, what, now), what.tokens});
  return admission{id, rests_.admitted(id, model, now)};
}

bool limit_ledger::release(lease_id id, ending how, const dialect::usage* used, time_point now) {
  const auto found = leases_.find(id);
  if (found == leases_.end())
    return false;
  const auto& one = found->second;
  auto tokens = used != nullptr && used->known ? used->total() : one.tokens;
  if (how == ending::refused)
    tokens = 0;
  budgets_.settle(one.taken, tokens, how != ending::unsent, now);
  leases_.erase(found);
  rests_.abandoned(id);
  return true;
}

const std::string* limit_ledger::model_of(lease_id id) const {
  const auto found = leases_.find(id);
  return found != leases_.end() ? &found->second.model : nullptr;
}

// -- evidence ----------------------------------------------------------------------------------

bool limit_ledger::succeeded(lease_id id) {
  return leases_.contains(id) && rests_.succeeded(id);
}

bool limit_ledger::failed(lease_id id, const dialect::verdict& what,
                          const config::cooldown_config& settings, time_point now) {
  const auto* model = model_of(id);
  return model != nullptr && rests_.failed(id, what, *model, settings, now);
}

bool limit_ledger::inconclusive(lease_id id) {
  return leases_.contains(id) && rests_.abandoned(id);
}

bool limit_ledger::read(lease_id id, const dialect::limit_readings& readings, time_point now,
                        duration longest) {
  const auto found = leases_.find(id);
  return found != leases_.end()
         && learned_.read(found->second.model, found->second.mark, readings, now, longest);
}

bool limit_ledger::probes_soft(lease_id id) const {
  const auto* model = model_of(id);
  return model != nullptr && rests_.probes_soft(id, *model);
}

// -- other hands -------------------------------------------------------------------------------

void limit_ledger::reset() {
  rests_.reset();
  learned_.reset();
  refused_.clear();
}

void limit_ledger::forget_learned() {
  learned_.reset();
}

// -- for people, timers and disks --------------------------------------------------------------

std::vector<cooldown> limit_ledger::list(time_point now) const {
  auto result = rests_.list(now);
  if (const auto by = budgets_.holds_back({}, now); !by.empty())
    result.push_back({own_,
                      {},
                      by.back() == 'd' ? dialect::reason::quota : dialect::reason::rate_limit,
                      std::string{by},
                      budgets_.free_at({}, now)});
  for (auto& one :
       learned_.list(own_ == dialect::scope::key ? dialect::scope::key_model : own_, now))
    result.push_back(std::move(one));
  std::stable_sort(result.begin(), result.end(),
                   [](const cooldown& a, const cooldown& b) { return a.model < b.model; });
  return result;
}

std::optional<time_point> limit_ledger::next_change(time_point now) const {
  auto result = rests_.next_deadline(now);
  sooner(result, budgets_.free_at({}, now), now);
  if (const auto fit = learned_.next_fit(now))
    sooner(result, *fit, now);
  for (const auto& one : refused_)
    if (now < one.lapses) {
      sooner(result, one.lapses, now);
      sooner(result, fits_at(one.model, one.what, now), now);
    }
  return result;
}

kept_state limit_ledger::keep(time_point now, wall_time wall_now) const {
  return {rests_.keep(now, wall_now), budgets_.keep(now, wall_now)};
}

void limit_ledger::restore(const kept_state& from, time_point now, wall_time wall_now) {
  rests_.restore(from.rests, now, wall_now);
  budgets_.restore(from.days, now, wall_now);
}

} // namespace keywheel::balance
