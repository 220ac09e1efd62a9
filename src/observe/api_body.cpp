#include "observe/api_body.hpp"

#include <algorithm>

namespace keywheel::observe {

namespace {

/// Deeper than any body, and shallow enough for any stack.
constexpr std::size_t max_depth = 32;

api_error bad_json(std::string message) {
  return {400, "bad_request", std::move(message), 0, 0, {}, {}};
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

const char* wanted(field_type is) noexcept {
  switch (is) {
  case field_type::boolean:
    return "true or false";
  case field_type::number:
    return "a whole number, zero or more";
  case field_type::text:
  case field_type::credential:
  case field_type::hidden:
    return "a string";
  case field_type::texts:
    return "an array of strings";
  }
  return "";
}

config::value credential_of(std::string text) {
  if (text.starts_with("env:") || text.starts_with("file:"))
    return text;
  return config::kept_secret{config::secret{std::move(text)}};
}

std::optional<config::value> read_texts(const rapidjson::Value& from) {
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

/// Returns the value if it has the type.
std::optional<config::value> read_value(const rapidjson::Value& from, field_type is) {
  using config::value;
  switch (is) {
  case field_type::boolean:
    return from.IsBool() ? std::optional{value{from.GetBool()}} : std::nullopt;
  case field_type::number:
    return from.IsInt64() && from.GetInt64() >= 0 ? std::optional{value{from.GetInt64()}}
                                                  : std::nullopt;
  case field_type::text:
    return from.IsString() ? std::optional{value{text_of(from)}} : std::nullopt;
  case field_type::texts:
    return read_texts(from);
  case field_type::credential:
    return from.IsString() ? std::optional{credential_of(text_of(from))} : std::nullopt;
  case field_type::hidden:
    return from.IsString() ? std::optional{value{config::secret{text_of(from)}}} : std::nullopt;
  }
  return std::nullopt;
}

/// Reads the members of one object, and of objects in it, into the list of fields. An error means
/// that something is wrong with one of them.
class member_reader {
public:
  member_reader(std::span<const body_field> known, const std::string& where, bool nullable)
      : known_(known), where_(where), nullable_(nullable) {}

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
  api_error wrong(const std::string& name, const std::string& how) const {
    return invalid("\"" + where_ + name + "\" " + how);
  }

  api_error unknown(const std::string& name) const {
    return wrong(name, nullable_ ? "is not a field that can be changed" : "is not a field");
  }

  /// Answers whether there are fields in an object of that name.
  bool is_object(const std::string& name) const {
    return std::any_of(known_.begin(), known_.end(), [prefix = name + "."](const body_field& each) {
      return each.name.starts_with(prefix);
    });
  }

  std::optional<api_error> read_object(const rapidjson::Value& value, const std::string& name) {
    if (!value.IsObject())
      return wrong(name, "must be an object");
    return read(value, name + ".");
  }

  std::optional<api_error> read_one(const rapidjson::Value& value, const std::string& name) {
    const auto found = std::find_if(known_.begin(), known_.end(),
                                    [&](const body_field& each) { return each.name == name; });
    if (found == known_.end())
      return unknown(name);
    const auto is_same = [&](const auto& each) { return each.first == name; };
    if (std::any_of(fields_.begin(), fields_.end(), is_same))
      return wrong(name, "is given twice");
    auto to = read_value(value, found->is);
    if (!to && !(nullable_ && value.IsNull()))
      return wrong(name, std::string{"must be "} + wanted(found->is));
    fields_.emplace_back(name, std::move(to));
    return std::nullopt;
  }

  std::span<const body_field> known_;
  const std::string& where_;
  bool nullable_;
  fields_read fields_;
};

} // namespace

api_error invalid(std::string message) {
  return {422, "invalid", std::move(message), 0, 0, {}, {}};
}

json_body::json_body(std::string_view text) : text_(text) {
  if (is_too_deep(text_)) {
    error_ = bad_json("the JSON is nested too deeply");
    return;
  }
  json_.ParseInsitu<rapidjson::kParseIterativeFlag | rapidjson::kParseValidateEncodingFlag>(
      text_.data());
  if (json_.HasParseError())
    error_ = bad_json("the body is not JSON, at byte " + std::to_string(json_.GetErrorOffset()));
  else if (!json_.IsObject())
    error_ = bad_json("the body must be a JSON object");
}

std::variant<fields_read, api_error> read_fields(const rapidjson::Value& object,
                                                 std::span<const body_field> known,
                                                 const std::string& where, bool nullable) {
  member_reader reader{known, where, nullable};
  if (auto error = reader.read(object, ""))
    return std::move(*error);
  return reader.take();
}

} // namespace keywheel::observe
