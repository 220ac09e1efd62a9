#include "observe/api_patch.hpp"

#include "observe/api_body.hpp"

#include <algorithm>
#include <array>

namespace keywheel::observe {

namespace {

using type = field_type;

constexpr std::array key_fields{
    body_field{"enabled", type::boolean},      body_field{"weight", type::number},
    body_field{"max_in_flight", type::number}, body_field{"rpm", type::number},
    body_field{"tpm", type::number},           body_field{"rpd", type::number},
    body_field{"tpd", type::number},           body_field{"quota_group", type::text},
    body_field{"base_url", type::text},        body_field{"upstream_model", type::text},
    body_field{"models", type::texts},         body_field{"api_key", type::credential},
    body_field{"store", type::text},
};

constexpr std::array model_fields{
    body_field{"load_balancing", type::boolean},
    body_field{"strategy", type::text},
    body_field{"sticky", type::boolean},
    body_field{"max_attempts", type::number},
    body_field{"replay_unanswered", type::boolean},
    body_field{"upstream_model", type::text},
    body_field{"cooldown.rate_limit", type::text},
    body_field{"cooldown.use_hints", type::boolean},
    body_field{"cooldown.max", type::text},
};

constexpr std::array provider_fields{
    body_field{"dialect", type::text},
    body_field{"base_url", type::text},
    body_field{"signals", type::text},
    body_field{"connect_timeout", type::text},
    body_field{"first_byte_timeout", type::text},
    body_field{"idle_timeout", type::text},
    body_field{"http2", type::boolean},
    body_field{"proxy", type::hidden},
    body_field{"ca_file", type::text},
    body_field{"client_cert", type::text},
    body_field{"client_key", type::text},
    body_field{"cooldown.rate_limit", type::text},
    body_field{"cooldown.use_hints", type::boolean},
    body_field{"cooldown.max", type::text},
    body_field{"api_key", type::credential},
    body_field{"store", type::text},
};

template <std::size_t Count, std::size_t More>
constexpr auto with(const std::array<body_field, Count>& fields,
                    const std::array<body_field, More>& more) {
  std::array<body_field, Count + More> result{};
  std::copy(fields.begin(), fields.end(), result.begin());
  std::copy(more.begin(), more.end(), result.begin() + Count);
  return result;
}

constexpr std::array name_field{body_field{"name", type::text}};
constexpr auto new_key_fields = with(key_fields, name_field);
constexpr auto new_model_fields = with(
    model_fields, std::array{body_field{"name", type::text}, body_field{"provider", type::text}});

using value_read = std::optional<config::value>;

/// Takes a field out of the list.
std::optional<value_read> take(fields_read& fields, std::string_view name) {
  const auto found = std::find_if(fields.begin(), fields.end(),
                                  [&](const auto& each) { return each.first == name; });
  if (found == fields.end())
    return std::nullopt;
  auto result = std::move(found->second);
  fields.erase(found);
  return result;
}

/// Follows `store`, which says where a secret in `api_key` is kept, and takes it out of the list.
std::optional<api_error> follow_store(fields_read& fields, const std::string& where) {
  const auto store = take(fields, "store");
  const auto key = std::find_if(fields.begin(), fields.end(),
                                [](const auto& each) { return each.first == "api_key"; });
  if (key != fields.end() && !key->second)
    return invalid("\"" + where + "api_key\" must be a string");
  if (!store)
    return std::nullopt;
  auto* pasted = key == fields.end() ? nullptr : std::get_if<config::kept_secret>(&*key->second);
  if (!pasted)
    return invalid("\"" + where
                   + "store\" says where a secret in \"api_key\" is kept, and there is none");
  if (*store == config::value{std::string{"config"}})
    key->second = config::value{std::move(pasted->clear)};
  else if (*store != config::value{std::string{"state"}})
    return invalid("\"" + where + "store\" must be \"state\" or \"config\"");
  return std::nullopt;
}

std::vector<config::new_field> as_new(fields_read fields) {
  std::vector<config::new_field> result;
  for (auto& [name, is] : fields)
    result.push_back({std::move(name), std::move(*is)});
  return result;
}

/// Takes a text that must be there.
std::variant<std::string, api_error> take_text(fields_read& fields, const std::string& where,
                                               std::string_view name) {
  auto found = take(fields, name);
  if (!found)
    return invalid("\"" + where + std::string{name} + "\" is missing");
  return std::get<std::string>(std::move(**found));
}

/// Adds the change that an object of a new key's fields asks for.
std::optional<api_error> read_key(const rapidjson::Value& from, const std::string& provider,
                                  const std::string& where, std::vector<config::change>& into) {
  auto read = read_fields(from, new_key_fields, where, false);
  if (auto* error = std::get_if<api_error>(&read))
    return std::move(*error);
  auto& fields = std::get<fields_read>(read);
  auto name = take_text(fields, where, "name");
  if (auto* error = std::get_if<api_error>(&name))
    return std::move(*error);
  if (auto error = follow_store(fields, where))
    return error;
  // As people write it: the credential first.
  std::stable_partition(fields.begin(), fields.end(),
                        [](const auto& each) { return each.first == "api_key"; });
  if (fields.empty() || fields.front().first != "api_key")
    return invalid("\"" + where + "api_key\" is missing");
  into.emplace_back(
      config::new_key{provider, std::get<std::string>(std::move(name)), as_new(std::move(fields))});
  return std::nullopt;
}

std::optional<api_error> read_keys(const rapidjson::Value& from, const std::string& provider,
                                   std::vector<config::change>& into) {
  if (!from.IsArray())
    return invalid("\"keys\" must be an array of objects");
  for (rapidjson::SizeType i = 0; i < from.Size(); ++i) {
    if (!from[i].IsObject())
      return invalid("\"keys\" must be an array of objects");
    if (auto error = read_key(from[i], provider, "keys[" + std::to_string(i) + "].", into))
      return error;
  }
  return std::nullopt;
}

std::optional<api_error> read_provider(const rapidjson::Value& from, const std::string& name,
                                       std::vector<config::change>& into) {
  const std::string where = "new_provider.";
  if (!from.IsObject())
    return invalid("\"new_provider\" must be an object");
  auto read = read_fields(from, provider_fields, where, false);
  if (auto* error = std::get_if<api_error>(&read))
    return std::move(*error);
  auto& fields = std::get<fields_read>(read);
  if (auto error = follow_store(fields, where))
    return error;
  into.emplace_back(config::new_provider{name, as_new(std::move(fields))});
  return std::nullopt;
}

/// A member that is no field of the model itself; it is taken out of the object. Null if it is not
/// there.
rapidjson::Value take_member(rapidjson::Value& from, const char* name) {
  rapidjson::Value result;
  if (const auto found = from.FindMember(name); found != from.MemberEnd()) {
    result = found->value;
    from.EraseMember(found);
  }
  return result;
}

std::variant<fields_read, api_error> read_patch(std::string_view body,
                                                std::span<const body_field> known) {
  const json_body json{body};
  if (json.error())
    return *json.error();
  auto read = read_fields(json.object(), known, "", true);
  auto* fields = std::get_if<fields_read>(&read);
  if (!fields)
    return read;
  if (fields->empty())
    return invalid("the body names no field to change");
  if (auto error = follow_store(*fields, ""))
    return std::move(*error);
  return read;
}

} // namespace

changes_or_error read_key_patch(std::string_view body, std::string_view provider,
                                std::string_view name) {
  auto read = read_patch(body, key_fields);
  if (auto* error = std::get_if<api_error>(&read))
    return std::move(*error);
  std::vector<config::change> result;
  for (auto& [field, to] : std::get<fields_read>(read))
    result.emplace_back(
        config::key_edit{std::string{provider}, std::string{name}, field, std::move(to)});
  return result;
}

changes_or_error read_model_patch(std::string_view body, std::string_view model) {
  auto read = read_patch(body, model_fields);
  if (auto* error = std::get_if<api_error>(&read))
    return std::move(*error);
  std::vector<config::change> result;
  for (auto& [field, to] : std::get<fields_read>(read))
    result.emplace_back(config::model_edit{std::string{model}, field, std::move(to)});
  return result;
}

changes_or_error read_new_key(std::string_view body, std::string_view provider) {
  const json_body json{body};
  if (json.error())
    return *json.error();
  std::vector<config::change> result;
  if (auto error = read_key(json.object(), std::string{provider}, "", result))
    return std::move(*error);
  return result;
}

changes_or_error read_new_model(std::string_view body) {
  json_body json{body};
  if (json.error())
    return *json.error();
  const auto provider_member = take_member(json.object(), "new_provider");
  const auto keys_member = take_member(json.object(), "keys");
  auto read = read_fields(json.object(), new_model_fields, "", false);
  if (auto* error = std::get_if<api_error>(&read))
    return std::move(*error);
  auto& fields = std::get<fields_read>(read);
  auto name = take_text(fields, "", "name");
  if (auto* error = std::get_if<api_error>(&name))
    return std::move(*error);
  auto provider = take_text(fields, "", "provider");
  if (auto* error = std::get_if<api_error>(&provider))
    return std::move(*error);
  const auto& provider_name = std::get<std::string>(provider);
  std::vector<config::change> result;
  if (!provider_member.IsNull())
    if (auto error = read_provider(provider_member, provider_name, result))
      return std::move(*error);
  if (!keys_member.IsNull())
    if (auto error = read_keys(keys_member, provider_name, result))
      return std::move(*error);
  fields.emplace(fields.begin(), "provider", config::value{provider_name});
  result.emplace_back(
      config::new_model{std::get<std::string>(std::move(name)), as_new(std::move(fields))});
  return result;
}

} // namespace keywheel::observe
