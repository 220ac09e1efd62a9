#include "tools/simulator/script.hpp"

#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

#include <algorithm>
#include <array>

namespace keywheel::simulator {
namespace {

constexpr std::array<std::string_view, 12> kind_names = {
    "status",       "latency", "close",        "reset",        "close_in_body", "garbage",
    "never_answer", "slow",    "stop_reading", "stream_error", "cut_stream",    "revoke"};
static_assert(kind_names.size() == static_cast<std::size_t>(fault_kind::revoke) + 1);

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

bool limit_field(key_limits& result, std::string_view name, const field& value) {
  if (name == "rpm")
    result.rpm = value.number(0, max_limit);
  else if (name == "tpm")
    result.tpm = value.number(0, max_limit);
  else if (name == "max_concurrent")
    result.max_concurrent = value.number(0, max_limit);
  else
    return false;
  return true;
}

key_options key_fields(const field& table, const key_limits& base) {
  key_options result;
  auto limits = base;
  bool limited = false;
  table.members([&](std::string_view name, const field& value) {
    if (name == "name")
      result.name = value.line();
    else if (name == "secret")
      result.secret = value.line();
    else if (name == "organization")
      result.organization = value.line();
    else if (limit_field(limits, name, value))
      limited = true;
    else
      return false;
    return true;
  });
  if (result.name.empty() || result.name == "*")
    table.fail("needs a name");
  if (limited)
    result.limits = limits;
  return result;
}

fault_kind kind_of(const field& value) {
  auto found = std::find(kind_names.begin(), kind_names.end(), value.string());
  if (found == kind_names.end())
    value.fail("unknown kind of fault");
  return static_cast<fault_kind>(found - kind_names.begin());
}

fault fault_fields(const field& table) {
  fault result;
  bool kind = false, times = false;
  table.members([&](std::string_view name, const field& value) {
    if (name == "kind") {
      result.kind = kind_of(value);
      kind = true;
    } else if (name == "status") {
      result.status = static_cast<int>(value.number(200, 599));
      kind = true;
    } else if (name == "headers") {
      value.members([&](std::string_view header, const field& text) {
        result.headers.emplace_back(header, text.line());
        return header.find_first_of(" :\r\n\t") == std::string_view::npos && !header.empty();
      });
    } else if (name == "body") {
      result.body = value.text_or_json();
    } else if (name == "delay") {
      result.delay = value.duration();
    } else if (name == "interval") {
      result.interval = value.duration();
    } else if (name == "after") {
      result.after = value.size(INT32_MAX);
    } else if (name == "bytes") {
      result.bytes = static_cast<std::size_t>(value.number(1, INT32_MAX));
    } else if (name == "early") {
      result.early = value.boolean();
    } else if (name == "skip") {
      result.skip = static_cast<int>(value.number(0, INT32_MAX));
    } else if (name == "times") {
      result.times = static_cast<int>(value.number(-1, INT32_MAX));
      times = true;
    } else {
      return false;
    }
    return true;
  });
  if (!kind)
    table.fail("needs a kind or a status");
  // A key stays revoked until the fault is deleted.
  if (result.kind == fault_kind::revoke && !times)
    result.times = -1;
  return result;
}

scripted_fault scripted_fault_fields(const field& table) {
  scripted_fault result;
  bool found = false;
  table.members([&](std::string_view name, const field& value) {
    if (name == "key") {
      result.key = value.string();
    } else if (name == "fault") {
      result.what = fault_fields(value);
      found = true;
    } else {
      return false;
    }
    return true;
  });
  if (!found)
    table.fail("needs a fault");
  return result;
}

std::vector<scripted_fault> fault_list(const field& value) {
  std::vector<scripted_fault> result;
  value.elements([&](const field& entry) { result.push_back(scripted_fault_fields(entry)); });
  return result;
}

std::vector<std::string> string_list(const field& value) {
  std::vector<std::string> result;
  value.elements([&](const field& entry) { result.push_back(entry.string()); });
  return result;
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
    return false;
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

void check_names(const options& what) {
  std::vector<std::string> names;
  for (auto& key : what.keys) {
    if (std::find(names.begin(), names.end(), key.name) != names.end())
      throw script_error("keys: two are named " + key.name);
    names.push_back(key.name);
  }
  for (auto& entry : what.faults)
    if (entry.key != "*" && std::find(names.begin(), names.end(), entry.key) == names.end())
      throw script_error("faults: there is no key " + entry.key);
}

} // namespace

std::string_view to_string(fault_kind kind) {
  return kind_names[static_cast<std::size_t>(kind)];
}

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
    else if (name == "faults")
      result.faults = fault_list(value);
    else if (name != "defaults")
      return behaviour_field(result, name, value) || server_field(result, name, value);
    return true;
  });
  check_names(result);
  return result;
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
