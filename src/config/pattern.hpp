#pragma once

#include <string_view>

/// Names with `*` in them, beyond what `matches` in config.hpp answers.
namespace keywheel::config {

/// Answers whether some text fits both patterns, either of which may be a plain name.
bool overlap(std::string_view a, std::string_view b);

} // namespace keywheel::config
