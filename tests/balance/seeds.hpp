#pragma once

#include <cstdint>
#include <vector>

namespace keywheel::balance::test {

/// The seeds of a test over random schedules: 1 to `count`, or to KEYWHEEL_SEEDS if that is set;
/// the one of KEYWHEEL_SEED alone if that is set, to replay a failure.
std::vector<std::uint64_t> seeds(std::uint64_t count);

} // namespace keywheel::balance::test
