#pragma once

#include "dialect/json_skim.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace keywheel::dialect {

/// Holds some of the top-level members of an answer that is one JSON object while its bytes arrive
/// in any pieces. Such bodies may be tens of megabytes (embeddings), so of the rest nothing is
/// held: only the members that count tokens (PROVIDERS §8) and, where that is asked for, those that
/// name what the provider keeps, at most max_held bytes. Members beyond that, and members that are
/// not whole, are as if absent.
class top_members {
public:
  static constexpr std::size_t max_held = std::size_t{16} << 10;

  explicit top_members(bool with_names = false) : with_names_{with_names} {}

  /// Takes the next piece of the body.
  void feed(std::string_view piece);

  /// Whether the object has been closed.
  bool whole() const noexcept { return whole_; }

  /// What is held so far, as a JSON object.
  std::string text() const;

private:
  enum class part : std::uint8_t { other, name, wanted };

  bool take(json_skim::mark what);
  void begin_value();
  void end_member();
  void keep(std::string_view text);

  bool with_names_;
  json_skim skim_;
  part part_ = part::other;
  bool name_next_ = false; ///< a string at depth 1 is a member's name
  bool whole_ = false;
  std::string name_;        ///< of the current member, its start where it is long
  std::string held_;        ///< members, a comma behind each
  std::size_t members_ = 0; ///< how much of held_ is whole members
};

} // namespace keywheel::dialect
