#include "observe/api_patch.hpp"

#include "observe/log.hpp"

#include <rapidjson/document.h>

#include <algorithm>
#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <utility>

namespace keywheel::observe {

namespace {

enum class type : std::uint8_t { boolean, number, text, texts };

struct field {
  std::string_view name;
  type is;
};

constexpr field key_fields[] = {
    {"enabled", type::boolean},     {"weight", type::number},    {"max_in_flight", type::number},
    {"rpm", type::number},          {"tpm", type::number},       {"rpd", type::number},
    {"tpd", type::number},          {"quota_group", type::text}, {"base_url", type::text},
    {"upstream_model", type::text}, {"models", type::texts},
};

/// A name with a dot is that of a member of an object.
constexpr field model_fields[] = {
    {"load_balancing", type::boolean},
    {"strategy", type::text},
    {"sticky", type::boolean},
    {"max_attempts", type::number},
    {"replay_unanswered", type::boolean},
    {"upstream_model", type::text},
    {"cooldown.rate_limit", type::text},
    {"cooldown.use_hints", type::boolean},
    {"cooldown.max", type::text},
};

/// Deeper than any patch, and shallow enough for any stack.
constexpr std::size_t max_depth = 32;

using fields_read = std::vector<std::pair<std::string, config::value>>;

api_error bad_json(std::string message) {
  return {400, "bad_request", std::move(message), 0, 0, {}, {}};
}

api_error invalid(std::string message) {
  return {422, "invalid_field", std::move(message), 0, 0, {}, {}};
}

/// Answers whether brackets nest deeper than max_depth, without regard to whether it is JSON.
bool is_too_deep(std::string_view json) noexcept {
  std::size_t depth = 0;
  bool in_text = false;
  for (std::size_t i = 0; i < json.size(); ++i) {
    const auto c = json[i];
    if (in_text && c == '\\')
      ++i;
    else if (c == '"')
      in_text = !in_text;
    else if (!in_text && (c == '{' || c == '['))
      ++depth;
    else if (!in_text && (c == '}' || c == ']') && depth > 0)
      --depth;
    if (depth > max_depth)
      return true;
  }
  return false;
}

std::string text_of(const rapidjson::Value& from) {
  return {from.GetString(), from.GetStringLength()};
}

const char* wanted(type is) noexcept {
  switch (is) {
  case type::boolean:
    return "true or false";
  case type::number:
    return "a whole number, zero or more";
  case type::text:
    return "a string";
  case type::texts:
    return "an array of strings";
  }
  return "";
}

/// Returns the value if it has the type.
std::optional<config::value> read_value(const rapidjson::Value& from, type is) {
  switch (is) {
  case type::boolean:
    if (from.IsBool())
      return config::value{from.GetBool()};
    return std::nullopt;
  case type::number:
    if (from.IsInt64() && from.GetInt64() >= 0)
      return config::value{from.GetInt64()};
    return std::nullopt;
  case type::text:
    if (from.IsString())
      return config::value{text_of(from)};
    return std::nullopt;
  case type::texts:
    break;
  }
  if (!from.IsArray())
    return std::nullopt;
  std::vector<std::string> result;
  for (const auto& each : from.GetArray()) {
    if (!each.IsString())
      return std::nullopt;
    result.push_back(text_of(each));
  }
  return config::value{std::move(result)};
}

/// Reads the members of one object, and of objects in it, into the list of fields. An error means
/// that something is wrong with one of them.
class member_reader {
public:
  explicit member_reader(std::span<const field> known) : known_(known) {}

  std::optional<api_error> read(const rapidjson::Value& object, const std::string& prefix) {
    for (const auto& member : object.GetObject()) {
      const auto own = text_of(member.name);
      const auto name = prefix + own;
      // A dotted name would be a second way to say what an object in the object says.
      auto error = own.find('.') != std::string::npos ? unknown(name)
                   : is_object(name)                  ? read_object(member.value, name)
                                                      : read_one(member.value, name);
      if (error)
        return error;
    }
    return std::nullopt;
  }

  fields_read take() { return std::move(fields_); }

private:
  static std::optional<api_error> unknown(const std::string& name) {
    return invalid("\"" + name + "\" is not a field that can be changed");
  }

  /// Answers whether there are fields in an object of that name.
  bool is_object(const std::string& name) const {
    return std::any_of(known_.begin(), known_.end(), [prefix = name + "."](const field& each) {
      return each.name.starts_with(prefix);
    });
  }

  std::optional<api_error> read_object(const rapidjson::Value& value, const std::string& name) {
    if (!value.IsObject())
      return invalid("\"" + name + "\" must be an object");
    return read(value, name + ".");
  }

  std::optional<api_error> read_one(const rapidjson::Value& value, const std::string& name) {
    const auto found = std::find_if(known_.begin(), known_.end(),
                                    [&](const field& each) { return each.name == name; });
    if (found == known_.end())
      return unknown(name);
    const auto is_same = [&](const auto& each) { return each.first == name; };
    if (std::any_of(fields_.begin(), fields_.end(), is_same))
      return invalid("\"" + name + "\" is given twice");
    auto to = read_value(value, found->is);
    if (!to)
      return invalid("\"" + name + "\" must be " + wanted(found->is));
    fields_.emplace_back(name, std::move(*to));
    return std::nullopt;
  }

  std::span<const field> known_;
  fields_read fields_;
};

std::variant<fields_read, api_error> read_fields(std::string_view body,
                                                 std::span<const field> known) {
  if (is_too_deep(body))
    return bad_json("the JSON is nested too deeply");
  rapidjson::Document json;
  json.Parse<rapidjson::kParseIterativeFlag | rapidjson::kParseValidateEncodingFlag>(body.data(),
                                                                                     body.size());
  if (json.HasParseError())
    return bad_json("the body is not JSON, at byte " + std::to_string(json.GetErrorOffset()));
  if (!json.IsObject())
    return bad_json("the body must be a JSON object");
  member_reader reader{known};
  if (auto error = reader.read(json, ""))
    return std::move(*error);
  auto result = reader.take();
  if (result.empty())
    return invalid("the body names no field to change");
  return result;
}

std::string describe_value(const config::value& what) {
  struct {
    std::string operator()(bool value) const { return value ? "true" : "false"; }
    std::string operator()(std::int64_t value) const { return std::to_string(value); }
    std::string operator()(const std::string& value) const { return '"' + one_line(value) + '"'; }
    std::string operator()(const std::vector<std::string>& values) const {
      std::string result;
      for (const auto& each : values)
        result += (result.empty() ? "" : ",") + (*this)(each);
      return "[" + result + "]";
    }
  } visitor;
  return std::visit(visitor, what);
}

template <class Edit>
std::string describe_all(const std::vector<Edit>& changes) {
  std::string result;
  for (const auto& each : changes)
    result += (result.empty() ? "" : " ") + each.field + "=" + describe_value(each.to);
  return result;
}

} // namespace

std::variant<std::vector<config::key_edit>, api_error>
read_key_patch(std::string_view body, std::string_view provider, std::string_view name) {
  auto read = read_fields(body, key_fields);
  if (auto* error = std::get_if<api_error>(&read))
    return std::move(*error);
  std::vector<config::key_edit> result;
  for (auto& [field, to] : std::get<fields_read>(read))
    result.push_back({std::string{provider}, std::string{name}, field, std::move(to)});
  return result;
}

std::variant<std::vector<config::model_edit>, api_error> read_model_patch(std::string_view body,
                                                                          std::string_view model) {
  auto read = read_fields(body, model_fields);
  if (auto* error = std::get_if<api_error>(&read))
    return std::move(*error);
  std::vector<config::model_edit> result;
  for (auto& [field, to] : std::get<fields_read>(read))
    result.push_back({std::string{model}, field, std::move(to)});
  return result;
}

std::string describe(const std::vector<config::key_edit>& changes) {
  return describe_all(changes);
}

std::string describe(const std::vector<config::model_edit>& changes) {
  return describe_all(changes);
}

} // namespace keywheel::observe
