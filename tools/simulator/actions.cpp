#include "tools/simulator/provider.hpp"

/// What can happen to a provider while it runs.
namespace keywheel::simulator {

bool provider::knows(const action& what) {
  if (what.what == action::kind::fault)
    return what.broken.key == "*" || find_key(what.broken.key) != nullptr;
  if (what.what != action::kind::standing && what.what != action::kind::limits)
    return true;
  return what.key.empty() ? find_organization(what.organization) != nullptr
                          : find_key(what.key) != nullptr;
}

bool provider::act(const action& what, time_point now) {
  if (!knows(what))
    return false;
  auto key = find_key(what.key);
  auto owner = find_organization(what.organization);
  switch (what.what) {
  case action::kind::standing:
    if (key != nullptr)
      key->set_state(what.state);
    else
      owner->state = what.state;
    return true;
  case action::kind::limits:
    if (key == nullptr)
      owner->limits.set_limits(what.limits, now);
    else if (what.model.empty())
      key->set_limits(what.limits, now);
    else
      key->set_model_limits(what.model, what.limits, now);
    return true;
  case action::kind::trouble:
    if (what.model.empty()) // every model, whatever was said of one
      troubles_.clear();
    troubles_.insert_or_assign(what.model, what.trouble);
    return true;
  case action::kind::latency:
    options_.latency = what.latency;
    return true;
  case action::kind::fault:
    return add_fault(what.broken);
  case action::kind::close:
    return true;
  }
  return true;
}

bool provider::advance(time_point now) {
  bool close = false;
  while (auto step = incident_.next(now)) {
    act(*step, now);
    close = close || step->what == action::kind::close;
  }
  return close;
}

} // namespace keywheel::simulator
