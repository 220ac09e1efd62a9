#pragma once

#include "config/load.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace keywheel::config {

/// A secret that a person gave in clear, to be kept in a file of its own; the TOML gets that file's
/// name (edit_file.hpp).
struct kept_secret {
  explicit kept_secret(secret what) : clear(std::move(what)) {}
  secret clear;
  bool operator==(const kept_secret&) const = default;
};

/// What a person's file may be asked to hold: a TOML value, or a secret, which is never part of any
/// message. A `secret` is written into the file as it stands.
using value =
    std::variant<bool, std::int64_t, std::string, std::vector<std::string>, secret, kept_secret>;

/// One field of one key: "in [[providers.P.keys]] named N, set FIELD to VALUE", or take it away, so
/// that its default holds.
struct key_edit {
  std::string provider;
  std::string name;
  std::string field;
  std::optional<value> to; ///< nothing: take it away
};

/// One field of one model: "in [models.M], set FIELD to VALUE". A field of a table in it is dotted:
/// "cooldown.max".
struct model_edit {
  std::string model;
  std::string field;
  std::optional<value> to; ///< nothing: take it away
};

/// A field of something new. Dotted like model_edit's.
struct new_field {
  std::string name;
  value is;
};

/// A key to be added to the end of its provider's: as a [[providers.P.keys]] table, or in line
/// where the provider's keys are.
struct new_key {
  std::string provider;
  std::string name;
  std::vector<new_field> fields; ///< all but the name
};

/// A provider to be added behind the others.
struct new_provider {
  std::string name;
  std::vector<new_field> fields;
};

/// A model to be added behind the others.
struct new_model {
  std::string name;
  std::vector<new_field> fields;
};

/// A key to be removed, wherever it is written: its table, its element of an array, the `api_key`
/// in its provider's table, or the last two.
struct removed_key {
  std::string provider;
  std::string name;
};

/// A model to be removed, with the tables in it.
struct removed_model {
  std::string name;
};

using change = std::variant<key_edit, model_edit, new_key, new_provider, new_model, removed_key,
                            removed_model>;

/// Why an edit was refused.
enum class edit_failure : std::uint8_t {
  none,
  not_found,    ///< what is to be changed or removed is not there
  exists,       ///< what is to be added is there
  unsuitable,   ///< the text is written in a way in which this cannot be done
  file_changed, ///< somebody else is writing the file
  unwritable    ///< the file system says no
};

/// The changed text, or why it could not be changed.
struct edit_result {
  std::optional<std::string> text;
  std::string error;
  edit_failure why = edit_failure::none;
};

/// Makes one change in the text of a TOML file and no other: comments, order, blank lines, quoting
/// and line ends stay byte for byte, and a file without a line break at its end gets none.
///
/// - A field that is absent is added below the last one of its table, indented like it. One that is
///   taken away goes with its line and the comment behind it; comments above it stay, for they may
///   speak of the lines below as well.
/// - The default credential (`api_key` in the provider's own table) has no table for further
///   fields: one named "default" is appended for it at the end of the provider's part of the file.
/// - A new table looks like its neighbours and comes behind them, below a blank line.
/// - A table that is removed goes with the comment lines directly above its header (not those that
///   begin the file), the comment lines directly below its last field if a blank line or the end of
///   the file follows them, and one blank line. Comments apart from it stay.
/// - An element of an array that has lines to itself goes with them and the comment lines directly
///   above; another one goes alone, with its comma.
///
/// What the change means is not checked: parse() the text before writing it.
edit_result edit(const std::string& text, const change& what);

/// Makes the changes one after the other; all of them or none.
edit_result edit(const std::string& text, const std::vector<change>& all);

/// Replaces the content of the file at `path` in one step: a reader sees the old text or the new
/// one. Symbolic links are followed to the real file; its mode (and owner, where allowed) are kept.
/// Returns an error text, empty if all went well. Blocking.
std::string replace_file(const std::string& path, const std::string& text);

/// What became of replacing a file that others write, too.
struct replacement {
  std::string error;    ///< empty if all went well
  bool changed = false; ///< the file did not hold `before`: nothing was replaced
};

/// The same, but only if the file holds `before` at the instant it is replaced. Where the file
/// system cannot exchange two files at once, the instant is a few microseconds long.
replacement replace_file(const std::string& path, const std::string& before,
                         const std::string& text);

} // namespace keywheel::config
