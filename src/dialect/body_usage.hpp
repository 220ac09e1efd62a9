#pragma once

#include "dialect/json_skim.hpp"
#include "dialect/usage.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace keywheel::dialect {

/// Finds the usage in an answer that is one JSON object while its bytes arrive in any pieces. Such
/// bodies may be tens of megabytes (embeddings), so only the top-level members that count tokens
/// (PROVIDERS §8) are held, at most max_held bytes; members beyond that, and members that are not
/// whole, are as if absent.
class body_usage {
public:
  static constexpr std::size_t max_held = std::size_t{16} << 10;

  /// Takes the next piece of the body.
  void feed(std::string_view piece);

  /// The counts so far, normalised.
  usage read() const;

private:
  enum class part : std::uint8_t { other, name, wanted };

  bool take(json_skim::mark what);
  void begin_value();
  void end_member();
  void keep(std::string_view text);

  json_skim skim_;
  part part_ = part::other;
  bool name_next_ = false; ///< a string at depth 1 is a member's name
  bool whole_ = false;
  std::string name_;        ///< of the current member, its start where it is long
  std::string held_;        ///< members that count tokens, a comma behind each
  std::size_t members_ = 0; ///< how much of held_ is whole members
};

} // namespace keywheel::dialect
