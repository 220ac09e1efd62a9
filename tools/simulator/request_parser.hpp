#pragma once

#include "tools/simulator/input_buffer.hpp"
#include "tools/simulator/request_head.hpp"

namespace keywheel::simulator {

/// Takes HTTP/1.1 requests out of an input buffer as they arrive. A request stays at the front of
/// the buffer, head first, then the body (without its chunk framing), until `next`.
class request_parser {
public:
  enum class status : std::uint8_t {
    more,     ///< More input is needed.
    head,     ///< The head is complete. Said once per request.
    complete, ///< The body is complete, too.
    error,    ///< Refuse the request with `error` and close.
  };

  /// Largest head that is accepted, in bytes.
  static constexpr std::size_t max_head = 65'536;

  explicit request_parser(std::size_t max_body) : max_body_(max_body) {
    // nop
  }

  /// Looks at what has arrived since the last call.
  status advance(input_buffer& in);

  /// Drops the complete request from the buffer.
  void next(input_buffer& in);

  const request_head& head() const { return head_; }

  /// Length of the complete body.
  std::size_t body_size() const { return body_size_; }

  /// Bytes of the body that are certain to come, as far as known.
  std::size_t missing(const input_buffer& in) const;

  /// The status to refuse the request with.
  int error() const { return error_; }

private:
  enum class stage : std::uint8_t { head, body, chunk_size, chunk_data, chunk_end, trailer, done };

  status advance_head(input_buffer& in);
  status begin_body();
  status advance_chunks(input_buffer& in);
  bool chunk_size_line(std::string_view line);
  std::size_t move_data(input_buffer& in);
  status fail(int error);
  status pause(input_buffer& in);

  std::size_t max_body_;
  request_head head_;
  stage stage_ = stage::head;
  int error_ = 0;
  std::size_t scanned_ = 0;   // where the search for the end of the head goes on
  std::size_t body_size_ = 0; // so far, if the body is chunked
  std::size_t chunk_left_ = 0;
  std::size_t read_ = 0; // next byte of chunk framing, from the front of the buffer
  std::size_t trailer_size_ = 0;
};

} // namespace keywheel::simulator
