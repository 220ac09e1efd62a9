#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace keywheel::http {

/// The bytes of a connection that are not parsed yet. What the socket gave is parsed where it
/// lies; only what is left over after that is copied. Memory is kept for reuse up to a bound.
class input_buffer {
public:
  /// Appends `bytes`, which stay alive until settle().
  void add(std::string_view bytes);

  /// Copies what is left of the bytes given to add(), which may go away now.
  void settle();

  /// What is not consumed yet. Valid until the next add() or settle().
  std::string_view rest() const noexcept { return rest_; }

  void consume(std::size_t count) noexcept { rest_.remove_prefix(count); }

  /// Consumes everything. Views of it that are still held remain valid until settle().
  void drop() noexcept { rest_ = {}; }

private:
  static constexpr std::size_t kept_capacity = std::size_t{64} * 1024;

  std::string kept_;
  std::string_view rest_; // inside kept_, unless borrowed_
  bool borrowed_ = false;
};

} // namespace keywheel::http
