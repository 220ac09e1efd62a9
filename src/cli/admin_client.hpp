#pragma once

#include "cli/admin_target.hpp"

#include <string>
#include <string_view>

namespace keywheel::cli {

/// What came of a request to the admin API.
struct reply {
  long status = 0; ///< HTTP status; 0 if nothing answered
  std::string body;
  std::string unreachable; ///< why nothing answered; empty if something did
};

/// Asks a running gateway's admin API, one request at a time, and waits for the answer. Never
/// follows a redirect (the token would travel along) and uses no proxy for a loopback address.
class admin_client {
public:
  explicit admin_client(admin_target target) : target_(std::move(target)) {}

  const admin_target& target() const noexcept { return target_; }

  /// `path` starts with a slash and is percent-encoded; a `body` that is not empty is JSON.
  reply request(std::string_view method, std::string_view path, std::string_view body = {}) const;

private:
  admin_target target_;
};

/// Percent-encodes one segment of a path (RFC 3986 §2.3: all but unreserved characters).
std::string path_segment(std::string_view text);

} // namespace keywheel::cli
