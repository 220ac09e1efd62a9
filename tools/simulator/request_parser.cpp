#include "tools/simulator/request_parser.hpp"

#include <algorithm>
#include <charconv>
#include <cstring>

namespace keywheel::simulator {
namespace {

// Longest chunk size line with its extensions, and longest trailer section.
constexpr std::size_t max_chunk_line = 4096;
constexpr std::size_t max_trailer = 16'384;

} // namespace

request_parser::status request_parser::advance(input_buffer& in) {
  switch (stage_) {
  case stage::head:
    return advance_head(in);
  case stage::body:
    if (in.size() - head_.size < body_size_)
      return status::more;
    stage_ = stage::done;
    return status::complete;
  case stage::done:
    return status::complete;
  default:
    return advance_chunks(in);
  }
}

request_parser::status request_parser::advance_head(input_buffer& in) {
  // Empty lines before a request line are skipped (RFC 9112 section 2.2).
  while (scanned_ == 0 && in.size() >= 2 && std::memcmp(in.data(), "\r\n", 2) == 0)
    in.consume(2);
  std::string_view text{in.data(), in.size()};
  auto end = text.find("\r\n\r\n", scanned_);
  if (end == std::string_view::npos) {
    scanned_ = text.size() < 3 ? 0 : text.size() - 3;
    return text.size() > max_head ? fail(431) : status::more;
  }
  if (end + 4 > max_head)
    return fail(431);
  if (auto error = parse_head(text.substr(0, end + 4), head_); error != 0)
    return fail(error);
  return begin_body();
}

request_parser::status request_parser::begin_body() {
  if (head_.content_length > max_body_)
    return fail(413);
  stage_ = head_.chunked ? stage::chunk_size : stage::body;
  body_size_ = head_.content_length;
  read_ = head_.size;
  return status::head;
}

request_parser::status request_parser::advance_chunks(input_buffer& in) {
  for (;;) {
    std::string_view text{in.data(), in.size()};
    if (stage_ == stage::chunk_data) {
      read_ += move_data(in);
      if (chunk_left_ > 0)
        return pause(in);
      stage_ = stage::chunk_end;
    }
    auto end = text.find("\r\n", read_);
    auto line = text.substr(read_, end == std::string_view::npos ? end : end - read_);
    if (line.size() > max_chunk_line)
      return fail(400);
    if (end == std::string_view::npos && (stage_ != stage::chunk_end || line.size() < 2))
      return pause(in);
    if (stage_ == stage::chunk_end && !line.empty())
      return fail(400);
    read_ = end + 2;
    if (stage_ == stage::chunk_end) {
      stage_ = stage::chunk_size;
    } else if (stage_ == stage::chunk_size) {
      if (!chunk_size_line(line))
        return fail(400);
      if (chunk_left_ > max_body_ - body_size_)
        return fail(413);
      stage_ = chunk_left_ > 0 ? stage::chunk_data : stage::trailer;
    } else if (line.empty()) {
      stage_ = stage::done;
      pause(in);
      return status::complete;
    } else if ((trailer_size_ += line.size()) > max_trailer) {
      return fail(431);
    }
  }
}

bool request_parser::chunk_size_line(std::string_view line) {
  auto [end, error] = std::from_chars(line.data(), line.data() + line.size(), chunk_left_, 16);
  return error == std::errc{}
         && (end == line.data() + line.size() || *end == ';' || *end == ' ' || *end == '\t');
}

/// Moves what has arrived of the chunk to the end of the body. Returns how much that was.
std::size_t request_parser::move_data(input_buffer& in) {
  auto count = std::min(chunk_left_, in.size() - read_);
  auto target = head_.size + body_size_;
  if (target != read_)
    std::memmove(in.data() + target, in.data() + read_, count);
  body_size_ += count;
  chunk_left_ -= count;
  return count;
}

/// Closes the gap that removed chunk framing has left, so that every byte moves only twice.
request_parser::status request_parser::pause(input_buffer& in) {
  auto body_end = head_.size + body_size_;
  in.erase(body_end, read_ - body_end);
  read_ = body_end;
  return status::more;
}

request_parser::status request_parser::fail(int error) {
  error_ = error;
  return status::error;
}

void request_parser::next(input_buffer& in) {
  in.consume(head_.size + body_size_);
  stage_ = stage::head;
  scanned_ = body_size_ = chunk_left_ = read_ = trailer_size_ = 0;
}

std::size_t request_parser::missing(const input_buffer& in) const {
  if (stage_ == stage::chunk_data)
    return chunk_left_;
  if (stage_ != stage::body)
    return 0;
  return head_.size + body_size_ - std::min(in.size(), head_.size + body_size_);
}

} // namespace keywheel::simulator
