#pragma once

#include <string>
#include <string_view>
#include <vector>

/// Words for people in messages about a configuration.
namespace keywheel::config {

/// Returns the word of `known` that `word` is most likely a misspelling of; empty if none is near.
std::string_view closest(std::string_view word, const std::vector<std::string>& known);

/// Returns ` (did you mean "…"?)` for the closest word, or an empty text.
std::string did_you_mean(std::string_view word, const std::vector<std::string>& known);

/// Returns what to say of a word that is none of `known`: `"…" is unknown (did you mean "…"?);
/// there are … and …`.
std::string unknown_word(std::string_view word, const std::vector<std::string>& known);

/// Returns a name in double quotes; one of more than `most` characters or with odd ones is not
/// repeated, since it may be a secret in the wrong place.
std::string quoted_name(std::string_view name, std::size_t most = 64);

/// Returns `text` as a TOML key: bare where TOML allows it, else quoted and escaped.
std::string toml_key(std::string_view text);

/// Returns `text` as a TOML basic string, in double quotes.
std::string toml_string(std::string_view text);

} // namespace keywheel::config
