#pragma once

#include "config/load.hpp"

#include <toml++/toml.h>

#include <optional>
#include <string>
#include <string_view>

/// TOML as a tree of nodes that know where they stand in the text. Positions are toml++'s: lines
/// end with a line feed, columns count code points, both from 1; a byte order mark counts for
/// nothing.
namespace keywheel::config {

/// Either a tree or what is wrong with the text. `wrong.file` is left empty.
struct document {
  std::optional<toml::table> root;
  problem wrong;
};

/// Parses `text`. The message quotes no part of a value, for it may be a secret.
document parse_document(std::string_view text);

} // namespace keywheel::config
