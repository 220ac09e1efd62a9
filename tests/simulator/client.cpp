#include "tests/simulator/client.hpp"

#include "tests/catch.hpp"

#include <algorithm>
#include <arpa/inet.h>
#include <cerrno>
#include <chrono>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

namespace simulator_test {
namespace {

std::string lower(std::string_view text) {
  std::string result{text};
  for (auto& c : result)
    if (c >= 'A' && c <= 'Z')
      c = static_cast<char>(c + ('a' - 'A'));
  return result;
}

keywheel::simulator::options with_keys(keywheel::simulator::options what) {
  if (what.keys.empty())
    what.keys = keywheel::simulator::default_keys(2);
  return what;
}

} // namespace

std::string response::header(std::string_view name) const {
  auto at = lower(head).find(std::string{"\r\n"}.append(name).append(": "));
  if (at == std::string::npos)
    return "(none)";
  auto begin = at + name.size() + 4;
  return head.substr(begin, head.find("\r\n", begin) - begin);
}

rapidjson::Document response::json() const {
  rapidjson::Document result;
  result.Parse(body.c_str());
  INFO(body);
  REQUIRE_FALSE(result.HasParseError());
  return result;
}

std::string_view text(const rapidjson::Value& value) {
  REQUIRE(value.IsString());
  return {value.GetString(), value.GetStringLength()};
}

// -- client -----------------------------------------------------------------------------------

client::client(std::uint16_t port) : fd_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  timeval limit{20, 0};
  ::setsockopt(fd_, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
  ::setsockopt(fd_, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  REQUIRE(::connect(fd_, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0);
}

client::~client() {
  ::close(fd_);
}

void client::send(std::string_view bytes) {
  while (!bytes.empty()) {
    auto count = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    REQUIRE(count > 0);
    bytes.remove_prefix(static_cast<std::size_t>(count));
  }
}

std::size_t client::send_until_blocked(std::string_view bytes) {
  std::size_t result = 0;
  pollfd wait{fd_, POLLOUT, 0};
  while (result < bytes.size() && ::poll(&wait, 1, 200) == 1) {
    auto count =
        ::send(fd_, bytes.data() + result, bytes.size() - result, MSG_NOSIGNAL | MSG_DONTWAIT);
    if (count < 0 && errno != EAGAIN)
      break;
    result += count < 0 ? 0 : static_cast<std::size_t>(count);
  }
  return result;
}

bool client::fill() {
  buffer_.erase(0, std::exchange(used_, 0));
  char bytes[65'536];
  auto count = ::recv(fd_, bytes, sizeof bytes, 0);
  if (count < 0)
    REQUIRE(errno == ECONNRESET); // anything else is a server that says nothing
  if (count <= 0)
    return false;
  buffer_.append(bytes, static_cast<std::size_t>(count));
  return true;
}

std::string client::receive_bytes(std::size_t count) {
  while (buffer_.size() - used_ < count && fill())
    continue;
  auto result = buffer_.substr(used_, count);
  used_ += result.size();
  return result;
}

std::string client::receive_all() {
  while (fill())
    continue;
  return receive_bytes(buffer_.size() - used_);
}

std::string client::next_event() {
  char byte = 0;
  auto count = buffer_.size() == used_ ? ::recv(fd_, &byte, 1, 0) : 1;
  return count > 0 ? "data" : count == 0 ? "closed" : errno == ECONNRESET ? "reset" : "silence";
}

void client::reset_on_close() {
  linger at_once{1, 0};
  ::setsockopt(fd_, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
}

void client::finish_sending() {
  ::shutdown(fd_, SHUT_WR);
}

bool client::wait_for(std::string_view text) {
  while (buffer_.find(text, used_) == std::string::npos)
    if (!fill())
      return false;
  return true;
}

response client::receive(bool head_only) {
  response result;
  if (!wait_for("\r\n\r\n"))
    return result;
  result.head = receive_bytes(buffer_.find("\r\n\r\n", used_) + 4 - used_);
  result.status = std::stoi(result.head.substr(9, 3));
  if (head_only || result.status < 200) {
    result.complete = true;
  } else if (result.header("transfer-encoding") == "chunked") {
    for (;;) {
      if (!wait_for("\r\n"))
        return result;
      auto line = receive_bytes(buffer_.find("\r\n", used_) + 2 - used_);
      auto size = std::stoul(line, nullptr, 16);
      auto data = receive_bytes(size + 2);
      if (data.size() < size + 2)
        return result.body += data, result;
      result.body.append(data, 0, size);
      if (size == 0)
        break;
    }
    result.complete = true;
  } else if (auto length = result.header("content-length"); length != "(none)") {
    result.body = receive_bytes(std::stoul(length));
    result.complete = result.body.size() == std::stoul(length);
  }
  return result;
}

response client::call(std::string_view method, std::string_view target, std::string_view key,
                      std::string_view body) {
  send(request(method, target, key, body));
  return receive(method == "HEAD");
}

// -- requests and servers ---------------------------------------------------------------------

std::string request(std::string_view method, std::string_view target, std::string_view key,
                    std::string_view body, std::string_view more_headers) {
  std::string result;
  result.append(method).append(" ").append(target).append(" HTTP/1.1\r\nHost: sim\r\n");
  if (!key.empty())
    result.append("Authorization: Bearer ").append(key).append("\r\n");
  result.append(more_headers);
  if (!body.empty())
    result.append("Content-Length: ").append(std::to_string(body.size())).append("\r\n");
  return result.append("\r\n").append(body);
}

std::string chat(std::string_view text, std::string_view more_fields) {
  std::string result = R"({"model":"gpt-4o","messages":[{"role":"user","content":")";
  return result.append(text).append("\"}]").append(more_fields).append("}");
}

running::running(keywheel::simulator::options what) : server(with_keys(std::move(what))) {
  server.start();
}

response running::call(std::string_view method, std::string_view target, std::string_view key,
                       std::string_view body) {
  return client{server.port()}.call(method, target, key, body);
}

response running::call_with(std::string_view lines, std::string_view method,
                            std::string_view target, std::string_view body) {
  client via{server.port()};
  via.send(request(method, target, {}, body, std::string{lines} + "\r\n"));
  return via.receive();
}

response running::post_chat(std::string_view key, std::string_view body) {
  return call("POST", "/v1/chat/completions", key, body);
}

void running::fault(std::string_view json) {
  auto answer =
      call("POST", "/_sim/faults", {}, R"({"key":"sim-key-a","fault":)" + std::string{json} + "}");
  INFO(answer.body);
  REQUIRE(answer.status == 200);
}

std::uint64_t running::stat(std::string_view key, std::string_view name) {
  auto stats = call("GET", "/_sim/stats", {}).json();
  return stats["keys"][std::string{key}.c_str()][std::string{name}.c_str()].GetUint64();
}

void running::wait_for_stat(std::string_view key, std::string_view name, std::uint64_t value) {
  auto end = std::chrono::steady_clock::now() + std::chrono::seconds{20};
  auto seen = stat(key, name);
  while (seen != value && std::chrono::steady_clock::now() < end)
    seen = stat(key, name);
  INFO(name);
  REQUIRE(seen == value);
}

std::string scrubbed(const std::string& text) {
  auto result = text;
  auto replace = [&result](std::string_view before, std::string_view what, std::string_view by) {
    std::string done;
    std::size_t at = 0;
    for (auto found = result.find(before); found != std::string::npos;
         found = result.find(before, at)) {
      found += before.size();
      done.append(result, at, found - at).append(by);
      at = std::min(result.find_first_not_of(what, found), result.size());
    }
    result = done.append(result, at);
  };
  constexpr std::string_view digits = "0123456789";
  constexpr std::string_view alphanumeric =
      "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
  for (auto prefix : {"chatcmpl-", "\"cmpl-", "resp_", "msg_", "modr-", "file-", "req_",
                      "\"responseId\": \"", "\"responseId\":\""})
    replace(prefix, alphanumeric, "ID");
  for (auto name : {"\"created\":", "\"created_at\":"})
    replace(name, digits, "0");
  return result;
}

} // namespace simulator_test
