// parse() of state_text.hpp.

#include "dialect/times.hpp"
#include "state/state_text.hpp"

#include <rapidjson/document.h>

#include <algorithm>
#include <functional>
#include <limits>
#include <set>
#include <utility>

namespace keywheel::state {

namespace {

using json = rapidjson::Value;

constexpr std::size_t fingerprint_digits = 16;

bool is_fingerprint(std::string_view text) {
  return text.size() == fingerprint_digits && std::all_of(text.begin(), text.end(), [](char c) {
           return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
         });
}

std::string text_of(const json& from) {
  return {from.GetString(), from.GetStringLength()};
}

/// Reads values by type. What is wrong with one is noted, the first time, and it is read as if it
/// were empty; a path says where: "keys[3].day".
class reader {
public:
  const std::string& problem() const noexcept { return problem_; }

  void wrong(const std::string& path, const std::string& what) {
    if (problem_.empty())
      problem_ = path.empty() ? what : path + " " + what;
  }

  const json* member(const json& object, const char* name, const std::string& path) {
    if (!object.IsObject()) {
      wrong(path, "is no object");
      return nullptr;
    }
    const auto found = object.FindMember(name);
    if (found != object.MemberEnd())
      return &found->value;
    wrong(path, std::string{"has no "} + name);
    return nullptr;
  }

  std::string text(const json& object, const char* name, const std::string& path) {
    const auto* value = member(object, name, path);
    if (value && value->IsString())
      return text_of(*value);
    wrong(path + "." + name, "is no string");
    return {};
  }

  std::int64_t number(const json& value, std::int64_t most, const std::string& path) {
    if (value.IsInt64() && value.GetInt64() >= 0 && value.GetInt64() <= most)
      return value.GetInt64();
    wrong(path, "is no whole number from 0 to " + std::to_string(most));
    return 0;
  }

  wall_time time(const json& value, const std::string& path) {
    const auto result = value.IsString() ? dialect::parse_rfc3339(text_of(value)) : std::nullopt;
    if (!result)
      wrong(path, "is no time");
    return result.value_or(wall_time{});
  }

  /// Reads every element of an array by `read(value, path)`.
  template <class Read>
  auto all(const json& object, const char* name, const std::string& path, Read read) {
    std::vector<decltype(read(object, path))> result;
    const auto* values = member(object, name, path);
    const auto inner = path.empty() ? name : path + "." + name;
    if (!values || !values->IsArray()) {
      wrong(inner, "is no array");
      return result;
    }
    for (const auto& each : values->GetArray()) {
      if (!problem_.empty())
        break;
      result.push_back(read(each, inner + "[" + std::to_string(result.size()) + "]"));
    }
    return result;
  }

private:
  std::string problem_;
};

saved_cooldown read_cooldown(reader& from, const json& value, const std::string& path) {
  saved_cooldown result;
  result.scope = from.text(value, "scope", path);
  result.model = from.text(value, "model", path);
  result.reason = from.text(value, "reason", path);
  result.source = from.text(value, "source", path);
  if (const auto* until = from.member(value, "until", path))
    result.until = from.time(*until, path + ".until");
  if (const auto* strikes = from.member(value, "strikes", path))
    result.strikes = static_cast<std::uint32_t>(
        from.number(*strikes, std::numeric_limits<std::uint32_t>::max(), path + ".strikes"));
  return result;
}

saved_slot read_slot(reader& from, const json& value, const std::string& path) {
  if (!value.IsArray() || value.Size() != 2) {
    from.wrong(path, "is no pair of a time and an amount");
    return {};
  }
  return {from.time(value[0], path), from.number(value[1], most_amount, path)};
}

std::vector<saved_cooldown> read_cooldowns(reader& from, const json& value,
                                           const std::string& path) {
  return from.all(value, "cooldowns", path, [&from](const json& each, const std::string& where) {
    return read_cooldown(from, each, where);
  });
}

saved_window read_day(reader& from, const json& value, const std::string& path) {
  const auto* day = from.member(value, "day", path);
  if (!day)
    return {};
  const auto slots = [&](const char* name) {
    return from.all(*day, name, path + ".day", [&from](const json& each, const std::string& where) {
      return read_slot(from, each, where);
    });
  };
  return {slots("requests"), slots("tokens")};
}

saved_key read_key(reader& from, const json& value, const std::string& path) {
  saved_key result;
  result.id = from.text(value, "id", path);
  result.fingerprint = from.text(value, "fingerprint", path);
  if (!is_fingerprint(result.fingerprint))
    from.wrong(path + ".fingerprint", "is none");
  result.organization = from.text(value, "organization", path);
  result.cooldowns = read_cooldowns(from, value, path);
  result.day = read_day(from, value, path);
  return result;
}

saved_group read_group(reader& from, const json& value, const std::string& path) {
  saved_group result;
  result.provider = from.text(value, "provider", path);
  result.name = from.text(value, "name", path);
  result.cooldowns = read_cooldowns(from, value, path);
  result.day = read_day(from, value, path);
  return result;
}

saved_model read_model(reader& from, const json& value, const std::string& path) {
  saved_model result;
  result.provider = from.text(value, "provider", path);
  result.model = from.text(value, "model", path);
  if (const auto* cooldown = from.member(value, "cooldown", path))
    result.cooldown = read_cooldown(from, *cooldown, path + ".cooldown");
  return result;
}

/// Notes it if two of `all` have the same name, of two parts.
template <class T, class Name>
void check_distinct(reader& from, const std::vector<T>& all, const std::string& path, Name name) {
  std::set<std::pair<std::string, std::string>> names;
  for (const auto& each : all)
    if (!names.insert(name(each)).second)
      from.wrong(path, "has one twice");
}

void check_distinct(reader& from, const saved_state& what) {
  check_distinct(from, what.keys, "keys", [](const saved_key& k) {
    return std::pair{k.id, k.fingerprint};
  });
  check_distinct(from, what.groups, "groups", [](const saved_group& g) {
    return std::pair{g.provider, g.name};
  });
  check_distinct(from, what.models, "models", [](const saved_model& m) {
    return std::pair{m.provider, m.model};
  });
}

saved_state read_state(reader& from, const json& root) {
  const auto with = [&from](auto read) {
    return
        [&from, read](const json& each, const std::string& path) { return read(from, each, path); };
  };
  saved_state result;
  result.keys = from.all(root, "keys", "", with(read_key));
  result.groups = from.all(root, "groups", "", with(read_group));
  result.models = from.all(root, "models", "", with(read_model));
  check_distinct(from, result);
  return result;
}

bool is_known_version(const json& root) {
  const auto found = root.FindMember("version");
  return found != root.MemberEnd() && found->value.IsInt()
         && found->value.GetInt() == state_version;
}

} // namespace

parsed_state parse(std::string_view text) {
  // Iterative, so that no nesting is too deep for the stack.
  rapidjson::Document root;
  root.Parse<rapidjson::kParseIterativeFlag | rapidjson::kParseValidateEncodingFlag>(text.data(),
                                                                                     text.size());
  if (root.HasParseError())
    return {std::nullopt, "is no JSON, at byte " + std::to_string(root.GetErrorOffset())};
  if (!root.IsObject())
    return {std::nullopt, "is no JSON object"};
  if (!is_known_version(root))
    return {std::nullopt, "is not of version " + std::to_string(state_version)};
  reader from;
  auto result = read_state(from, root);
  if (!from.problem().empty())
    return {std::nullopt, from.problem()};
  return {std::move(result), {}};
}

} // namespace keywheel::state
