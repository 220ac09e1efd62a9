#pragma once

#include "tools/simulator/budget.hpp"

namespace keywheel::simulator {

/// What keys of one organisation share: its limits and its standing.
struct organization {
  organization(organization_options what, const limit_windows& windows, time_point now)
      : name(std::move(what.name)), state(what.state), limits(what.limits, windows, now) {
    // nop
  }

  std::string name;
  standing state;
  budget limits;
};

} // namespace keywheel::simulator
