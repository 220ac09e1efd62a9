#include "config/document.hpp"
#include "config/edit_steps.hpp"
#include "config/words.hpp"

namespace keywheel::config {

namespace {

toml::table& provider_in(toml::table& root, const std::string& name) {
  return *root.get_as<toml::table>("providers")->get_as<toml::table>(name);
}

/// Takes the element out of the array of keys; the array, too, if its tables are all that it is.
edit_result remove_listed(const parsed_text& in, const removed_key& what, const key_place& place) {
  const toml_text now{in.text, in.root};
  auto expected = in.root;
  auto& provider = provider_in(expected, what.provider);
  auto& keys = *provider.get_as<toml::array>("keys");
  keys.erase(keys.begin() + static_cast<std::ptrdiff_t>(place.index));
  return verified(now.without_element(*place.keys, place.index), std::move(expected));
}

edit_result remove_shorthand(const parsed_text& in, const removed_key& what,
                             const key_place& place) {
  const auto& provider = *place.provider.back().node->as_table();
  const auto field = provider.find("api_key");
  auto expected = in.root;
  provider_in(expected, what.provider).erase("api_key");
  return verified(toml_text{in.text, in.root}.without(place.provider, field->first, field->second),
                  std::move(expected));
}

} // namespace

edit_result remove(const parsed_text& in, const removed_key& what) {
  const auto place = find_key(in.root, what.provider, what.name);
  if (place.provider.empty())
    return refusal(edit_failure::not_found, place.error);
  if (!place.error.empty())
    return refusal(edit_failure::unsuitable, place.error);
  if (!place.is_listed && !place.is_shorthand)
    return refusal(edit_failure::not_found, "provider " + quoted_name(what.provider)
                                                + " has no key " + quoted_name(what.name));
  if (!place.is_listed)
    return remove_shorthand(in, what, place);
  auto result = remove_listed(in, what, place);
  if (!result.text || !place.is_shorthand)
    return result;
  // Now the credential, in the provider's table.
  const auto parsed = parse_document(*result.text);
  return remove({*result.text, *parsed.root}, what);
}

edit_result remove(const parsed_text& in, const removed_model& what) {
  const auto path = find_path(in.root, {"models"});
  const auto* models = path.empty() ? nullptr : path.back().node->as_table();
  const auto found = models ? models->find(what.name) : toml::table::const_iterator{};
  if (!models || found == models->end())
    return refusal(edit_failure::not_found, "there is no model " + quoted_name(what.name));
  auto expected = in.root;
  expected.get_as<toml::table>("models")->erase(what.name);
  return verified(toml_text{in.text, in.root}.without(path, found->first, found->second),
                  std::move(expected));
}

} // namespace keywheel::config
