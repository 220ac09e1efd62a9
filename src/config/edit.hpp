#pragma once

#include "config/load.hpp"

#include <string>
#include <variant>
#include <vector>

namespace keywheel::config {

/// A TOML value that a person's file may be asked to hold.
using value = std::variant<bool, std::int64_t, std::string, std::vector<std::string>>;

/// One field of one key: "in [[providers.P.keys]] named N, set FIELD to VALUE".
struct key_edit {
  std::string provider;
  std::string name;
  std::string field;
  value to;
};

/// One field of one model: "in [models.M], set FIELD to VALUE". A field of a table in it is dotted:
/// "cooldown.max".
struct model_edit {
  std::string model;
  std::string field;
  value to;
};

/// The changed text, or why it could not be changed.
struct edit_result {
  std::optional<std::string> text;
  std::string error;
};

/// Changes one field in the text of a TOML file and nothing else: comments, order, blank lines,
/// quoting and line ends stay byte for byte. A field that is absent is added below the last one of
/// its table, indented like it. The default credential (`api_key` in the provider's own
/// table) has no table for further fields: one named "default" is appended for it at the end of the
/// provider's part of the file. What the change means is not checked: parse() the text before
/// writing it.
edit_result edit(const std::string& text, const key_edit& change);
edit_result edit(const std::string& text, const model_edit& change);

/// Replaces the content of the file at `path` in one step: a reader sees the old text or the new
/// one. Symbolic links are followed to the real file; its mode (and owner, where allowed) are kept.
/// Returns an error text, empty if all went well. Blocking.
std::string replace_file(const std::string& path, const std::string& text);

} // namespace keywheel::config
