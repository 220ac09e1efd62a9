#pragma once

#include "dialect/usage.hpp"

#include <rapidjson/document.h>

#include <array>
#include <cstddef>
#include <cstdint>

namespace keywheel::dialect {

/// Collects the counts of tokens that an answer gives, at once or event by event, whatever words
/// its provider has for them (PROVIDERS §8). Counts are cumulative: a later one replaces an earlier
/// one of that name, but a zero says nothing once there is a count.
class usage_tally {
public:
  /// Looks for counts in a whole body or one event, in all the places known. Returns whether there
  /// was any. @pre `root` is an object
  bool read(const rapidjson::Value& root);

  /// The counts so far, normalised.
  usage normalised() const noexcept;

  /// What the providers' words stand for.
  enum class count : std::uint8_t {
    prompt,        ///< input, cached included
    input,         ///< input, without what cache_read and cache_written count
    tool_input,    ///< input from tools, beyond `prompt`
    cached,        ///< of the input
    cache_read,    ///< beyond `input`
    cache_written, ///< beyond `input`
    output,        ///< with reasoning, unless `total` says that it is without
    reasoning,     ///< of the output
    thoughts,      ///< reasoning, beyond `output`
    total
  };

private:
  bool read_place(const rapidjson::Value* place);
  template <class Words>
  bool read_words(const rapidjson::Value* object, const Words& known);
  std::int64_t of(count which) const noexcept { return counts_[static_cast<std::size_t>(which)]; }

  std::array<std::int64_t, static_cast<std::size_t>(count::total) + 1> counts_{};
  bool known_ = false;
};

} // namespace keywheel::dialect
