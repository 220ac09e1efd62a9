#include "balance/model_circuit.hpp"

#include "balance/later.hpp"

#include <algorithm>
#include <chrono>

namespace keywheel::balance {

namespace {

using dialect::reason;

/// A refusal for `why` without a word of how long. What says nothing of the provider's capacity has
/// no ladder of its own here.
dialect::verdict refusal_for(reason why) {
  dialect::verdict result;
  result.why = why == reason::rate_limit ? why : reason::overload;
  return result;
}

} // namespace

model_circuit::model_circuit(std::uint64_t seed) : jitter_(seed) {
  // nop
}

// -- resting -----------------------------------------------------------------------------------

void model_circuit::rest(const dialect::verdict& what, const config::cooldown_config& settings,
                         time_point now) {
  if (!rests(what.why))
    return;
  strike(what, settings, now);
  why_ = what.why;
  source_ = uses_hint(what, settings) ? what.source : "default";
  since_.reset();
}

void model_circuit::rest_for_all(reason why, std::optional<time_point> until, time_point since,
                                 const config::cooldown_config& settings, time_point now) {
  auto what = refusal_for(why);
  if (until)
    what.rest = std::chrono::ceil<std::chrono::milliseconds>(*until - now);
  strike(what, settings, now);
  why_ = why;
  source_ = "all_keys_refused";
  since_ = since;
}

/// Rests for as long as a refusal makes it.
void model_circuit::strike(const dialect::verdict& what, const config::cooldown_config& settings,
                           time_point now) noexcept {
  if (!rests_until(now))
    ++strikes_;
  const auto by = rest_of(what, strikes_, settings);
  const auto until = later(later(now, by), jitter_.over(by));
  until_ = open_ ? std::max(until_, until) : until;
  open_ = true;
}

void model_circuit::close() noexcept {
  open_ = false;
  strikes_ = 0;
  why_ = dialect::reason::none;
  since_.reset();
  probe_.reset();
}

bool model_circuit::blocks(time_point now) const noexcept {
  return open_ && (now < until_ || probing(now));
}

std::optional<time_point> model_circuit::rests_until(time_point now) const noexcept {
  return open_ && now < until_ ? std::optional{until_} : std::nullopt;
}

// -- probes ------------------------------------------------------------------------------------

bool model_circuit::probing(time_point now) const noexcept {
  return probe_ && now < probe_deadline_;
}

bool model_circuit::probe_due(time_point now) const noexcept {
  return open_ && !blocks(now);
}

void model_circuit::probe(call_id call, time_point deadline) noexcept {
  probe_ = call;
  probe_deadline_ = deadline;
}

std::optional<time_point> model_circuit::probe_deadline(time_point now) const noexcept {
  return probing(now) ? std::optional{probe_deadline_} : std::nullopt;
}

void model_circuit::probe_ended(call_id call, probe_result how,
                                const config::cooldown_config& settings, time_point now) {
  if (probe_ != call)
    return;
  probe_.reset();
  if (how == probe_result::succeeded)
    return close();
  if (how == probe_result::failed && !rests_until(now))
    strike(refusal_for(why_), settings, now);
}

// -- views -------------------------------------------------------------------------------------

std::optional<time_point> model_circuit::to_blame_since(dialect::reason why) const noexcept {
  return open_ && why_ == why ? since_ : std::nullopt;
}

dialect::reason model_circuit::why() const noexcept {
  return why_;
}

std::optional<cooldown> model_circuit::entry(std::string_view model, time_point now) const {
  if (!open_)
    return std::nullopt;
  return cooldown{dialect::scope::provider_model,
                  std::string{model},
                  why_,
                  std::string{source_},
                  until_,
                  strikes_,
                  now >= until_ && probing(now)};
}

} // namespace keywheel::balance
