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

std::string not_connected(const std::string& host, long os_errno) {
  if (os_errno == ECONNREFUSED)
    return "connection refused by " + host;
  if (os_errno == 0)
    return "no connection to " + host;
  return "no connection to " + host + ": "
         + std::generic_category().message(static_cast<int>(os_errno));
}

std::string before_sending(const request& what, const std::string& host, const breakdown& how) {
  switch (how.code) {
  case CURLE_URL_MALFORMAT:
  case CURLE_UNSUPPORTED_PROTOCOL:
    return "the provider's URL makes no sense";
  case CURLE_COULDNT_RESOLVE_HOST:
    return "the name in " + host + " is not known";
  case CURLE_COULDNT_RESOLVE_PROXY:
    return "the name of the proxy on the way to " + host + " is not known";
  case CURLE_COULDNT_CONNECT:
    return not_connected(host, how.os_errno);
  case CURLE_OPERATION_TIMEDOUT:
    return "no connection to " + host
           + (what.connect_timeout.count() > 0 ? " within " + in_words(what.connect_timeout) : "");
  case CURLE_PEER_FAILED_VERIFICATION:
    return "the certificate of " + host + " is not to be trusted";
  case CURLE_SSL_CONNECT_ERROR:
    return "TLS handshake with " + host + " failed";
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
  case CURLE_SEND_ERROR:
    return "connection to " + host + " broke off" + when;
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
  const auto scheme = url.find("://");
  const auto secure = url.starts_with("https:");
  auto rest = scheme == std::string_view::npos ? url : url.substr(scheme + 3);
  rest = rest.substr(0, rest.find_first_of("/?#\\"));
  if (const auto user = rest.rfind('@'); user != std::string_view::npos)
    rest.remove_prefix(user + 1);
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
