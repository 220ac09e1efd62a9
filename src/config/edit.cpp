#include "config/edit.hpp"

#include "config/document.hpp"
#include "config/toml_text.hpp"
#include "config/words.hpp"

#include <algorithm>

namespace keywheel::config {

namespace {

constexpr std::string_view default_key = "default";

edit_result refusal(std::string why) {
  return {std::nullopt, std::move(why)};
}

bool is_field_name(std::string_view name) {
  return !name.empty() && std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || c == '_';
  });
}

/// Walks down tables by name. Stops where there is no such table; the result is then shorter.
node_path find_path(const toml::table& root, std::initializer_list<std::string_view> names) {
  node_path result;
  const auto* table = &root;
  for (const auto name : names) {
    const auto found = table->find(name);
    if (found == table->end() || !found->second.is_table())
      break;
    result.push_back({&found->first, &found->second});
    table = found->second.as_table();
  }
  return result;
}

/// The index of the element of `keys` that is called `name`; its size if there is none.
std::size_t find_key(const toml::array& keys, const std::string& name) {
  const auto found = std::find_if(keys.begin(), keys.end(), [&name](const toml::node& element) {
    const auto* table = element.as_table();
    const auto* given = table ? table->get_as<std::string>("name") : nullptr;
    return given && given->get() == name;
  });
  return static_cast<std::size_t>(found - keys.begin());
}

void assign(toml::table& table, const std::string& field, const value& to) {
  if (const auto* texts = std::get_if<std::vector<std::string>>(&to)) {
    toml::array array;
    for (const auto& text : *texts)
      array.push_back(text);
    table.insert_or_assign(field, std::move(array));
  } else {
    std::visit(
        [&](const auto& simple) {
          if constexpr (!std::is_same_v<decltype(simple), const std::vector<std::string>&>)
            table.insert_or_assign(field, simple);
        },
        to);
  }
}

/// Passes a changed text on if it says what it should and nothing else is different.
edit_result verified(std::string text, const toml::table& expected) {
  const auto parsed = parse_document(text);
  if (!parsed.root)
    return refusal("the change would not leave valid TOML: " + parsed.wrong.message);
  if (*parsed.root != expected)
    return refusal("the file is written in a way in which this cannot be changed alone");
  return {std::move(text), {}};
}

/// One table and what it shall become.
struct target {
  node_path path;
  const toml::table* now;
  toml::table* expected; ///< the same table in a copy of the whole file
};

edit_result set_field(const std::string& text, const toml::table& root,
                      const toml::table& expected_root, const target& in, const std::string& field,
                      const value& to) {
  assign(*in.expected, field, to);
  const auto* old = in.now->get(field);
  if (old && (old->is_table() || old->is_array_of_tables()))
    return refusal("\"" + field + "\" is a table");
  if (old && expected_root == root)
    return {text, {}};
  const toml_text now{text, root};
  if (old)
    return verified(now.with_value(*old, written(to, now.source_of(*old))), expected_root);
  return verified(now.with_field(in.path, {field, written(to)}), expected_root);
}

/// Gives the default credential, which has no table of its own, one for its first further field.
edit_result add_default_table(const std::string& text, const toml::table& root,
                              toml::table& expected_root, const node_path& provider,
                              toml::table& expected_provider, const key_edit& change) {
  const auto* keys = provider.back().node->as_table()->get_as<toml::array>("keys");
  toml::table added;
  added.insert_or_assign("name", default_key);
  assign(added, change.field, change.to);
  if (!expected_provider.contains("keys"))
    expected_provider.insert_or_assign("keys", toml::array{});
  expected_provider.get_as<toml::array>("keys")->push_back(std::move(added));
  const std::vector<written_field> fields{{"name", toml_string(default_key)},
                                          {change.field, written(change.to)}};
  return verified(toml_text{text, root}.with_element(provider, "keys", keys, fields),
                  expected_root);
}

edit_result edit_key(const std::string& text, const toml::table& root, const key_edit& change) {
  auto path = find_path(root, {"providers", change.provider});
  if (path.size() < 2)
    return refusal("there is no provider " + quoted_name(change.provider));
  const auto& provider = *path.back().node->as_table();
  auto expected = root;
  auto& expected_provider =
      *expected.get_as<toml::table>("providers")->get_as<toml::table>(change.provider);
  if (const auto* given = provider.get("keys"); given && !given->is_array())
    return refusal("\"keys\" of provider " + quoted_name(change.provider)
                   + " is no array of tables");
  const auto* keys = provider.get_as<toml::array>("keys");
  const auto index = keys ? find_key(*keys, change.name) : 0;
  const bool is_listed = keys && index < keys->size();
  const bool is_shorthand = change.name == default_key && provider.contains("api_key");
  if (is_shorthand && change.field == "name")
    return refusal("the key \"default\" is the provider's own api_key and cannot be renamed");
  if (is_shorthand && change.field == "api_key")
    return set_field(text, root, expected, {path, &provider, &expected_provider}, "api_key",
                     change.to);
  if (is_shorthand && !is_listed)
    return add_default_table(text, root, expected, path, expected_provider, change);
  if (!is_listed)
    return refusal("provider " + quoted_name(change.provider) + " has no key "
                   + quoted_name(change.name));
  const auto* key = keys->get_as<toml::table>(index);
  path.push_back({nullptr, keys});
  path.push_back({nullptr, key});
  auto* expected_key = expected_provider.get_as<toml::array>("keys")->get_as<toml::table>(index);
  return set_field(text, root, expected, {path, key, expected_key}, change.field, change.to);
}

/// Writes the first field of a table that is not there yet, as a dotted field of its owner.
edit_result add_dotted_field(const std::string& text, const toml::table& root,
                             const toml::table& expected_root, const target& owner,
                             const std::string& inner, const std::string& field, const value& to) {
  if (owner.now->contains(inner))
    return refusal("\"" + inner + "\" is no table");
  toml::table added;
  assign(added, field, to);
  owner.expected->insert_or_assign(inner, std::move(added));
  return verified(toml_text{text, root}.with_field(owner.path, {inner + "." + field, written(to)}),
                  expected_root);
}

edit_result edit_model(const std::string& text, const toml::table& root, const model_edit& change) {
  auto path = find_path(root, {"models", change.model});
  if (path.size() < 2)
    return refusal("there is no model " + quoted_name(change.model));
  auto expected = root;
  const target model{path, path.back().node->as_table(),
                     expected.get_as<toml::table>("models")->get_as<toml::table>(change.model)};
  const auto dot = change.field.find('.');
  if (dot == std::string::npos)
    return set_field(text, root, expected, model, change.field, change.to);
  const auto inner = change.field.substr(0, dot);
  const auto field = change.field.substr(dot + 1);
  path = find_path(root, {"models", change.model, inner});
  if (path.size() < 3)
    return add_dotted_field(text, root, expected, model, inner, field, change.to);
  return set_field(text, root, expected,
                   {path, path.back().node->as_table(), model.expected->get_as<toml::table>(inner)},
                   field, change.to);
}

/// Answers whether `field` is the name of one field in a table of a model.
bool is_inner_field_name(std::string_view field) {
  const auto dot = field.find('.');
  return dot != std::string_view::npos && is_field_name(field.substr(0, dot))
         && is_field_name(field.substr(dot + 1));
}

bool names_a_field(const key_edit& change) {
  return is_field_name(change.field);
}

bool names_a_field(const model_edit& change) {
  return is_field_name(change.field) || is_inner_field_name(change.field);
}

template <class Change, class Function>
edit_result with_parsed(const std::string& text, const Change& change, Function function) {
  if (!names_a_field(change))
    return refusal(quoted_name(change.field) + " is not the name of a field");
  const auto parsed = parse_document(text);
  if (!parsed.root)
    return refusal(to_string(parsed.wrong));
  return function(text, *parsed.root, change);
}

} // namespace

edit_result edit(const std::string& text, const key_edit& change) {
  return with_parsed(text, change, edit_key);
}

edit_result edit(const std::string& text, const model_edit& change) {
  return with_parsed(text, change, edit_model);
}

} // namespace keywheel::config
