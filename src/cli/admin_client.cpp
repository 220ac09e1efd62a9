#include "cli/admin_client.hpp"

#include "cli/admin_curl.hpp"

namespace keywheel::cli {

namespace {

std::size_t append(char* data, std::size_t size, std::size_t count, void* to) {
  auto& body = *static_cast<std::string*>(to);
  if (body.size() + size * count > max_answer)
    return 0;
  body.append(data, size * count);
  return size * count;
}

} // namespace

reply admin_client::request(std::string_view method, std::string_view path,
                            std::string_view body) const {
  admin_transfer transfer{target_, path};
  transfer.add_header("Accept: application/json");
  transfer.add_header("Expect:");
  // Without a body no type either: the one that libcurl would name is a form's.
  transfer.add_header(body.empty() ? "Content-Type:" : "Content-Type: application/json");
  std::string verb{method};
  std::string answer;
  auto* handle = transfer.handle();
  curl_easy_setopt(handle, CURLOPT_WRITEFUNCTION, append);
  curl_easy_setopt(handle, CURLOPT_WRITEDATA, &answer);
  curl_easy_setopt(handle, CURLOPT_TIMEOUT, 60L);
  if (verb != "GET") {
    curl_easy_setopt(handle, CURLOPT_POST, 1L);
    curl_easy_setopt(handle, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(body.size()));
    curl_easy_setopt(handle, CURLOPT_COPYPOSTFIELDS, body.empty() ? "" : body.data());
    curl_easy_setopt(handle, CURLOPT_CUSTOMREQUEST, verb.c_str());
  }
  auto result = transfer.perform();
  result.body = std::move(answer);
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
