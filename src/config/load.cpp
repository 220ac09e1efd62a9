#include "config/load.hpp"

#include "config/document.hpp"
#include "config/sections.hpp"

#include <filesystem>

namespace keywheel::config {

namespace {

using section = void (*)(table_reader&, reading&);

void read_root(const toml::table& root, reading& state) {
  table_reader table{state.problems, root, ""};
  const auto with = [&state](section read) {
    return [read, &state](table_reader& inner) { read(inner, state); };
  };
  const auto with_name = [&state](auto read) {
    return
        [read, &state](const std::string& name, table_reader& inner) { read(name, inner, state); };
  };
  // The order matters: later parts inherit from earlier ones and refer to them.
  table.table("server", with(read_server));
  table.table("admin", with(read_admin));
  table.table("log", with(read_log));
  table.table("cooldown", [&state](table_reader& inner) {
    state.into.cooldown = read_cooldown(inner, state.into.cooldown);
  });
  table.table("waiting_line", with(read_waiting_line));
  table.tables("providers", with_name(read_provider));
  table.tables("models", with_name(read_model));
  table.array_of_tables("clients", with(read_client));
  table.finish();
  check_mentions(state);
}

void find_state_dir(reading& state) {
  auto& state_dir = state.into.server.state_dir;
  if (state_dir.empty())
    state_dir = default_state_dir(state.from);
  if (state_dir.empty())
    state.problems.add({}, "[server]: state_dir must be given: there is no $STATE_DIRECTORY, "
                           "$XDG_STATE_HOME or $HOME to derive it from");
}

} // namespace

load_result load(const std::string& path, const surroundings& from) {
  std::string reason;
  if (const auto text = from.read_file(path, reason))
    return parse(*text, path, from);
  return {nullptr, {{path, 0, 0, "cannot be read: " + reason}}};
}

load_result parse(const std::string& text, const std::string& path, const surroundings& from) {
  auto parsed = parse_document(text);
  if (!parsed.root) {
    parsed.wrong.file = path;
    return {nullptr, {parsed.wrong}};
  }
  problem_list problems{path};
  auto result = std::make_shared<config>();
  result->path = path;
  const auto folder = std::filesystem::path{path}.parent_path().string();
  reading state{problems, from, folder, secret_reader{from, folder}, *result, {}};
  read_root(*parsed.root, state);
  find_state_dir(state);
  if (!path.empty())
    result->watched_files.push_back(path);
  for (const auto& file : state.secrets.files())
    if (file != path)
      result->watched_files.push_back(file);
  if (!problems.empty())
    return {nullptr, problems.take()};
  return {std::move(result), {}};
}

} // namespace keywheel::config
