#include "tools/simulator/api_key.hpp"

#include <algorithm>

namespace keywheel::simulator {

void fault_queue::add(fault what) {
  auto skip = what.skip;
  auto times = what.times;
  entries_.push_back({std::make_shared<const fault>(std::move(what)), skip, times});
}

std::shared_ptr<const fault> fault_queue::take() {
  while (!entries_.empty()) {
    auto& first = entries_.front();
    if (first.skip > 0) {
      --first.skip;
      return nullptr;
    }
    if (first.times == 0) {
      entries_.pop_front();
      continue;
    }
    auto result = first.what;
    if (first.times > 0 && --first.times == 0)
      entries_.pop_front();
    return result;
  }
  return nullptr;
}

api_key::api_key(key_options what, time_point now, const limit_windows& windows,
                 simulator::organization* owner)
    : what_(std::move(what)), windows_(windows), owner_(owner), own_(*what_.limits, windows, now) {
  for (auto& entry : what_.models)
    set_model_limits(entry.model, entry.limits, now);
}

standing api_key::state() const {
  return what_.state == standing::good && owner_ != nullptr ? owner_->state : what_.state;
}

bool api_key::may_use(std::string_view model) const {
  auto& allowed = what_.may_use;
  return allowed.empty() || std::find(allowed.begin(), allowed.end(), model) != allowed.end();
}

void api_key::set_model_limits(const std::string& model, const key_limits& limits, time_point now) {
  if (auto known = limits_for(model))
    known->limits.set_limits(limits, now);
  else
    of_models_.push_back({model, budget{limits, windows_, now}, {}});
}

api_key::model_budget* api_key::limits_for(std::string_view model) {
  for (auto& entry : of_models_)
    if (entry.model == model)
      return &entry;
  return nullptr;
}

std::optional<refusal> api_key::admit(std::int64_t tokens, time_point now, model_budget* model) {
  auto refused = owner_ != nullptr ? owner_->limits.check(tokens, now) : std::nullopt;
  if (!refused)
    refused = own_.check(tokens, now);
  if (refused) {
    count_refusal(*refused, nullptr, now);
    return refused;
  }
  if (model != nullptr && (refused = model->limits.check(tokens, now))) {
    count_refusal(*refused, model, now);
    return refused;
  }
  if (owner_ != nullptr)
    owner_->limits.take(tokens);
  own_.take(tokens);
  if (model != nullptr)
    model->limits.take(tokens);
  return std::nullopt;
}

void api_key::count_refusal(const refusal& why, model_budget* by, time_point now) {
  auto& until = by == nullptr ? cooling_until_ : by->cooling_until;
  if (now < until)
    ++counters.refused_while_cooling;
  until = now + why.wait;
}

shown_limits api_key::shown(const model_budget* model) const {
  shown_limits result;
  auto narrow = [](const token_bucket*& shown, const token_bucket* other) {
    if (other != nullptr && (shown == nullptr || other->remaining() < shown->remaining()))
      shown = other;
  };
  auto add = [&](const budget& limits) {
    narrow(result.requests, limits.requests());
    narrow(result.tokens, limits.tokens());
  };
  add(own_);
  if (owner_ != nullptr)
    add(owner_->limits);
  if (model != nullptr)
    add(model->limits);
  return result;
}

void api_key::begin(model_budget* model) {
  own_.begin();
  if (owner_ != nullptr)
    owner_->limits.begin();
  if (model != nullptr)
    model->limits.begin();
  counters.max_in_flight =
      std::max(counters.max_in_flight, static_cast<std::uint64_t>(own_.in_flight()));
}

void api_key::end(model_budget* model) {
  own_.end();
  if (owner_ != nullptr)
    owner_->limits.end();
  if (model != nullptr)
    model->limits.end();
}

} // namespace keywheel::simulator
