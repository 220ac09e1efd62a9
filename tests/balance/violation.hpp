#pragma once

#include <stdexcept>
#include <string>

namespace keywheel::balance::test {

/// What a simulation found wrong.
struct violation : std::runtime_error {
  using std::runtime_error::runtime_error;
};

inline void require(bool holds, const char* what) {
  if (!holds)
    throw violation{what};
}

} // namespace keywheel::balance::test
