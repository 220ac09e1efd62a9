#include "cli/view.hpp"

#include <rapidjson/document.h>
#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

#include <algorithm>
#include <cstdio>
#include <map>
#include <string_view>

namespace keywheel::cli {

namespace {

using json_value = rapidjson::Value;

const json_value* member(const json_value& of, const char* name) {
  if (!of.IsObject())
    return nullptr;
  auto found = of.FindMember(name);
  return found == of.MemberEnd() ? nullptr : &found->value;
}

std::string text_of(const json_value& of, const char* name) {
  const auto* value = member(of, name);
  return value != nullptr && value->IsString()
             ? std::string{value->GetString(), value->GetStringLength()}
             : std::string{};
}

std::int64_t number_of(const json_value& of, const char* name) {
  const auto* value = member(of, name);
  if (value == nullptr || !value->IsNumber())
    return 0;
  return value->IsInt64() ? value->GetInt64() : static_cast<std::int64_t>(value->GetDouble());
}

std::string count_of(const json_value& of, const char* name) {
  return std::to_string(number_of(of, name));
}

/// Parses `json` and finds its member `name`, an array of objects.
const json_value* objects(rapidjson::Document& into, const std::string& json, const char* name) {
  into.Parse(json.data(), json.size());
  if (into.HasParseError())
    return nullptr;
  const auto* result = member(into, name);
  if (result == nullptr || !result->IsArray())
    return nullptr;
  for (const auto& element : result->GetArray())
    if (!element.IsObject())
      return nullptr;
  return result;
}

/// "2 available, 1 cooling": how many keys are in which state.
std::string states(const json_value& model) {
  const auto* keys = member(model, "keys");
  std::map<std::string, int> counts;
  if (keys != nullptr && keys->IsArray())
    for (const auto& key : keys->GetArray())
      ++counts[text_of(key, "state")];
  std::string result;
  for (const auto& [state, count] : counts) {
    if (!result.empty())
      result += ", ";
    result += std::to_string(count) + " " + state;
  }
  return result.empty() ? "none" : result;
}

std::string balancing(const json_value& model) {
  const auto* on = member(model, "load_balancing");
  return on != nullptr && on->IsTrue() ? "on" : "off";
}

/// The cooldown that ends last, null if there is none.
const json_value* longest_cooldown(const json_value& key) {
  const auto* cooldowns = member(key, "cooldowns");
  if (cooldowns == nullptr || !cooldowns->IsArray())
    return nullptr;
  const json_value* result = nullptr;
  for (const auto& cooldown : cooldowns->GetArray())
    if (cooldown.IsObject()
        && (result == nullptr
            || number_of(cooldown, "remaining_ms") > number_of(*result, "remaining_ms")))
      result = &cooldown;
  return result;
}

/// Green: it serves. Yellow: it will. Red: a person should look. Dim: a person wanted it so.
std::string_view colour_of_state(std::string_view state) {
  if (state == "available")
    return "32";
  if (state == "cooling" || state == "busy" || state == "draining")
    return "33";
  if (state == "rejected")
    return "31";
  return state == "disabled" ? "2" : "";
}

std::string why(const json_value& cooldown) {
  auto result = text_of(cooldown, "reason");
  if (auto source = text_of(cooldown, "source"); !source.empty())
    result += " by " + source;
  if (auto model = text_of(cooldown, "model"); !model.empty())
    result += " for " + model;
  return result;
}

/// A value as JSON; "nothing" where there is none.
std::string written(const json_value* value) {
  if (value == nullptr || value->IsNull())
    return "nothing";
  rapidjson::StringBuffer text;
  rapidjson::Writer<rapidjson::StringBuffer> writer{text};
  value->Accept(writer);
  return text.GetString();
}

/// What comes from the gateway must not be able to move the cursor or to start another line.
std::string one_line(std::string text) {
  std::replace_if(
      text.begin(), text.end(),
      [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; }, ' ');
  return text;
}

/// "12:00:01" of "2026-01-01T12:00:01.250Z"; the text itself if it is none of that form.
std::string time_of_day(const std::string& rfc3339) {
  constexpr std::size_t begin = 11;
  constexpr std::size_t size = 8;
  return rfc3339.size() >= begin + size && rfc3339[begin - 1] == 'T' ? rfc3339.substr(begin, size)
                                                                     : rfc3339;
}

std::string key_event(const json_value& event) {
  return text_of(event, "id") + ": " + text_of(event, "from") + " -> " + text_of(event, "to");
}

std::string cooldown_event(const json_value& event) {
  auto whose = text_of(event, "id");
  if (whose.empty())
    whose = text_of(event, "provider");
  auto result =
      whose + ": " + text_of(event, "scope") + " " + text_of(event, "what") + ": " + why(event);
  if (text_of(event, "what") != "ended")
    result += " until " + time_of_day(text_of(event, "until"));
  return result;
}

std::string config_event(const json_value& event) {
  auto result = "generation " + count_of(event, "generation");
  const auto* error = member(event, "error");
  if (error == nullptr || !error->IsObject())
    return result + " is in force";
  return result + " stays in force: line " + count_of(*error, "line") + ": "
         + text_of(*error, "message");
}

std::string audit_event(const json_value& event) {
  return text_of(event, "who") + ": " + text_of(event, "what") + " " + text_of(event, "target");
}

} // namespace

std::string remaining(std::int64_t milliseconds) {
  if (milliseconds <= 0)
    return "now";
  if (milliseconds < 1000)
    return std::to_string(milliseconds) + "ms";
  auto seconds = (milliseconds + 999) / 1000;
  char text[48];
  if (seconds < 60)
    std::snprintf(text, sizeof text, "%llds", static_cast<long long>(seconds));
  else if (seconds < 3600)
    std::snprintf(text, sizeof text, "%lldm %02llds", static_cast<long long>(seconds / 60),
                  static_cast<long long>(seconds % 60));
  else
    std::snprintf(text, sizeof text, "%lldh %02lldm", static_cast<long long>(seconds / 3600),
                  static_cast<long long>(seconds % 3600 / 60));
  return text;
}

std::optional<std::string> models_view(const std::string& json, const screen& on,
                                       std::int64_t /*age_ms*/) {
  rapidjson::Document document;
  const auto* models = objects(document, json, "models");
  if (models == nullptr)
    return std::nullopt;
  if (models->Empty())
    return "no models are configured\n";
  using side = column::side;
  table result{{{"MODEL", side::left, 12},
                {"PROVIDER", side::left, 8},
                {"BALANCING", side::left, 0, true},
                {"STRATEGY", side::left, 0, true},
                {"WAITING", side::right},
                {"KEYS", side::left, 12}}};
  for (const auto& model : models->GetArray())
    result.add({text_of(model, "name"), text_of(model, "provider"), balancing(model),
                text_of(model, "strategy"), count_of(model, "waiting"), states(model)});
  return result.text(on);
}

std::optional<std::string> keys_view(const std::string& json, const screen& on,
                                     std::int64_t age_ms) {
  rapidjson::Document document;
  const auto* keys = objects(document, json, "keys");
  if (keys == nullptr)
    return std::nullopt;
  if (keys->Empty())
    return "no keys are configured\n";
  using side = column::side;
  table result{{{"KEY", side::left, 12},
                {"STATE", side::left, 0, false, colour_of_state},
                {"BACK IN", side::right},
                {"WHY", side::left, 10},
                {"IN FLIGHT", side::right},
                {"REQUESTS", side::right},
                {"ERRORS", side::right},
                {"TOKENS IN", side::right, 0, true},
                {"TOKENS OUT", side::right, 0, true},
                {"CREDENTIAL", side::left, 0, true}}};
  for (const auto& key : keys->GetArray()) {
    const auto* cooldown = longest_cooldown(key);
    result.add({text_of(key, "id"), text_of(key, "state"),
                cooldown != nullptr ? remaining(number_of(*cooldown, "remaining_ms") - age_ms) : "",
                cooldown != nullptr ? why(*cooldown) : "", count_of(key, "in_flight"),
                count_of(key, "requests"), count_of(key, "errors"), count_of(key, "input_tokens"),
                count_of(key, "output_tokens"), text_of(key, "masked")});
  }
  return result.text(on);
}

std::string event_view(const std::string& name, const std::string& json) {
  rapidjson::Document event;
  event.Parse(json.data(), json.size());
  if (event.HasParseError() || !event.IsObject())
    return {};
  auto what = name == "key"        ? key_event(event)
              : name == "cooldown" ? cooldown_event(event)
              : name == "config"   ? config_event(event)
              : name == "audit"    ? audit_event(event)
                                   : std::string{};
  if (what.empty())
    return {};
  return one_line(time_of_day(text_of(event, "time")) + " " + name + " " + what);
}

std::optional<std::string> dry_run_view(const std::string& json) {
  rapidjson::Document document;
  const auto* changes = objects(document, json, "changes");
  if (changes == nullptr)
    return std::nullopt;
  std::string result;
  for (const auto& change : changes->GetArray())
    result += one_line(text_of(change, "field") + ": " + written(member(change, "from")) + " -> "
                       + written(member(change, "to")))
              + "\n";
  return result.empty() ? "nothing would change\n" : result;
}

std::optional<std::uint64_t> generation_of(const std::string& json) {
  rapidjson::Document document;
  document.Parse(json.data(), json.size());
  if (document.HasParseError())
    return std::nullopt;
  const auto* generation = member(document, "generation");
  if (generation == nullptr || !generation->IsUint64())
    return std::nullopt;
  return generation->GetUint64();
}

std::optional<std::string> reload_view(const std::string& json) {
  auto generation = generation_of(json);
  if (!generation)
    return std::nullopt;
  auto result = "reloaded: generation " + std::to_string(*generation) + "\n";
  rapidjson::Document document;
  document.Parse(json.data(), json.size());
  const auto* waiting = member(document, "needs_restart");
  if (waiting != nullptr && waiting->IsArray())
    for (const auto& field : waiting->GetArray())
      if (field.IsString())
        result += std::string{field.GetString()} + " takes effect at the next start\n";
  return result;
}

std::string error_view(long status, const std::string& body) {
  rapidjson::Document document;
  document.Parse(body.data(), body.size());
  const json_value* error = document.HasParseError() ? nullptr : member(document, "error");
  auto message = error != nullptr ? text_of(*error, "message") : std::string{};
  if (message.empty())
    return "HTTP status " + std::to_string(status);
  if (auto line = number_of(*error, "line"); line > 0)
    message = "line " + std::to_string(line) + ": " + message;
  return message;
}

} // namespace keywheel::cli
