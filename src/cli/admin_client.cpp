#include "cli/admin_client.hpp"

#include <curl/curl.h>

#include <memory>
#include <stdexcept>

namespace keywheel::cli {

namespace {

constexpr std::size_t max_answer = std::size_t{64} << 20;

struct curl_delete {
  void operator()(CURL* easy) const { curl_easy_cleanup(easy); }
  void operator()(CURLU* url) const { curl_url_cleanup(url); }
  void operator()(curl_slist* list) const { curl_slist_free_all(list); }
  void operator()(char* text) const { curl_free(text); }
};
template <class T>
using owned = std::unique_ptr<T, curl_delete>;

std::size_t append(char* data, std::size_t size, std::size_t count, void* to) {
  auto& body = *static_cast<std::string*>(to);
  if (body.size() + size * count > max_answer)
    return 0;
  body.append(data, size * count);
  return size * count;
}

bool is_loopback(const std::string& url) {
  owned<CURLU> parts{curl_url()};
  char* text = nullptr;
  if (!parts || curl_url_set(parts.get(), CURLUPART_URL, url.c_str(), 0) != CURLUE_OK
      || curl_url_get(parts.get(), CURLUPART_HOST, &text, 0) != CURLUE_OK)
    return false;
  owned<char> host{text};
  std::string_view name = host.get();
  return name == "localhost" || name == "[::1]" || name.starts_with("127.");
}

void add_header(owned<curl_slist>& to, const std::string& line) {
  auto* longer = curl_slist_append(to.get(), line.c_str());
  if (longer == nullptr)
    throw std::bad_alloc{};
  static_cast<void>(to.release());
  to.reset(longer);
}

} // namespace

reply admin_client::request(std::string_view method, std::string_view path,
                            std::string_view body) const {
  owned<CURL> easy{curl_easy_init()};
  if (!easy)
    throw std::runtime_error("libcurl does not start");
  auto* handle = easy.get();
  auto url = target_.url + std::string{path};
  std::string verb{method};
  char reason[CURL_ERROR_SIZE] = "";
  reply result;

  owned<curl_slist> headers;
  add_header(headers, "Accept: application/json");
  add_header(headers, "Expect:");
  if (!target_.token.empty())
    add_header(headers, "Authorization: Bearer " + target_.token);
  // Without a body no type either: the one that libcurl would name is a form's.
  add_header(headers, body.empty() ? "Content-Type:" : "Content-Type: application/json");

  curl_easy_setopt(handle, CURLOPT_URL, url.c_str());
  curl_easy_setopt(handle, CURLOPT_PROTOCOLS_STR, "http,https");
  curl_easy_setopt(handle, CURLOPT_HTTPHEADER, headers.get());
  curl_easy_setopt(handle, CURLOPT_ERRORBUFFER, reason);
  curl_easy_setopt(handle, CURLOPT_WRITEFUNCTION, append);
  curl_easy_setopt(handle, CURLOPT_WRITEDATA, &result.body);
  curl_easy_setopt(handle, CURLOPT_CONNECTTIMEOUT, 5L);
  curl_easy_setopt(handle, CURLOPT_TIMEOUT, 60L);
  curl_easy_setopt(handle, CURLOPT_NOSIGNAL, 1L);
  if (is_loopback(url))
    curl_easy_setopt(handle, CURLOPT_NOPROXY, "*");
  if (verb != "GET") {
    curl_easy_setopt(handle, CURLOPT_POST, 1L);
    curl_easy_setopt(handle, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(body.size()));
    curl_easy_setopt(handle, CURLOPT_COPYPOSTFIELDS, body.empty() ? "" : body.data());
    curl_easy_setopt(handle, CURLOPT_CUSTOMREQUEST, verb.c_str());
  }

  auto outcome = curl_easy_perform(handle);
  if (outcome == CURLE_OK)
    curl_easy_getinfo(handle, CURLINFO_RESPONSE_CODE, &result.status);
  else
    result.unreachable = *reason != '\0' ? reason : curl_easy_strerror(outcome);
  return result;
}

std::string path_segment(std::string_view text) {
  constexpr std::string_view digits = "0123456789ABCDEF";
  constexpr std::string_view unreserved =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~";
  std::string result;
  for (char c : text) {
    if (unreserved.find(c) != std::string_view::npos) {
      result += c;
    } else {
      auto byte = static_cast<unsigned char>(c);
      result += {'%', digits[byte >> 4U], digits[byte & 15U]};
    }
  }
  return result;
}

} // namespace keywheel::cli
