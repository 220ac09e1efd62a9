#pragma once

#include "cli/admin_client.hpp"

#include <curl/curl.h>

#include <memory>
#include <string>

namespace keywheel::cli {

/// The longest answer of an admin API that is kept, in bytes.
inline constexpr std::size_t max_answer = std::size_t{64} << 20;

/// Frees what libcurl has made.
struct curl_delete {
  void operator()(CURL* easy) const { curl_easy_cleanup(easy); }
  void operator()(CURLU* url) const { curl_url_cleanup(url); }
  void operator()(curl_slist* list) const { curl_slist_free_all(list); }
  void operator()(char* text) const { curl_free(text); }
};
template <class T>
using curl_owned = std::unique_ptr<T, curl_delete>;

/// One request to the admin API with what all have in common: the token, no redirects (the token
/// would travel along), no proxy for a loopback address, no signals.
class admin_transfer {
public:
  /// `path` starts with a slash and is percent-encoded.
  /// @throws std::runtime_error if libcurl does not start
  admin_transfer(const admin_target& target, std::string_view path);
  admin_transfer(const admin_transfer&) = delete;
  admin_transfer& operator=(const admin_transfer&) = delete;

  CURL* handle() const noexcept { return easy_.get(); }

  /// Adds a line to the header section.
  void add_header(const std::string& line);

  /// Performs it. The reply has the status, or why nothing answered; its body is left empty.
  reply perform();

private:
  curl_owned<CURL> easy_;
  curl_owned<curl_slist> headers_;
  std::string url_;
  char reason_[CURL_ERROR_SIZE] = "";
};

} // namespace keywheel::cli
