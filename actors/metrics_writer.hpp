#pragma once

#include "actors/actors.hpp"

#include <caf/typed_event_based_actor.hpp>

namespace keywheel {

/// Starts the actor that makes the text of /metrics. It runs on CAF's scheduler.
metrics_writer_actor::behavior_type metrics_writer(metrics_writer_actor::pointer self);

} // namespace keywheel
