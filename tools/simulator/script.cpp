#include "tools/simulator/script.hpp"

#include "tools/simulator/script_field.hpp"

#include <algorithm>
#include <array>

namespace keywheel::simulator {
namespace {

constexpr std::array<std::string_view, 2> window_names = {"bucket", "fixed"};

bool provider_field(options& result, std::string_view name, const field& value) {
  if (name != "rpm")
    return false;
  result.provider_rpm = value.number(0, max_limit);
  return true;
}

bool window_field(limit_windows& result, std::string_view name, const field& value) {
  auto length = [&] {
    auto given = value.duration();
    if (given < std::chrono::milliseconds{1} || given > std::chrono::hours{400 * 24})
      value.fail("must be from 1ms to 400 days");
    return given;
  };
  if (name == "window")
    result.kind = static_cast<window_kind>(field_choice(value, window_names, "kind of window"));
  else if (name == "minute")
    result.minute = length();
  else if (name == "day")
    result.day = length();
  else
    return false;
  return true;
}

bool behaviour_field(options& result, std::string_view name, const field& value) {
  if (name == "latency")
    result.latency = value.duration();
  else if (name == "jitter")
    result.jitter = value.duration();
  else if (name == "event_interval")
    result.event_interval = value.duration();
  else if (name == "tokens")
    result.tokens = value.size(1'000'000);
  else if (name == "seed")
    result.seed = static_cast<std::uint64_t>(value.number(0, INT64_MAX));
  else if (name == "accept_any_key")
    result.accept_any_key = value.boolean();
  else if (name == "models")
    result.models = string_list(value);
  else if (name == "accept_any_model")
    result.accept_any_model = value.boolean();
  else
    return window_field(result.windows, name, value);
  return true;
}

bool server_field(options& result, std::string_view name, const field& value) {
  if (name == "listen") {
    if (!set_listen(result, value.string()))
      value.fail("must be host:port");
  } else if (name == "record") {
    result.record = value.size(100'000);
  } else if (name == "record_body") {
    result.record_body = value.size(1 << 30);
  } else if (name == "max_body") {
    result.max_body = value.size(INT32_MAX);
  } else {
    return false;
  }
  return true;
}

bool incident_field(options& result, std::string_view name, const field& value) {
  if (name == "incident")
    result.incident = incident_fields(value);
  else if (name == "incident_waits")
    result.incident_waits = value.boolean();
  else
    return false;
  return true;
}

bool contains(const std::vector<std::string>& names, const std::string& name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

/// The names of `entries`; two that are the same are a mistake.
template <class T>
std::vector<std::string> names_of(const std::vector<T>& entries, const std::string& what) {
  std::vector<std::string> result;
  for (auto& entry : entries) {
    if (contains(result, entry.name))
      throw script_error(what + ": two are named " + entry.name);
    result.push_back(entry.name);
  }
  return result;
}

void check_names(const options& what) {
  auto keys = names_of(what.keys, "keys");
  auto organizations = names_of(what.organizations, "organizations");
  for (auto& entry : what.faults)
    if (entry.key != "*" && !contains(keys, entry.key))
      throw script_error("faults: there is no key " + entry.key);
  for (auto& [at, act] : what.incident) {
    auto& key = act.what == action::kind::fault ? act.broken.key : act.key;
    if (!key.empty() && key != "*" && !contains(keys, key))
      throw script_error("incident: there is no key " + key);
    if (!act.organization.empty() && !contains(organizations, act.organization))
      throw script_error("incident: there is no organization " + act.organization);
  }
}

} // namespace

options read_options(const rapidjson::Value& object) {
  options result;
  field root{{}, object};
  // The defaults come first, wherever they stand: the limits of keys build on them.
  root.members([&](std::string_view name, const field& value) {
    if (name == "defaults")
      value.members([&](std::string_view limit, const field& number) {
        return limit_field(result.default_limits, limit, number);
      });
    return true;
  });
  root.members([&](std::string_view name, const field& value) {
    if (name == "keys")
      value.elements([&](const field& entry) {
        result.keys.push_back(key_fields(entry, result.default_limits));
      });
    else if (name == "organizations")
      value.elements(
          [&](const field& entry) { result.organizations.push_back(organization_fields(entry)); });
    else if (name == "faults")
      result.faults = fault_list(value);
    else if (name == "provider")
      value.members([&](std::string_view inner, const field& number) {
        return provider_field(result, inner, number);
      });
    else if (name != "defaults")
      return behaviour_field(result, name, value) || server_field(result, name, value)
             || incident_field(result, name, value);
    return true;
  });
  check_names(result);
  return result;
}

void read_incident(options& result, const rapidjson::Value& object) {
  result.incident.clear();
  result.incident_waits = false;
  field{{}, object}.members([&](std::string_view name, const field& value) {
    return incident_field(result, name, value);
  });
  check_names(result);
}

action read_action(const rapidjson::Value& object) {
  return step_fields(field{{}, object}, false).what;
}

std::vector<scripted_fault> read_faults(const rapidjson::Value& value) {
  field root{{}, value};
  if (value.IsArray())
    return fault_list(root);
  return {scripted_fault_fields(root)};
}

key_options read_key(const rapidjson::Value& object, const key_limits& base) {
  return key_fields(field{{}, object}, base);
}

} // namespace keywheel::simulator
