#pragma once

#include "http/server_connection.hpp"

#include <chrono>
#include <functional>
#include <string>
#include <string_view>

namespace keywheel::http::testing {

using namespace std::chrono_literals;

/// The time that every answer is dated with.
inline wall_time test_wall_time() {
  return std::chrono::sys_days{std::chrono::year{1994} / 11 / 6} + 8h + 49min + 37s;
}

inline const std::string date_line = "Date: Sun, 06 Nov 1994 08:49:37 GMT\r\n";

/// An answer as it stands on the wire, written down without the code under test.
inline std::string on_the_wire(std::string_view status_line, std::string_view fields,
                               std::string_view body) {
  return "HTTP/1.1 " + std::string{status_line} + "\r\n" + date_line + std::string{fields} + "\r\n"
         + std::string{body};
}

inline const std::string ok = on_the_wire("200 OK", "Content-Length: 2\r\n", "ok");
inline const std::string ok_and_close =
    on_the_wire("200 OK", "Content-Length: 2\r\nConnection: close\r\n", "ok");

/// A connection and its owner, who writes down what happens, one line per event, and answers every
/// request with 200 "ok" and every bad one with its status and an empty body. What it does at an
/// event can be replaced. Time moves only when told to.
class conversation : public request_handler {
public:
  explicit conversation(const server_limits& limits = {})
      : connection(limits, *this, now, &test_wall_time) {}

  // -- what the client does ------------------------------------------------------------------

  conversation& says(std::string_view bytes) {
    connection.feed(bytes, now);
    return *this;
  }

  conversation& says_byte_by_byte(std::string_view bytes) {
    for (const char& byte : bytes) {
      const std::string alone(1, byte); // of its own, so that a read beyond it is seen
      connection.feed(alone, now);
    }
    return *this;
  }

  conversation& says_in_two(std::string_view bytes, std::size_t split) {
    says(std::string{bytes.substr(0, split)});
    return says(std::string{bytes.substr(split)});
  }

  conversation& waits(duration how_long) {
    now += how_long;
    connection.expire(now);
    return *this;
  }

  /// What the client has received since it was last asked.
  std::string hears() {
    std::string result;
    result.swap(connection.output());
    return result;
  }

  // -- what the owner does -------------------------------------------------------------------

  void answer(unsigned status, std::string with = {}) {
    connection.answer({{status, {}}, std::move(with)}, now);
  }

  std::function<void()> at_head;
  std::function<void()> at_body;
  std::function<void()> at_request = [this] { answer(200, "ok"); };
  std::function<void(unsigned)> at_bad_request = [this](unsigned status) { answer(status); };

  void on_head(request_head&& head, std::optional<std::size_t> declared) override {
    events += head.method + ' ' + head.target + (head.version == 11 ? " 1.1" : " 1.0");
    events += head.keep_alive ? " keep" : " close";
    if (declared)
      events += " length=" + std::to_string(*declared);
    events += '\n';
    body.clear();
    last_head = std::move(head);
    if (at_head)
      at_head();
  }

  void on_body(std::string_view piece) override {
    body += piece;
    if (at_body)
      at_body();
  }

  void on_request() override {
    if (!body.empty())
      events += "body " + body + '\n';
    events += "end\n";
    if (at_request)
      at_request();
  }

  void on_bad_request(unsigned status, std::string_view message) override {
    events += "bad " + std::to_string(status) + '\n';
    last_message = message;
    if (at_bad_request)
      at_bad_request(status);
  }

  time_point now{1'000'000s};
  std::string events;
  std::string body;
  request_head last_head;
  std::string last_message;
  server_connection connection;
};

} // namespace keywheel::http::testing
