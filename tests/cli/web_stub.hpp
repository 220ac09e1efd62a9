#pragma once

#include "tests/cli/listening_socket.hpp"

#include <string>
#include <thread>

/// An HTTP server for one request: it keeps what it was asked and answers what it was told to.
class web_stub {
public:
  /// Answers `status` (with reason, "200 OK") and `body`.
  web_stub(std::string status, std::string body);
  ~web_stub();
  web_stub(const web_stub&) = delete;
  web_stub& operator=(const web_stub&) = delete;

  std::string url() const { return "http://127.0.0.1:" + std::to_string(socket_.port()); }

  /// The request as it came, once it has been answered.
  const std::string& request();

private:
  void serve();

  listening_socket socket_;
  std::string status_;
  std::string body_;
  std::string request_;
  std::thread thread_;
};
