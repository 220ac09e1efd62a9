#pragma once

#include "tools/simulator/script.hpp"

#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

namespace keywheel::simulator {

/// One field with the name that its mistakes are reported under.
class field {
public:
  field(std::string name, const rapidjson::Value& value) : name_(std::move(name)), value_(value) {
    // nop
  }

  [[noreturn]] void fail(const std::string& what) const {
    throw script_error(name_.empty() ? what : name_ + ": " + what);
  }

  std::int64_t number(std::int64_t least, std::int64_t most) const {
    if (!value_.IsInt64() || value_.GetInt64() < least || value_.GetInt64() > most)
      fail("must be a whole number from " + std::to_string(least) + " to " + std::to_string(most));
    return value_.GetInt64();
  }

  std::size_t size(std::int64_t most) const { return static_cast<std::size_t>(number(0, most)); }

  bool boolean() const {
    if (!value_.IsBool())
      fail("must be true or false");
    return value_.GetBool();
  }

  std::string string() const {
    if (!value_.IsString())
      fail("must be a string");
    return {value_.GetString(), value_.GetStringLength()};
  }

  /// A string that goes into a header line.
  std::string line() const {
    auto result = string();
    if (result.empty() || result.find_first_of(std::string{"\r\n\0", 3}) != std::string::npos)
      fail("must be one line of text");
    return result;
  }

  std::chrono::nanoseconds duration() const {
    auto result = parse_duration(string());
    if (!result)
      fail("must be a duration such as \"250ms\" or \"1.5s\"");
    return *result;
  }

  /// A string as it is, anything else as JSON.
  std::string text_or_json() const {
    if (value_.IsString())
      return string();
    rapidjson::StringBuffer buffer;
    rapidjson::Writer<rapidjson::StringBuffer> writer{buffer};
    value_.Accept(writer);
    return {buffer.GetString(), buffer.GetSize()};
  }

  /// Calls `f(name, field)` for every member. `f` returns whether it knows the name.
  template <class F>
  void members(F f) const {
    if (!value_.IsObject())
      fail("must be a table");
    for (auto& member : value_.GetObject()) {
      std::string name{member.name.GetString(), member.name.GetStringLength()};
      field inner{name_.empty() ? name : name_ + "." + name, member.value};
      if (!f(std::string_view{name}, inner))
        inner.fail("unknown field");
    }
  }

  template <class F>
  void elements(F f) const {
    if (!value_.IsArray())
      fail("must be an array");
    for (rapidjson::SizeType i = 0; i < value_.Size(); ++i)
      f(field{name_ + "[" + std::to_string(i) + "]", value_[i]});
  }

  const rapidjson::Value& value() const { return value_; }

private:
  std::string name_;
  const rapidjson::Value& value_;
};

/// One of `names`, by its place in them. `what` names the kind of thing in messages.
template <class Names>
std::size_t field_choice(const field& value, const Names& names, const char* what) {
  auto text = value.string();
  for (std::size_t i = 0; i < names.size(); ++i)
    if (names[i] == text)
      return i;
  value.fail(std::string{"unknown "} + what);
}

// What files and the control API are made of (script_parts.cpp).

/// Sets one limit. Returns false if `name` is none.
bool limit_field(key_limits& result, std::string_view name, const field& value);

std::vector<std::string> string_list(const field& value);
standing standing_field(const field& value);

/// A key; what it does not say of its limits is as in `base`.
key_options key_fields(const field& table, const key_limits& base);

organization_options organization_fields(const field& table);
fault fault_fields(const field& table);

/// `{"key":…,"fault":{…}}`, and an array of them.
scripted_fault scripted_fault_fields(const field& table);
std::vector<scripted_fault> fault_list(const field& value);

/// One step of an incident, or an action alone if `timed` is false (script_action.cpp).
incident_step step_fields(const field& table, bool timed);

/// The steps of an incident, in the order of their times.
std::vector<incident_step> incident_fields(const field& value);

} // namespace keywheel::simulator
