#pragma once

#include <cstdint>
#include <string>

namespace keywheel::simulator {

/// A non-blocking listening socket. Throws std::system_error naming host:port.
int listen_on(const std::string& host, std::uint16_t port);

/// The port that a listening socket is bound to.
std::uint16_t bound_port(int fd);

} // namespace keywheel::simulator
