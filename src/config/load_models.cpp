#include "config/pattern.hpp"
#include "config/sections.hpp"
#include "config/words.hpp"

#include <algorithm>

namespace keywheel::config {

namespace {

constexpr std::size_t longest_model_name = 256;

constexpr std::int64_t most_attempts = 100;

bool fits_model_name(std::string_view name) {
  const auto fits = [](char c) { return static_cast<unsigned char>(c) > ' ' && c != '\x7f'; };
  return !name.empty() && name.size() <= longest_model_name
         && std::all_of(name.begin(), name.end(), fits);
}

void read_strategy(table_reader& table, model_config& model) {
  const auto word = table.text("strategy");
  if (!word)
    return;
  if (const auto known = strategy_from_string(*word)) {
    model.strategy = *known;
    return;
  }
  std::vector<std::string> strategies;
  for (const auto each : {strategy_kind::round_robin, strategy_kind::weighted,
                          strategy_kind::least_in_flight, strategy_kind::fill_first})
    strategies.emplace_back(to_string(each));
  table.error("strategy", unknown_word(*word, strategies));
}

/// The number of keys that serve some name that `model` stands for.
std::size_t serving_keys(const provider_config& provider, const model_config& model) {
  const auto serves = [&model](const key_config& key) {
    const auto fits = [&model](const std::string& entry) { return overlap(entry, model.name); };
    return key.models.empty() || std::any_of(key.models.begin(), key.models.end(), fits);
  };
  return static_cast<std::size_t>(
      std::count_if(provider.keys.begin(), provider.keys.end(), serves));
}

void check_keys(table_reader& table, const provider_config& provider, const model_config& model) {
  if (provider.keys.empty())
    return; // said where the provider is
  const auto serving = serving_keys(provider, model);
  if (serving == 0)
    table.error("provider", quoted_name(model.provider)
                                + " has no key for this model: no key's models admit it");
  else if (model.load_balancing == true && serving < 2)
    table.error("load_balancing", "needs two or more keys, but provider "
                                      + quoted_name(model.provider) + " has one for this model");
}

} // namespace

void read_model(const std::string& name, table_reader& table, reading& state) {
  model_config model;
  model.name = name;
  if (!fits_model_name(name))
    table.error("a model's name must have 1 to 256 characters, no blanks or control characters");
  table.require("provider");
  model.provider = table.text("provider").value_or("");
  model.upstream_model = table.text("upstream_model").value_or("");
  model.load_balancing = table.boolean("load_balancing");
  read_strategy(table, model);
  model.sticky = table.boolean("sticky").value_or(model.sticky);
  model.max_attempts = static_cast<unsigned>(
      table.integer("max_attempts", 1, most_attempts).value_or(model.max_attempts));
  model.replay_unanswered = table.boolean("replay_unanswered").value_or(model.replay_unanswered);
  const auto provider = state.into.providers.find(model.provider);
  model.cooldown =
      provider == state.into.providers.end() ? state.into.cooldown : provider->second.cooldown;
  model.given.names = table.fields();
  table.table("cooldown", [&model](table_reader& inner) {
    model.cooldown = read_cooldown(inner, model.cooldown);
    for (const auto& field : inner.fields())
      model.given.names.push_back("cooldown." + field);
  });
  std::sort(model.given.names.begin(), model.given.names.end());
  if (provider != state.into.providers.end()) {
    check_keys(table, provider->second, model);
  } else if (!model.provider.empty()) {
    std::vector<std::string> known;
    for (const auto& [other, ignored] : state.into.providers)
      known.push_back(other);
    table.error("provider", quoted_name(model.provider) + " does not exist"
                                + did_you_mean(model.provider, known));
  }
  state.into.models.push_back(std::move(model));
}

std::vector<std::string> read_model_names(table_reader& table, reading& state,
                                          const std::string& provider) {
  std::vector<std::string> result;
  for (auto& name : table.names("models")) {
    state.mentions.push_back({name.at, table.title(), provider, name.text});
    result.push_back(std::move(name.text));
  }
  return result;
}

void check_mentions(const reading& state) {
  for (const auto& mention : state.mentions) {
    std::vector<std::string> known;
    for (const auto& model : state.into.models)
      if (mention.provider.empty() || model.provider == mention.provider)
        known.push_back(model.name);
    if (std::any_of(known.begin(), known.end(),
                    [&mention](const std::string& model) { return overlap(mention.name, model); }))
      continue;
    const auto whose =
        mention.provider.empty() ? "" : " of provider " + quoted_name(mention.provider);
    state.problems.add(mention.at, mention.title + "models names " + quoted_name(mention.name)
                                       + ", which is no model" + whose
                                       + did_you_mean(mention.name, known));
  }
}

} // namespace keywheel::config
