#pragma once

#include "config/config.hpp"
#include "dialect/route.hpp"
#include "http/fields.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace keywheel::front {

/// Where a request comes from.
enum class origin : std::uint8_t {
  inside,   ///< an actor of the host application: always welcome
  loopback, ///< this machine
  elsewhere
};

/// Reads the address of a peer, as text without port: loopback or elsewhere.
origin origin_of(std::string_view address) noexcept;

/// Who is calling. A null client stands for anybody: no [[clients]] are listed.
struct caller {
  bool welcome = false;
  const config::client_config* client = nullptr;
};

/// Finds the client whose token a request carries, in any of the places where a dialect's SDK puts
/// its credential (Authorization: Bearer, x-api-key, api-key, x-goog-api-key, ?key=). Compares in
/// constant time. With no client listed anybody on this machine is welcome and nobody else.
caller identify(const config::config& config, const http::fields& headers,
                std::string_view query_credential, origin from);

/// Answers whether a caller may use a model.
bool may_use(const caller& who, std::string_view model);

/// Answers whether a caller may use all models: a client without a list, or with "*" in it. Only
/// such a one may make calls without a model, since a batch or a stored response may be of any.
bool may_use_all(const caller& who);

} // namespace keywheel::front
