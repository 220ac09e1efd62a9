#include "tests/cli/web_stub.hpp"

#include <algorithm>
#include <cctype>

namespace {

/// Length that the header section in `text` announces for its body.
std::size_t announced_length(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  auto at = text.find("\r\ncontent-length:");
  return at == std::string::npos ? 0 : std::stoul(text.substr(at + 17));
}

bool is_whole(const std::string& request) {
  auto end = request.find("\r\n\r\n");
  return end != std::string::npos
         && request.size() >= end + 4 + announced_length(request.substr(0, end + 2));
}

} // namespace

web_stub::web_stub(std::string status, std::string body)
    : status_(std::move(status)), body_(std::move(body)), thread_([this] { serve(); }) {
  // nop
}

web_stub::~web_stub() {
  // Wakes a thread that nobody has asked anything.
  ::shutdown(socket_.descriptor(), SHUT_RDWR);
  if (thread_.joinable())
    thread_.join();
}

const std::string& web_stub::request() {
  if (thread_.joinable())
    thread_.join();
  return request_;
}

void web_stub::serve() {
  int connection = ::accept(socket_.descriptor(), nullptr, nullptr);
  if (connection < 0)
    return;
  char buffer[4096];
  while (!is_whole(request_)) {
    auto size = ::read(connection, buffer, sizeof buffer);
    if (size <= 0)
      break;
    request_.append(buffer, static_cast<std::size_t>(size));
  }
  auto answer = "HTTP/1.1 " + status_ + "\r\nContent-Type: application/json\r\nContent-Length: "
                + std::to_string(body_.size()) + "\r\nConnection: close\r\n\r\n" + body_;
  static_cast<void>(::send(connection, answer.data(), answer.size(), MSG_NOSIGNAL));
  ::close(connection);
}
