#include "cli/admin_curl.hpp"

#include <new>
#include <stdexcept>
#include <string_view>

namespace keywheel::cli {

namespace {

bool is_loopback(const std::string& url) {
  curl_owned<CURLU> parts{curl_url()};
  char* text = nullptr;
  if (!parts || curl_url_set(parts.get(), CURLUPART_URL, url.c_str(), 0) != CURLUE_OK
      || curl_url_get(parts.get(), CURLUPART_HOST, &text, 0) != CURLUE_OK)
    return false;
  curl_owned<char> host{text};
  std::string_view name = host.get();
  return name == "localhost" || name == "[::1]" || name.starts_with("127.");
}

} // namespace

admin_transfer::admin_transfer(const admin_target& target, std::string_view path)
    : easy_(curl_easy_init()), url_(target.url + std::string{path}) {
  if (!easy_)
    throw std::runtime_error("libcurl does not start");
  if (!target.token.empty())
    add_header("Authorization: Bearer " + target.token);
  auto* handle = easy_.get();
  curl_easy_setopt(handle, CURLOPT_URL, url_.c_str());
  curl_easy_setopt(handle, CURLOPT_PROTOCOLS_STR, "http,https");
  curl_easy_setopt(handle, CURLOPT_ERRORBUFFER, reason_);
  curl_easy_setopt(handle, CURLOPT_CONNECTTIMEOUT, 5L);
  curl_easy_setopt(handle, CURLOPT_NOSIGNAL, 1L);
  if (is_loopback(url_))
    curl_easy_setopt(handle, CURLOPT_NOPROXY, "*");
}

void admin_transfer::add_header(const std::string& line) {
  auto* longer = curl_slist_append(headers_.get(), line.c_str());
  if (longer == nullptr)
    throw std::bad_alloc{};
  static_cast<void>(headers_.release());
  headers_.reset(longer);
}

reply admin_transfer::perform() {
  reply result;
  curl_easy_setopt(easy_.get(), CURLOPT_HTTPHEADER, headers_.get());
  const auto outcome = curl_easy_perform(easy_.get());
  if (outcome == CURLE_OK)
    curl_easy_getinfo(easy_.get(), CURLINFO_RESPONSE_CODE, &result.status);
  else
    result.unreachable = *reason_ != '\0' ? reason_ : curl_easy_strerror(outcome);
  return result;
}

} // namespace keywheel::cli
