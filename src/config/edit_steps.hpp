#pragma once

#include "config/edit.hpp"
#include "config/toml_text.hpp"

#include <toml++/toml.h>

#include <initializer_list>
#include <string>
#include <string_view>

/// The steps that all kinds of edits are made of. For edit*.cpp only.
namespace keywheel::config {

/// The name of the key that a provider's own `api_key` is.
inline constexpr std::string_view default_key = "default";

/// A text and the tree parsed from it.
struct parsed_text {
  const std::string& text;
  const toml::table& root;
};

edit_result refusal(edit_failure why, std::string error);

/// Walks down tables by name. Stops where there is no such table; the result is then shorter.
node_path find_path(const toml::table& root, std::initializer_list<std::string_view> names);

/// Where a key is written; see find_key.
struct key_place {
  node_path provider;                ///< empty if there is no such provider
  const toml::array* keys = nullptr; ///< null: there is none
  std::size_t index = 0;             ///< in `keys`
  bool is_listed = false;            ///< it is the element at `index`
  bool is_shorthand = false;         ///< it is the `api_key` in the provider's table
  std::string error;                 ///< the file is no configuration, or there is no such provider
};
key_place find_key(const toml::table& root, const std::string& provider, const std::string& name);

/// Puts a value into a tree; `name` may be dotted.
void assign(toml::table& table, const std::string& name, const value& to);

/// Passes a changed text on if it says what it should and nothing else is different. Tables of
/// `expected` that are empty need not be there.
edit_result verified(std::string text, toml::table expected);

edit_result add(const parsed_text& in, const new_key& what);
edit_result add(const parsed_text& in, const new_provider& what);
edit_result add(const parsed_text& in, const new_model& what);
edit_result remove(const parsed_text& in, const removed_key& what);
edit_result remove(const parsed_text& in, const removed_model& what);

} // namespace keywheel::config
