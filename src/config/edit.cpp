#include "config/edit.hpp"

#include "config/document.hpp"
#include "config/edit_steps.hpp"
#include "config/words.hpp"

#include <algorithm>

namespace keywheel::config {

namespace {

bool is_field_name(std::string_view name) {
  return !name.empty() && std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
  });
}

/// One table and what it shall become.
struct target {
  node_path path;
  const toml::table* now;
  toml::table* expected; ///< the same table in a copy of the whole file
};

edit_result take_field(const parsed_text& in, const toml::table& expected_root, const target& of,
                       const std::string& field) {
  const auto found = of.now->find(field);
  if (found == of.now->end())
    return {in.text, {}};
  of.expected->erase(field);
  return verified(toml_text{in.text, in.root}.without(of.path, found->first, found->second),
                  expected_root);
}

edit_result set_field(const parsed_text& in, const toml::table& expected_root, const target& of,
                      const std::string& field, const std::optional<value>& to) {
  const auto* old = of.now->get(field);
  if (old && (old->is_table() || old->is_array_of_tables()))
    return refusal(edit_failure::unsuitable, "\"" + field + "\" is a table");
  if (!to)
    return take_field(in, expected_root, of, field);
  assign(*of.expected, field, *to);
  if (old && expected_root == in.root)
    return {in.text, {}};
  const toml_text now{in.text, in.root};
  if (old)
    return verified(now.with_value(*old, written(*to, now.source_of(*old))), expected_root);
  return verified(now.with_field(of.path, {field, written(*to)}), expected_root);
}

/// Gives the default credential, which has no table of its own, one for its first further field.
edit_result add_default_table(const parsed_text& in, toml::table& expected_root,
                              const key_place& place, toml::table& expected_provider,
                              const key_edit& change) {
  if (!change.to)
    return {in.text, {}};
  toml::table added;
  added.insert_or_assign("name", default_key);
  assign(added, change.field, *change.to);
  if (!expected_provider.contains("keys"))
    expected_provider.insert_or_assign("keys", toml::array{});
  expected_provider.get_as<toml::array>("keys")->push_back(std::move(added));
  const std::vector<written_field> fields{{"name", toml_string(default_key)},
                                          {change.field, written(*change.to)}};
  return verified(
      toml_text{in.text, in.root}.with_element(place.provider, "keys", place.keys, fields),
      expected_root);
}

edit_result apply(const parsed_text& in, const key_edit& change) {
  auto place = find_key(in.root, change.provider, change.name);
  if (place.provider.empty())
    return refusal(edit_failure::not_found, place.error);
  if (!place.error.empty())
    return refusal(edit_failure::unsuitable, place.error);
  auto expected = in.root;
  auto& expected_provider =
      *expected.get_as<toml::table>("providers")->get_as<toml::table>(change.provider);
  if (place.is_shorthand && change.field == "name")
    return refusal(edit_failure::unsuitable,
                   "the key \"default\" is the provider's own api_key and cannot be renamed");
  if (place.is_shorthand && change.field == "api_key")
    return set_field(in, expected,
                     {place.provider, place.provider.back().node->as_table(), &expected_provider},
                     "api_key", change.to);
  if (place.is_shorthand && !place.is_listed)
    return add_default_table(in, expected, place, expected_provider, change);
  if (!place.is_listed)
    return refusal(edit_failure::not_found, "provider " + quoted_name(change.provider)
                                                + " has no key " + quoted_name(change.name));
  const auto* key = place.keys->get_as<toml::table>(place.index);
  auto path = place.provider;
  path.push_back({nullptr, place.keys});
  path.push_back({nullptr, key});
  auto* expected_key =
      expected_provider.get_as<toml::array>("keys")->get_as<toml::table>(place.index);
  return set_field(in, expected, {path, key, expected_key}, change.field, change.to);
}

/// Writes the first field of a table that is not there yet, as a dotted field of its owner.
edit_result add_dotted_field(const parsed_text& in, const toml::table& expected_root,
                             const target& owner, const model_edit& change) {
  const auto inner = change.field.substr(0, change.field.find('.'));
  if (owner.now->contains(inner))
    return refusal(edit_failure::unsuitable, "\"" + inner + "\" is no table");
  if (!change.to)
    return {in.text, {}};
  assign(*owner.expected, change.field, *change.to);
  return verified(
      toml_text{in.text, in.root}.with_field(owner.path, {change.field, written(*change.to)}),
      expected_root);
}

edit_result apply(const parsed_text& in, const model_edit& change) {
  auto path = find_path(in.root, {"models", change.model});
  if (path.size() < 2)
    return refusal(edit_failure::not_found, "there is no model " + quoted_name(change.model));
  auto expected = in.root;
  const target model{path, path.back().node->as_table(),
                     expected.get_as<toml::table>("models")->get_as<toml::table>(change.model)};
  const auto dot = change.field.find('.');
  if (dot == std::string::npos)
    return set_field(in, expected, model, change.field, change.to);
  const auto inner = change.field.substr(0, dot);
  path = find_path(in.root, {"models", change.model, inner});
  if (path.size() < 3)
    return add_dotted_field(in, expected, model, change);
  return set_field(in, expected,
                   {path, path.back().node->as_table(), model.expected->get_as<toml::table>(inner)},
                   change.field.substr(dot + 1), change.to);
}

template <class New>
requires requires(const New& what) {
  what.fields;
}
edit_result apply(const parsed_text& in, const New& what) {
  return add(in, what);
}

template <class Removed>
edit_result apply(const parsed_text& in, const Removed& what) {
  return remove(in, what);
}

/// Answers whether `field` is the name of one field in a table of a model.
bool is_inner_field_name(std::string_view field) {
  const auto dot = field.find('.');
  return dot != std::string_view::npos && is_field_name(field.substr(0, dot))
         && is_field_name(field.substr(dot + 1));
}

/// Returns the name of a field that is none; empty if all are good.
struct bad_field {
  using result = std::optional<std::string>;

  result operator()(const key_edit& change) const {
    return is_field_name(change.field) ? result{} : change.field;
  }
  result operator()(const model_edit& change) const { return of_table(change.field); }
  result operator()(const removed_key&) const { return {}; }
  result operator()(const removed_model&) const { return {}; }
  template <class New>
  result operator()(const New& what) const {
    for (const auto& field : what.fields)
      if (auto bad = of_table(field.name))
        return bad;
    return {};
  }

private:
  static result of_table(const std::string& field) {
    return is_field_name(field) || is_inner_field_name(field) ? result{} : field;
  }
};

} // namespace

edit_result edit(const std::string& text, const change& what) {
  if (const auto bad = std::visit(bad_field{}, what))
    return refusal(edit_failure::unsuitable, quoted_name(*bad) + " is not the name of a field");
  const auto parsed = parse_document(text);
  if (!parsed.root)
    return refusal(edit_failure::unsuitable, to_string(parsed.wrong));
  return std::visit(
      [&](const auto& one) {
        return apply(parsed_text{text, *parsed.root}, one);
      },
      what);
}

edit_result edit(const std::string& text, const std::vector<change>& all) {
  edit_result result{text, {}};
  for (const auto& each : all) {
    result = edit(*result.text, each);
    if (!result.text)
      break;
  }
  return result;
}

} // namespace keywheel::config
