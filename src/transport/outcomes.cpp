#include "transport/outcomes.hpp"

#include <cerrno>
#include <chrono>
#include <system_error>

namespace keywheel::transport {

namespace {

using dialect::failure;

std::string in_words(std::chrono::milliseconds time) {
  const auto ms = time.count();
  return ms % 1000 == 0 ? std::to_string(ms / 1000) + " s" : std::to_string(ms) + " ms";
}

/// What stands between "://" and the path, without user and password.
std::string_view place(std::string_view url) noexcept {
  const auto scheme = url.find("://");
  auto rest = scheme == std::string_view::npos ? url : url.substr(scheme + 3);
  rest = rest.substr(0, rest.find_first_of("/?#\\"));
  if (const auto user = rest.rfind('@'); user != std::string_view::npos)
    rest.remove_prefix(user + 1);
  return rest;
}

/// The far end of the connection itself.
std::string next_hop(const request& what, const std::string& host) {
  const auto& proxy = settings_of(what.via).proxy;
  return proxy.empty()
             ? host
             : "the proxy " + std::string{place(proxy.reveal())} + " on the way to " + host;
}

/// Whom a TLS handshake can have been with.
std::string tls_peer(const request& what, const std::string& host) {
  const auto secure = settings_of(what.via).proxy.reveal().starts_with("https:");
  return secure ? host + " or of its proxy" : host;
}

std::string followed_by(std::string text, const char* words) {
  return *words == '\0' ? text : text + ": " + words;
}

std::string not_connected(const std::string& host, long os_errno) {
  if (os_errno == ECONNREFUSED)
    return "connection refused by " + host;
  if (os_errno == 0)
    return "no connection to " + host;
  return "no connection to " + host + ": "
         + std::generic_category().message(static_cast<int>(os_errno));
}

std::string before_sending(const request& what, const std::string& host, const breakdown& how) {
  const auto& via = settings_of(what.via);
  if (how.stream_refused)
    return host + " refused the request unread";
  if (how.proxy_status != 0 && how.proxy_status / 100 != 2)
    return next_hop(what, host) + " answered with status " + std::to_string(how.proxy_status);
  switch (how.code) {
  case CURLE_URL_MALFORMAT:
  case CURLE_UNSUPPORTED_PROTOCOL:
    return "the provider's URL makes no sense";
  case CURLE_COULDNT_RESOLVE_HOST:
    return "the name in " + host + " is not known";
  case CURLE_COULDNT_RESOLVE_PROXY:
    return "the name of " + next_hop(what, host) + " is not known";
  case CURLE_PROXY:
    return followed_by("no connection by " + next_hop(what, host), how.words);
  case CURLE_COULDNT_CONNECT:
    return not_connected(next_hop(what, host), how.os_errno);
  case CURLE_OPERATION_TIMEDOUT:
    return "no connection to " + host
           + (what.connect_timeout.count() > 0 ? " within " + in_words(what.connect_timeout) : "");
  case CURLE_PEER_FAILED_VERIFICATION:
    return followed_by("the certificate of " + tls_peer(what, host) + " is not to be trusted",
                       how.words);
  case CURLE_SSL_CACERT_BADFILE:
    return "the authorities in " + via.ca_file + " cannot be used";
  case CURLE_SSL_CERTPROBLEM:
    return followed_by("the client certificate " + via.client_cert + " cannot be used", how.words);
  case CURLE_SSL_CONNECT_ERROR:
    return followed_by("TLS handshake with " + host + " failed", how.words);
  default:
    return "no connection to " + host + ": " + curl_easy_strerror(how.code);
  }
}

std::string after_sending(const std::string& host, const breakdown& how) {
  const auto* when = how.head_complete ? " in the middle of its answer" : " before an answer";
  switch (how.code) {
  case CURLE_GOT_NOTHING:
  case CURLE_PARTIAL_FILE:
  case CURLE_ABORTED_BY_CALLBACK: // by us, when curl wanted to send it once more
    return "connection closed by " + host + when;
  case CURLE_RECV_ERROR:
  case CURLE_SEND_ERROR: {
    // TLS 1.3 hears of a missing client certificate no earlier than this.
    const auto alert = std::string_view{how.words}.find(" alert ") != std::string_view::npos;
    return followed_by("connection to " + host + " broke off" + when, alert ? how.words : "");
  }
  case CURLE_BAD_CONTENT_ENCODING:
  case CURLE_WEIRD_SERVER_REPLY:
  case CURLE_UNSUPPORTED_PROTOCOL:
  case CURLE_OUT_OF_MEMORY: // what 7.88 says of a header line above its own limit
    return "the answer of " + host + " makes no sense as HTTP";
  default:
    return "connection to " + host + " failed" + when + ": " + curl_easy_strerror(how.code);
  }
}

} // namespace

std::string authority(std::string_view url) {
  const auto secure = url.starts_with("https:");
  const auto rest = place(url);
  auto result = std::string{rest};
  const auto after_v6 = rest.rfind(']');
  const auto colon = rest.rfind(':');
  if (colon == std::string_view::npos || (after_v6 != std::string_view::npos && colon < after_v6))
    result += secure ? ":443" : ":80";
  return result;
}

outcome broken(const request& what, const breakdown& how) {
  const auto host = authority(what.url);
  if (!how.sent)
    return {false, failure::not_sent, before_sending(what, host, how)};
  if (*how.problem != '\0')
    return {false, failure::no_answer, host + ": " + how.problem};
  return {false, failure::no_answer, after_sending(host, how)};
}

outcome refused() {
  return {false, failure::not_sent,
          "the request cannot be sent: its method or a header field makes no sense"};
}

outcome expired(const request& what, bool deadline, bool head_complete) {
  const auto host = authority(what.url);
  if (deadline)
    return {false, failure::deadline,
            "the deadline passed before " + host
                + (head_complete ? " had answered in full" : " had answered")};
  if (head_complete)
    return {false, failure::timed_out,
            host + " fell silent for " + in_words(what.idle_timeout) + " in its answer"};
  return {false, failure::timed_out,
          "no answer from " + host + " within " + in_words(what.first_byte_timeout)};
}

} // namespace keywheel::transport
