#include "observe/api_changes.hpp"

#include "config/units.hpp"
#include "observe/json_member.hpp"

#include <algorithm>
#include <optional>

namespace keywheel::observe {

namespace {

using known_value = std::optional<config::value>;

known_value value_of(const config::budgets_config& of, std::string_view field) {
  if (field == "max_in_flight")
    return std::int64_t{of.max_in_flight};
  if (field == "rpm")
    return of.rpm;
  if (field == "tpm")
    return of.tpm;
  if (field == "rpd")
    return of.rpd;
  if (field == "tpd")
    return of.tpd;
  return std::nullopt;
}

known_value value_of(const config::key_config& of, std::string_view field) {
  if (field == "enabled")
    return of.enabled;
  if (field == "weight")
    return std::int64_t{of.weight};
  if (field == "quota_group")
    return of.quota_group;
  if (field == "base_url")
    return of.base_url;
  if (field == "upstream_model")
    return of.upstream_model;
  if (field == "models")
    return of.models;
  return value_of(of.budgets, field);
}

known_value value_of(const config::cooldown_config& of, std::string_view field) {
  if (field == "cooldown.rate_limit")
    return config::duration_text(of.rate_limit);
  if (field == "cooldown.use_hints")
    return of.use_hints;
  if (field == "cooldown.max")
    return config::duration_text(of.max);
  return std::nullopt;
}

known_value value_of(const config::model_config& of, std::string_view field) {
  if (field == "load_balancing")
    return of.load_balancing ? known_value{*of.load_balancing} : std::nullopt;
  if (field == "strategy")
    return std::string{config::to_string(of.strategy)};
  if (field == "sticky")
    return of.sticky;
  if (field == "max_attempts")
    return std::int64_t{of.max_attempts};
  if (field == "replay_unanswered")
    return of.replay_unanswered;
  if (field == "upstream_model")
    return of.upstream_model;
  return value_of(of.cooldown, field);
}

known_value value_now(const config::config& in, const config::key_edit& change) {
  const auto provider = in.providers.find(change.provider);
  if (provider == in.providers.end())
    return std::nullopt;
  for (const auto& each : provider->second.keys)
    if (each.name == change.name)
      return value_of(each, change.field);
  return std::nullopt;
}

known_value value_now(const config::config& in, const config::model_edit& change) {
  for (const auto& each : in.models)
    if (each.name == change.model)
      return value_of(each, change.field);
  return std::nullopt;
}

struct value_writer {
  json_writer& out;
  void operator()(bool value) const { out.Bool(value); }
  void operator()(std::int64_t value) const { out.Int64(value); }
  void operator()(const std::string& value) const { dialect::put_string(out, value); }
  void operator()(const std::vector<std::string>& values) const {
    out.StartArray();
    for (const auto& each : values)
      (*this)(each);
    out.EndArray();
  }
};

template <class Edit>
void put_change(json_writer& out, const status& now, const Edit& change) {
  const auto from = now.snapshot ? value_now(*now.snapshot, change) : std::nullopt;
  out.StartObject();
  put(out, "field", change.field);
  dialect::put_name(out, "from");
  if (from)
    std::visit(value_writer{out}, *from);
  else
    out.Null();
  dialect::put_name(out, "to");
  std::visit(value_writer{out}, change.to);
  out.EndObject();
}

template <class Edit>
std::string render(const status& now, const std::vector<Edit>& changes) {
  return object_text([&](json_writer& out) {
    put(out, "generation", now.config.generation);
    put(out, "dry_run", true);
    put_array(out, "changes", changes,
              [&](json_writer& to, const Edit& each) { put_change(to, now, each); });
  });
}

} // namespace

std::string dry_run_json(const status& now, const std::vector<config::key_edit>& changes) {
  return render(now, changes);
}

std::string dry_run_json(const status& now, const std::vector<config::model_edit>& changes) {
  return render(now, changes);
}

} // namespace keywheel::observe
