#include "config/edit_steps.hpp"
#include "config/words.hpp"

namespace keywheel::config {

namespace {

std::vector<written_field> written_fields(const std::vector<new_field>& fields) {
  std::vector<written_field> result;
  for (const auto& field : fields)
    result.push_back({field.name, written(field.is)});
  return result;
}

toml::table table_of(const std::vector<new_field>& fields) {
  toml::table result;
  for (const auto& field : fields)
    assign(result, field.name, field.is);
  return result;
}

/// Adds a table to those in the table `parent` of the root.
edit_result add_table(const parsed_text& in, const std::string& parent, const std::string& name,
                      const std::vector<new_field>& fields) {
  const auto* there = in.root.get(parent);
  if (there && !there->is_table())
    return refusal(edit_failure::unsuitable, "\"" + parent + "\" is no table");
  auto expected = in.root;
  if (!there)
    expected.insert_or_assign(parent, toml::table{});
  expected.get_as<toml::table>(parent)->insert_or_assign(name, table_of(fields));
  return verified(toml_text{in.text, in.root}.with_table(parent, name, written_fields(fields)),
                  std::move(expected));
}

bool is_there(const toml::table& root, const std::string& parent, const std::string& name) {
  const auto* table = root.get_as<toml::table>(parent);
  return table && table->contains(name);
}

} // namespace

edit_result add(const parsed_text& in, const new_key& what) {
  const auto place = find_key(in.root, what.provider, what.name);
  if (place.provider.empty())
    return refusal(edit_failure::not_found, place.error);
  if (!place.error.empty())
    return refusal(edit_failure::unsuitable, place.error);
  if (place.is_listed || place.is_shorthand)
    return refusal(edit_failure::exists, "provider " + quoted_name(what.provider) + " has a key "
                                             + quoted_name(what.name) + " already");
  auto fields = what.fields;
  fields.insert(fields.begin(), {"name", what.name});
  auto expected = in.root;
  auto& provider = *expected.get_as<toml::table>("providers")->get_as<toml::table>(what.provider);
  if (!place.keys)
    provider.insert_or_assign("keys", toml::array{});
  provider.get_as<toml::array>("keys")->push_back(table_of(fields));
  return verified(toml_text{in.text, in.root}.with_element(place.provider, "keys", place.keys,
                                                           written_fields(fields)),
                  std::move(expected));
}

edit_result add(const parsed_text& in, const new_provider& what) {
  if (is_there(in.root, "providers", what.name))
    return refusal(edit_failure::exists,
                   "there is a provider " + quoted_name(what.name) + " already");
  return add_table(in, "providers", what.name, what.fields);
}

edit_result add(const parsed_text& in, const new_model& what) {
  if (is_there(in.root, "models", what.name))
    return refusal(edit_failure::exists, "there is a model " + quoted_name(what.name) + " already");
  return add_table(in, "models", what.name, what.fields);
}

} // namespace keywheel::config
