#include "config/config.hpp"

#include <algorithm>
#include <array>
#include <cstddef>

namespace keywheel::config {

namespace {

/// By number.
constexpr std::array<std::string_view, 4> strategy_words{"round_robin", "weighted",
                                                         "least_in_flight", "fill_first"};
static_assert(strategy_words.size() == static_cast<std::size_t>(strategy_kind::fill_first) + 1);

/// By number.
constexpr std::array<std::string_view, 6> level_words{"trace",   "debug", "info",
                                                      "warning", "error", "off"};
static_assert(level_words.size() == static_cast<std::size_t>(log_level::off) + 1);

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

std::string_view to_string(strategy_kind which) noexcept {
  return strategy_words[static_cast<std::size_t>(which)];
}

std::optional<strategy_kind> strategy_from_string(std::string_view word) noexcept {
  const auto found = std::find(strategy_words.begin(), strategy_words.end(), word);
  if (found == strategy_words.end())
    return std::nullopt;
  return static_cast<strategy_kind>(found - strategy_words.begin());
}

std::string_view to_string(log_level which) noexcept {
  return level_words[static_cast<std::size_t>(which)];
}

std::optional<log_level> log_level_from_string(std::string_view word) noexcept {
  const auto found = std::find(level_words.begin(), level_words.end(), word);
  if (found == level_words.end())
    return std::nullopt;
  return static_cast<log_level>(found - level_words.begin());
}

const model_config* find_model(const config& of, std::string_view name) noexcept {
  const model_config* result = nullptr;
  if (name == no_model)
    return nullptr;
  for (const auto& model : of.models) {
    if (model.name == name)
      return &model;
    if (model.is_pattern() && matches(model.name, name)
        && (!result || literal_characters(model) > literal_characters(*result)))
      result = &model;
  }
  return result;
}

model_config without_model(const provider_config& of) {
  model_config result;
  result.name = no_model;
  result.provider = of.name;
  result.cooldown = of.cooldown;
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
