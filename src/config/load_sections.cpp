#include "config/sections.hpp"
#include "config/words.hpp"

#include <algorithm>

namespace keywheel::config {

namespace {

constexpr milliseconds shortest{1};
constexpr std::size_t longest_name = 64;
constexpr std::int64_t most_waiting_calls = 1'000'000;
constexpr std::int64_t most_log_files = 1000;
constexpr std::size_t least_log_size = 4096;

/// Overwrites `field` if there is something to write.
template <class T>
void assign(T& field, std::optional<T> given) {
  if (given)
    field = std::move(*given);
}

} // namespace

std::string flaw_of_name(const std::string& name) {
  const auto fits = [](char c) {
    return c > ' ' && c < '\x7f' && std::string_view{"/\\?#%\"'"}.find(c) == std::string_view::npos;
  };
  if (!name.empty() && name.size() <= longest_name && std::all_of(name.begin(), name.end(), fits))
    return {};
  return R"(must have 1 to 64 visible ASCII characters, none of them / \ ? # % " ')";
}

std::string default_state_dir(const surroundings& from) {
  const auto variable = [&from](const char* name) { return from.environment(name).value_or(""); };
  auto given = variable("STATE_DIRECTORY"); // systemd's; a list if the unit names several
  if (given = given.substr(0, given.find(':')); !given.empty())
    return given;
  // The XDG Base Directory Specification says to ignore a path that is not absolute.
  if (const auto xdg = variable("XDG_STATE_HOME"); xdg.starts_with('/'))
    return xdg + "/keywheel";
  if (const auto home = variable("HOME"); !home.empty())
    return home + "/.local/state/keywheel";
  return {};
}

void read_server(table_reader& table, reading& state) {
  auto& server = state.into.server;
  assign(server.listen, table.address("listen"));
  assign(server.request_timeout, table.duration("request_timeout", shortest));
  assign(server.drain_timeout, table.duration("drain_timeout", milliseconds{0}));
  assign(server.stream_keepalive, table.duration("stream_keepalive", milliseconds{0}));
  if (const auto size = table.size("max_body"); size == std::size_t{0})
    table.error("max_body", "must be at least 1B");
  else
    assign(server.max_body, size);
  if (const auto given = table.text("state_dir"))
    server.state_dir = resolve_path(*given, state.folder, state.from);
  if (const auto shards = table.integer("shards", 1, 1024); shards.value_or(1) != 1)
    table.error("shards", "other than 1 are not supported yet");
}

void read_admin(table_reader& table, reading& state) {
  auto& admin = state.into.admin;
  assign(admin.listen, table.address("listen"));
  admin.token = state.secrets.read(table, "token").value;
  if (admin.listen.port != 0 && admin.listen == state.into.server.listen)
    table.error("listen", "is the same address as the server's (server.listen)");
}

void read_log(table_reader& table, reading& state) {
  auto& log = state.into.log;
  if (const auto format = table.text("format")) {
    log.json = *format == "json";
    if (!log.json && *format != "text")
      table.error("format", unknown_word(*format, {"text", "json"}));
  }
  if (const auto level = table.text("level")) {
    if (const auto known = log_level_from_string(*level))
      log.level = *known;
    else
      table.error("level",
                  unknown_word(*level, {"trace", "debug", "info", "warning", "error", "off"}));
  }
  if (const auto file = table.text("file"))
    log.file = resolve_path(*file, state.folder, state.from);
  if (const auto size = table.size("max_size"); size && *size < least_log_size)
    table.error("max_size", "must be at least 4KiB");
  else
    assign(log.max_size, size);
  if (const auto files = table.integer("max_files", 1, most_log_files))
    log.max_files = static_cast<std::size_t>(*files);
  assign(log.prompts, table.boolean("prompts"));
}

cooldown_config read_cooldown(table_reader& table, const cooldown_config& inherited) {
  auto result = inherited;
  const auto rate_limit = table.duration("rate_limit", shortest);
  const auto max = table.duration("max", shortest);
  assign(result.rate_limit, rate_limit);
  assign(result.max, max);
  assign(result.use_hints, table.boolean("use_hints"));
  if (rate_limit && *rate_limit > result.max)
    table.error("rate_limit",
                max ? "is longer than max" : "is longer than max, which is inherited");
  // A person who lowers only the cap wants no cooldown beyond it.
  result.rate_limit = std::min(result.rate_limit, result.max);
  return result;
}

void read_waiting_line(table_reader& table, reading& state) {
  auto& line = state.into.waiting_line;
  assign(line.max_wait, table.duration("max_wait", milliseconds{0}));
  if (const auto calls = table.integer("max_calls", 0, most_waiting_calls))
    line.max_calls = static_cast<std::size_t>(*calls);
}

void read_client(table_reader& table, reading& state) {
  client_config client;
  table.require("name");
  table.require("token");
  auto& clients = state.into.clients;
  const auto is_named = [&client](const client_config& c) { return c.name == client.name; };
  if (const auto name = table.text("name")) {
    client.name = *name;
    if (client.name.size() > longest_name)
      table.error("name", "must have at most 64 characters");
    else if (std::any_of(clients.begin(), clients.end(), is_named))
      table.error("name", "is already the name of another client");
  }
  client.token = state.secrets.read(table, "token").value;
  const auto twin = std::find_if(clients.begin(), clients.end(), [&client](const client_config& c) {
    return !client.token.empty() && c.token == client.token;
  });
  if (twin != clients.end())
    table.error("token", "is the same as that of " + quoted_name(twin->name));
  client.models = read_model_names(table, state, "");
  clients.push_back(std::move(client));
}

} // namespace keywheel::config
