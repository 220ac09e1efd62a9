#pragma once

#include <string>

namespace keywheel::config {

/// Makes the folder at `path`, and those on the way to it, for their owner alone (mode 0700) where
/// there are none. Returns an error text, empty if all went well. Blocking.
std::string make_private_folder(const std::string& path);

} // namespace keywheel::config
