#include "config/config.hpp"

#include <algorithm>

namespace keywheel::config {

namespace {

bool admits(const key_config& key, std::string_view name) {
  return key.models.empty()
         || std::any_of(key.models.begin(), key.models.end(),
                        [name](const std::string& entry) { return matches(entry, name); });
}

std::size_t literal_characters(const model_config& model) {
  return model.name.size()
         - static_cast<std::size_t>(std::count(model.name.begin(), model.name.end(), '*'));
}

} // namespace

const model_config* find_model(const config& of, std::string_view name) noexcept {
  const model_config* result = nullptr;
  for (const auto& model : of.models) {
    if (model.name == name)
      return &model;
    if (model.is_pattern() && matches(model.name, name)
        && (!result || literal_characters(model) > literal_characters(*result)))
      result = &model;
  }
  return result;
}

std::vector<const key_config*> keys_of(const config& of, const model_config& model,
                                       std::string_view name) {
  std::vector<const key_config*> result;
  const auto provider = of.providers.find(model.provider);
  if (provider == of.providers.end())
    return result;
  for (const auto& key : provider->second.keys)
    if (admits(key, name))
      result.push_back(&key);
  if (model.load_balancing == false && result.size() > 1) {
    const auto by_default = std::find_if(
        result.begin(), result.end(), [](const key_config* key) { return key->name == "default"; });
    result = {by_default == result.end() ? result.front() : *by_default};
  }
  return result;
}

} // namespace keywheel::config
