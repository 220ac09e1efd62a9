#pragma once

#include <cstddef>
#include <string_view>

namespace keywheel::dialect {

/// Answers whether all of `text` has the form of `pattern`, in which `*` stands for any run of
/// bytes and everything else for itself, without regard to ASCII case. So a pattern that does not
/// begin with `*` is anchored at the text's start. Takes at most the product of both lengths in
/// steps.
bool matches(std::string_view pattern, std::string_view text) noexcept;

/// Returns where `words` stands in `text`, without regard to ASCII case; npos if nowhere.
std::size_t find_words(std::string_view text, std::string_view words) noexcept;

} // namespace keywheel::dialect
