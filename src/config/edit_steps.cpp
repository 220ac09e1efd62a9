#include "config/edit_steps.hpp"

#include "config/document.hpp"
#include "config/words.hpp"

#include <algorithm>

namespace keywheel::config {

namespace {

/// Turns a value into a node in a tree.
struct assigner {
  toml::table& table;
  const std::string& field;

  void operator()(const std::vector<std::string>& texts) const {
    toml::array array;
    for (const auto& text : texts)
      array.push_back(text);
    table.insert_or_assign(field, std::move(array));
  }
  void operator()(const secret& what) const { table.insert_or_assign(field, what.reveal()); }
  void operator()(const kept_secret&) const { table.insert_or_assign(field, std::string{}); }
  template <class Simple>
  void operator()(const Simple& what) const {
    table.insert_or_assign(field, what);
  }
};

bool is_empty(const toml::node& node) {
  const auto* table = node.as_table();
  const auto* array = node.as_array();
  return (table && table->empty()) || (array && array->empty());
}

/// Takes empty tables out of `expected` that are not in `found`: one that is there only through
/// what is in it goes with the last of that.
void forget_unwritten(toml::table& expected, const toml::table& found) {
  std::vector<std::string> gone;
  for (auto&& [key, node] : expected) {
    const auto* other = found.get(key.str());
    if (auto* table = node.as_table(); table && other && other->is_table())
      forget_unwritten(*table, *other->as_table());
    else if (!other && is_empty(node))
      gone.emplace_back(key.str());
  }
  for (const auto& name : gone)
    expected.erase(name);
}

} // namespace

edit_result refusal(edit_failure why, std::string error) {
  return {std::nullopt, std::move(error), why};
}

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

key_place find_key(const toml::table& root, const std::string& provider, const std::string& name) {
  key_place result;
  result.provider = find_path(root, {"providers", provider});
  if (result.provider.size() < 2) {
    result.provider.clear();
    result.error = "there is no provider " + quoted_name(provider);
    return result;
  }
  const auto& table = *result.provider.back().node->as_table();
  if (const auto* given = table.get("keys"); given && !given->is_array()) {
    result.error = "\"keys\" of provider " + quoted_name(provider) + " is no array of tables";
    return result;
  }
  result.is_shorthand = name == default_key && table.contains("api_key");
  result.keys = table.get_as<toml::array>("keys");
  if (!result.keys)
    return result;
  const auto is_it = [&name](const toml::node& element) {
    const auto* key = element.as_table();
    const auto* given = key ? key->get_as<std::string>("name") : nullptr;
    return given && given->get() == name;
  };
  const auto found = std::find_if(result.keys->begin(), result.keys->end(), is_it);
  result.index = static_cast<std::size_t>(found - result.keys->begin());
  result.is_listed = found != result.keys->end();
  return result;
}

void assign(toml::table& table, const std::string& name, const value& to) {
  const auto dot = name.find('.');
  if (dot == std::string::npos)
    return std::visit(assigner{table, name}, to);
  const auto inner = name.substr(0, dot);
  if (!table.contains(inner))
    table.insert_or_assign(inner, toml::table{});
  if (auto* found = table.get_as<toml::table>(inner))
    assign(*found, name.substr(dot + 1), to);
}

edit_result verified(std::string text, toml::table expected) {
  const auto parsed = parse_document(text);
  if (!parsed.root)
    return refusal(edit_failure::unsuitable,
                   "the change would not leave valid TOML: " + parsed.wrong.message);
  forget_unwritten(expected, *parsed.root);
  if (*parsed.root != expected)
    return refusal(edit_failure::unsuitable,
                   "the file is written in a way in which this cannot be changed alone");
  return {std::move(text), {}};
}

} // namespace keywheel::config
