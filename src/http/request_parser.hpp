#pragma once

#include "http/head_rules.hpp"
#include "http/message.hpp"

#include <cstddef>
#include <memory>
#include <optional>
#include <string_view>

namespace keywheel::http {

/// Parses the requests of one connection, one after the other. Pulls: whoever owns it asks for the
/// next event and consumes input, so nothing is called back from inside the parser. How the bytes
/// are cut into pieces never changes the events, but for the sizes of body pieces.
class request_parser {
public:
  enum class event {
    need_more, ///< nothing more can be said without more input
    head,      ///< the header section is complete: see head()
    body,      ///< a piece of the body: see piece()
    end,       ///< the request is whole; reset() before the next
    bad,       ///< see problem(); nothing more can be parsed on this connection
  };

  request_parser(std::size_t max_header, std::size_t max_body);
  ~request_parser();

  /// Goes on at the start of `in`, which holds what was not used so far and whatever came since.
  /// `used` tells how much of it is done with; the rest is to be given again.
  event next(std::string_view in, std::size_t& used);

  /// Gets ready for another request.
  void reset();

  /// After `head`: the request, to be moved from. Before that: what is known of it.
  request_head& head() noexcept;

  /// After `head`: Content-Length, if given.
  std::optional<std::size_t> declared() const noexcept;

  /// After `head`: whether there is a body and the client waits for "100 Continue" to send it.
  bool awaits_continue() const noexcept;

  /// After `body`: the piece, inside the input given to next().
  std::string_view piece() const noexcept;

  /// After `bad`.
  const refusal& problem() const noexcept;

private:
  class impl;
  std::unique_ptr<impl> impl_;
};

} // namespace keywheel::http
