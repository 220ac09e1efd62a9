#pragma once

#include "http/message.hpp"
#include "http/server_connection.hpp"
#include "observe/api_access.hpp"
#include "observe/api_route.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace keywheel::observe {

/// A request to the admin API that may be answered.
struct api_question {
  api_route route;
  std::string body;                         ///< may hold secrets: wipe it when it is read
  std::optional<std::string> if_none_match; ///< as the header field says
  /// The generation that the change is made for (If-Match); 0: any.
  std::uint64_t if_generation = 0;
  std::string user; ///< as the caller calls himself in X-Keywheel-User; empty: not at all
};

/// What the admin port accepts from one client connection.
http::server_limits api_limits();

/// Makes the requests of one client connection into questions, and answers those that may not pass
/// or lead nowhere. Its methods are called in the order of http::request_handler's, which they
/// serve.
class api_reader {
public:
  /// @param gate must outlive the reader; what it says holds from the next request
  explicit api_reader(const api_gate& gate) : gate_(gate) {}

  /// Takes a header section; returns the answer if the request is turned away.
  std::optional<http::response> head(const http::request_head& of,
                                     std::optional<std::size_t> declared_length);

  /// Takes a piece of the body.
  void body(std::string_view piece);

  /// The request is whole: returns the question, unless it was turned away.
  std::optional<api_question> request();

private:
  const api_gate& gate_;
  std::optional<api_question> reading_; ///< none if the request is turned away
};

} // namespace keywheel::observe
