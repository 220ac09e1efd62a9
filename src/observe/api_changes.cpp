#include "observe/api_changes.hpp"

#include "config/units.hpp"
#include "observe/json_member.hpp"
#include "observe/log.hpp"

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
  if (field == "api_key")
    return of.source == "literal" ? known_value{of.api_key} : of.source;
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
  void operator()(const config::secret& value) const { (*this)(value.masked()); }
  void operator()(const config::kept_secret& value) const { (*this)(value.clear); }
  void operator()(const std::vector<std::string>& values) const {
    out.StartArray();
    for (const auto& each : values)
      (*this)(each);
    out.EndArray();
  }
};

/// One line of what a list of changes does. What is not given is null.
struct row {
  std::string field;
  known_value from;
  known_value to;
};

/// Lists what changes do. `in` is what holds now, or null.
class row_lister {
public:
  explicit row_lister(const config::config* in) : in_(in) {}

  void operator()(const config::key_edit& what) {
    rows_.push_back({what.field, now(what), what.to});
  }
  void operator()(const config::model_edit& what) {
    rows_.push_back({what.field, now(what), what.to});
  }
  void operator()(const config::new_key& what) {
    add("keys." + what.name + ".", what.fields);
    keys_.push_back(what.provider + "/" + what.name);
  }
  void operator()(const config::new_provider& what) { add("new_provider.", what.fields); }
  void operator()(const config::new_model& what) {
    rows_.insert(rows_.begin(), {"model", std::nullopt, what.name});
    add("", what.fields);
    keys_.clear();
  }
  void operator()(const config::removed_key& what) {
    rows_.push_back({"key", what.provider + "/" + what.name, std::nullopt});
  }
  void operator()(const config::removed_model& what) {
    rows_.push_back({"model", what.name, std::nullopt});
  }

  /// Hands the rows over. A key that is added alone gives its fields no prefix.
  std::vector<row> take() {
    if (keys_.size() == 1) {
      const auto prefix = "keys." + keys_[0].substr(keys_[0].find('/') + 1) + ".";
      for (auto& each : rows_)
        each.field.erase(0, prefix.size());
      rows_.insert(rows_.begin(), {"key", std::nullopt, keys_[0]});
    }
    return std::move(rows_);
  }

private:
  template <class Edit>
  known_value now(const Edit& what) const {
    return in_ ? value_now(*in_, what) : std::nullopt;
  }

  void add(const std::string& prefix, const std::vector<config::new_field>& fields) {
    for (const auto& field : fields)
      rows_.push_back({prefix + field.name, std::nullopt, field.is});
  }

  const config::config* in_;
  std::vector<row> rows_;
  std::vector<std::string> keys_; ///< added without a model so far
};

std::vector<row> rows_of(const std::vector<config::change>& changes, const config::config* in) {
  row_lister result{in};
  for (const auto& each : changes)
    std::visit(result, each);
  return result.take();
}

void put_value(json_writer& out, std::string_view name, const known_value& what) {
  dialect::put_name(out, name);
  if (what)
    std::visit(value_writer{out}, *what);
  else
    out.Null();
}

void put_row(json_writer& out, const row& what) {
  out.StartObject();
  put(out, "field", what.field);
  put_value(out, "from", what.from);
  put_value(out, "to", what.to);
  out.EndObject();
}

std::string describe_value(const config::value& what) {
  struct {
    std::string operator()(bool value) const { return value ? "true" : "false"; }
    std::string operator()(std::int64_t value) const { return std::to_string(value); }
    std::string operator()(const std::string& value) const { return '"' + one_line(value) + '"'; }
    std::string operator()(const config::secret&) const { return "(a secret)"; }
    std::string operator()(const config::kept_secret&) const { return "(a secret)"; }
    std::string operator()(const std::vector<std::string>& values) const {
      std::string result;
      for (const auto& each : values)
        result += (result.empty() ? "" : ",") + (*this)(each);
      return "[" + result + "]";
    }
  } visitor;
  return std::visit(visitor, what);
}

struct target_name {
  std::string operator()(const config::key_edit& what) const {
    return what.provider + "/" + what.name;
  }
  std::string operator()(const config::model_edit& what) const { return what.model; }
  std::string operator()(const config::new_key& what) const {
    return what.provider + "/" + what.name;
  }
  std::string operator()(const config::removed_key& what) const {
    return what.provider + "/" + what.name;
  }
  template <class Named>
  std::string operator()(const Named& what) const {
    return what.name;
  }
};

} // namespace

std::string dry_run_json(const status& now, const std::vector<config::change>& changes) {
  return object_text([&](json_writer& out) {
    put(out, "generation", now.config.generation);
    put(out, "dry_run", true);
    put_array(out, "changes", rows_of(changes, now.snapshot.get()), put_row);
  });
}

std::string describe(const std::vector<config::change>& changes) {
  std::string result;
  for (const auto& each : rows_of(changes, nullptr)) {
    result += result.empty() ? "" : " ";
    result += each.to ? one_line(each.field) + "=" + describe_value(*each.to)
                      : "no " + one_line(each.field);
  }
  return result;
}

std::vector<std::string> names_of(const std::vector<config::change>& changes) {
  std::vector<std::string> result;
  for (auto& each : rows_of(changes, nullptr))
    if (std::find(result.begin(), result.end(), each.field) == result.end())
      result.push_back(std::move(each.field));
  return result;
}

std::string target_of(const std::vector<config::change>& changes) {
  return changes.empty() ? std::string{} : std::visit(target_name{}, changes.back());
}

} // namespace keywheel::observe
