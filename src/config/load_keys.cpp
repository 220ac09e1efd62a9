#include "config/sections.hpp"
#include "config/words.hpp"

#include <algorithm>

namespace keywheel::config {

namespace {

constexpr std::string_view default_key = "default";
constexpr std::int64_t largest_weight = 1000;
constexpr std::int64_t largest_cap = 1'000'000;
constexpr std::int64_t largest_budget = 1'000'000'000'000;

/// The fields of a key but its name and credential.
void read_settings(table_reader& table, key_config& key, reading& state) {
  key.enabled = table.boolean("enabled").value_or(true);
  key.weight = static_cast<unsigned>(table.integer("weight", 1, largest_weight).value_or(1));
  key.quota_group = table.text("quota_group").value_or("");
  key.models = read_model_names(table, state, key.provider);
  key.base_url = table.base_url("base_url").value_or(key.base_url);
  key.upstream_model = table.text("upstream_model").value_or("");
  key.budgets = read_budgets(table);
  key.given.names = table.fields();
}

/// Reads the credential. The key "default" may have it in its provider's table instead.
void read_credential(table_reader& table, key_config& key, const std::string& provider_path,
                     const key_config* shorthand, reading& state) {
  const bool is_default = key.name == default_key;
  const bool given = table.has("api_key");
  const auto own = state.secrets.read(table, "api_key");
  key.api_key = own.value;
  key.source = own.source;
  if (is_default && shorthand && given) {
    table.error("api_key", "is given twice: here and in [" + provider_path + "]");
  } else if (is_default && shorthand) {
    key.api_key = shorthand->api_key;
    key.source = shorthand->source;
  } else if (!given) {
    table.error(is_default ? "needs an api_key, here or in [" + provider_path + "]"
                           : "needs a field \"api_key\"");
  }
}

/// Two keys that differ in nothing but their names would take two turns with one credential's
/// limit.
bool are_the_same(const key_config& a, const key_config& b) {
  return !a.api_key.empty() && a.api_key == b.api_key && a.base_url == b.base_url
         && a.upstream_model == b.upstream_model && a.models == b.models;
}

class key_list {
public:
  key_list(provider_config& provider, std::string provider_path, reading& state)
      : provider_(&provider), path_(std::move(provider_path)), state_(&state) {}

  /// Reads the credential in the provider's own table.
  void read_shorthand(table_reader& table) {
    const bool given = table.has("api_key");
    auto own = state_->secrets.read(table, "api_key");
    if (!given)
      return;
    shorthand_ = template_key();
    shorthand_->name = default_key;
    shorthand_->api_key = std::move(own.value);
    shorthand_->source = std::move(own.source);
  }

  /// Reads an element of the array of keys.
  void read(table_reader& table) {
    auto key = template_key();
    read_name(table, key);
    read_credential(table, key, path_, shorthand_ ? &*shorthand_ : nullptr, *state_);
    read_settings(table, key, *state_);
    for (const auto& other : keys_)
      if (are_the_same(other, key))
        table.error(table.has("api_key") ? "api_key" : "name",
                    "is the same credential as that of " + quoted_name(other.name)
                        + ", for the same models at the same place");
    keys_.push_back(std::move(key));
  }

  /// Hands the keys over, the default one first.
  void finish(table_reader& table) {
    const auto is_default = [](const key_config& key) { return key.name == default_key; };
    if (shorthand_ && std::none_of(keys_.begin(), keys_.end(), is_default)) {
      for (const auto& other : keys_)
        if (are_the_same(*shorthand_, other))
          table.error("api_key", "is the same credential as that of " + quoted_name(other.name)
                                     + ", for the same models at the same place");
      keys_.insert(keys_.begin(), *shorthand_);
    }
    std::stable_partition(keys_.begin(), keys_.end(), is_default);
    if (keys_.empty())
      table.error("needs at least one key: an api_key here or a table [[" + path_ + ".keys]]");
    provider_->keys = std::move(keys_);
  }

private:
  key_config template_key() const {
    key_config result;
    result.provider = provider_->name;
    result.base_url = provider_->base_url;
    return result;
  }

  void read_name(table_reader& table, key_config& key) {
    table.require("name");
    const auto name = table.text("name");
    if (!name)
      return;
    key.name = *name;
    if (const auto flaw = flaw_of_name(key.name); !flaw.empty())
      table.error("name", flaw);
    else if (std::any_of(keys_.begin(), keys_.end(),
                         [&key](const key_config& k) { return k.name == key.name; }))
      table.error("name", "is already the name of another key of this provider");
  }

  provider_config* provider_;
  std::string path_;
  reading* state_;
  std::optional<key_config> shorthand_;
  std::vector<key_config> keys_;
};

} // namespace

budgets_config read_budgets(table_reader& table) {
  const auto read = [&table](std::string_view field, std::int64_t most) {
    return table.integer(field, 0, most).value_or(0);
  };
  budgets_config result;
  result.max_in_flight = static_cast<std::uint32_t>(read("max_in_flight", largest_cap));
  result.rpm = read("rpm", largest_budget);
  result.tpm = read("tpm", largest_budget);
  result.rpd = read("rpd", largest_budget);
  result.tpd = read("tpd", largest_budget);
  return result;
}

void read_keys(table_reader& table, provider_config& provider, reading& state) {
  key_list keys{provider, table.path(), state};
  keys.read_shorthand(table);
  table.array_of_tables("keys", [&keys](table_reader& key) { keys.read(key); });
  keys.finish(table);
}

} // namespace keywheel::config
