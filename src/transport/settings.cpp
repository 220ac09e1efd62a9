#include "transport/settings.hpp"

namespace keywheel::transport {

namespace {

// A system's file of authorities takes some 20 ms to read; one that a person names may be replaced.
constexpr long seconds_in_memory = 60;

void set_authorities(const std::string& file, CURL* easy) noexcept {
  if (!file.empty()) {
    curl_easy_setopt(easy, CURLOPT_CAINFO, file.c_str());
    curl_easy_setopt(easy, CURLOPT_PROXY_CAINFO, file.c_str());
    curl_easy_setopt(easy, CURLOPT_CA_CACHE_TIMEOUT, seconds_in_memory);
  }
  const char* used = nullptr;
  curl_easy_getinfo(easy, CURLINFO_CAINFO, &used);
  if (file.empty() && (used == nullptr || *used == '\0'))
    return;
  // curl keeps nothing in memory as long as there is a folder, too: it would read all authorities
  // of the system again for every connection.
  curl_easy_setopt(easy, CURLOPT_CAPATH, nullptr);
  curl_easy_setopt(easy, CURLOPT_PROXY_CAPATH, nullptr);
}

void set_certificate(const config::transport_config& settings, CURL* easy) noexcept {
  if (settings.client_cert.empty())
    return;
  curl_easy_setopt(easy, CURLOPT_SSLCERT, settings.client_cert.c_str());
  if (!settings.client_key.empty())
    curl_easy_setopt(easy, CURLOPT_SSLKEY, settings.client_key.c_str());
  // Without one OpenSSL would ask for it on the terminal, and wait.
  curl_easy_setopt(easy, CURLOPT_KEYPASSWD, "");
}

} // namespace

const config::transport_config& settings_of(const settings_ptr& via) noexcept {
  static const config::transport_config untouched;
  return via ? *via : untouched;
}

bool same_settings(const settings_ptr& a, const settings_ptr& b) noexcept {
  return a == b || settings_of(a) == settings_of(b);
}

void apply(const config::transport_config& settings, CURL* easy) noexcept {
  set_authorities(settings.ca_file, easy);
  set_certificate(settings, easy);
  if (settings.proxy.empty())
    return;
  curl_easy_setopt(easy, CURLOPT_PROXY, settings.proxy.reveal().c_str());
  curl_easy_setopt(easy, CURLOPT_NOPROXY, ""); // whatever the environment says
}

} // namespace keywheel::transport
