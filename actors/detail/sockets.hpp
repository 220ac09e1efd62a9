#pragma once

#include "config/config.hpp"

#include <caf/expected.hpp>
#include <caf/io/abstract_broker.hpp>
#include <caf/io/accept_handle.hpp>
#include <caf/io/connection_handle.hpp>

#include <cstddef>
#include <string>
#include <utility>

namespace keywheel::detail {

/// Listens on `where` for a broker. Connections become the broker's own and are written without
/// waiting for the loop's next turn: see direct_scribe in sockets.cpp. Returns the handle and the
/// address in the form "127.0.0.1:4100" (with the real port where `where` has port 0), or an error
/// whose description says which address and why: "listen on 127.0.0.1:4100: Address already in
/// use".
/// @param share_port lets several listeners have the same port (SO_REUSEPORT), as shards do
caf::expected<std::pair<caf::io::accept_handle, std::string>>
listen(caf::io::abstract_broker& self, const config::endpoint& where, bool share_port = false);

/// Bytes of a connection that the socket has not taken yet.
/// @pre the connection came from a listener made by listen()
std::size_t unsent(caf::io::abstract_broker& self, caf::io::connection_handle connection);

/// Tells the peer that nothing more comes; what it still sends is read as before. CAF's own close()
/// would stop reading, and the kernel would answer further input with a reset that can overtake our
/// last answer.
/// @pre everything has been sent
void shut_down_writing(caf::io::connection_handle connection);

/// Closes a connection at once, whatever is unsent.
void drop(caf::io::abstract_broker& self, caf::io::connection_handle connection);

} // namespace keywheel::detail
