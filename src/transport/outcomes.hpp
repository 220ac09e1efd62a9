#pragma once

#include "transport/client.hpp"

#include <curl/curl.h>

#include <string>
#include <string_view>

namespace keywheel::transport {

/// Returns host and port of a URL, `host:port`: what may be told of it. Neither user nor path nor
/// query, where credentials may stand.
std::string authority(std::string_view url);

/// What is known of a transfer that curl gave up.
struct breakdown {
  CURLcode code = CURLE_OK;
  long os_errno = 0; ///< of the failed connect
  bool sent = false; ///< some of the request may have reached the provider
  bool head_complete = false;
  const char* problem = "";    ///< of the header section, see answer_head::problem()
  bool stream_refused = false; ///< by a provider that did not act on it (RFC 9113 §8.7)
  long proxy_status = 0;       ///< what an HTTP proxy answered to CONNECT
  const char* words = "";      ///< curl's own
};

/// Says how a broken transfer ended.
outcome broken(const request& what, const breakdown& how);

/// Says of a request that it was not fit to be sent, or that curl would not take it.
outcome refused();

/// Says what limit a transfer has run into, in a time when `head_complete`.
outcome expired(const request& what, bool deadline, bool head_complete);

} // namespace keywheel::transport
