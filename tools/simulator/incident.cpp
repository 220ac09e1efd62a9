#include "tools/simulator/incident.hpp"

namespace keywheel::simulator {

void incident::start(time_point now) {
  began_ = now;
  done_ = 0;
}

std::optional<time_point> incident::due() const {
  if (!began_ || done_ == steps_.size())
    return std::nullopt;
  return *began_ + steps_[done_].at;
}

const action* incident::next(time_point now) {
  auto when = due();
  return when && *when <= now ? &steps_[done_++].what : nullptr;
}

} // namespace keywheel::simulator
