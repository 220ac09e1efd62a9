#pragma once

#include <caf/error.hpp>

#include <cstdint>
#include <string>

namespace keywheel {

/// What can go wrong in an actor. The error's context carries one line for people.
enum class ec : std::uint8_t {
  none = 0,
  cannot_listen,     ///< an address cannot be listened on
  no_middleman,      ///< the host's actor system has not loaded caf::io::middleman
  bad_configuration, ///< a configuration cannot be put in force
  shutting_down,     ///< asked of a gateway that is draining
  cannot_start,      ///< an actor could not set itself up
};

std::string to_string(ec code);

/// Makes an error of ours whose description is `line`.
caf::error make_error(ec code, std::string line);

/// The line that people should see for any error: the context's text where it has one, else
/// category and code.
std::string describe(const caf::error& what);

} // namespace keywheel
