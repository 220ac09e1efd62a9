#include "observe/settings.hpp"

#include "config/units.hpp"
#include "observe/json_member.hpp"

#include <string_view>
#include <unordered_map>

namespace keywheel::observe {

namespace {

/// Writes those members that the file gives.
class given_writer {
public:
  given_writer(json_writer& out, const config::given_fields& given) : out_(out), given_(given) {}

  template <class Value>
  void operator()(std::string_view field, const Value& value) const {
    if (given_.has(field))
      put(out_, field, value);
  }

  void operator()(std::string_view field, const std::vector<std::string>& all) const {
    if (given_.has(field))
      put_array(out_, field, all,
                [](json_writer& to, const std::string& each) { dialect::put_string(to, each); });
  }

private:
  json_writer& out_;
  const config::given_fields& given_;
};

std::string reference(const config::key_config& of) {
  const std::string_view source = of.source;
  return source.starts_with("env:") || source.starts_with("file:") ? of.source
                                                                   : of.api_key.masked();
}

void put_cooldown(json_writer& out, const config::model_config& of) {
  dialect::put_name(out, "cooldown");
  out.StartObject();
  if (of.given.has("cooldown.rate_limit"))
    put(out, "rate_limit", config::duration_text(of.cooldown.rate_limit));
  if (of.given.has("cooldown.use_hints"))
    put(out, "use_hints", of.cooldown.use_hints);
  if (of.given.has("cooldown.max"))
    put(out, "max", config::duration_text(of.cooldown.max));
  out.EndObject();
}

} // namespace

std::string settings_json(const config::key_config& of) {
  return object_text([&](json_writer& out) {
    const given_writer put_given{out, of.given};
    put(out, "api_key", reference(of));
    put_given("enabled", of.enabled);
    put_given("weight", of.weight);
    put_given("quota_group", of.quota_group);
    put_given("models", of.models);
    put_given("base_url", of.base_url);
    put_given("upstream_model", of.upstream_model);
    put_given("max_in_flight", of.budgets.max_in_flight);
    put_given("rpm", of.budgets.rpm);
    put_given("tpm", of.budgets.tpm);
    put_given("rpd", of.budgets.rpd);
    put_given("tpd", of.budgets.tpd);
  });
}

std::string settings_json(const config::model_config& of) {
  return object_text([&](json_writer& out) {
    const given_writer put_given{out, of.given};
    put_given("provider", of.provider);
    put_given("upstream_model", of.upstream_model);
    put_given("load_balancing", of.load_balancing.value_or(false));
    put_given("strategy", config::to_string(of.strategy));
    put_given("sticky", of.sticky);
    put_given("max_attempts", of.max_attempts);
    put_given("replay_unanswered", of.replay_unanswered);
    if (of.given.has("cooldown"))
      put_cooldown(out, of);
  });
}

void add_settings(status& to) {
  if (!to.snapshot)
    return;
  std::unordered_map<std::string, const config::key_config*> keys;
  for (const auto& [name, provider] : to.snapshot->providers)
    for (const auto& each : provider.keys)
      keys.emplace(each.id(), &each);
  std::unordered_map<std::string_view, const config::model_config*> models;
  for (const auto& each : to.snapshot->models)
    models.emplace(each.name, &each);
  for (auto& key : to.keys)
    if (const auto found = keys.find(key.id); found != keys.end())
      key.settings = settings_json(*found->second);
  for (auto& model : to.models)
    if (const auto found = models.find(model.name); found != models.end())
      model.settings = settings_json(*found->second);
}

} // namespace keywheel::observe
