#include "cli/admin_target.hpp"

#include "config/sections.hpp"
#include "config/token_file.hpp"

#include <memory>
#include <stdexcept>

namespace keywheel::cli {

namespace {

constexpr std::string_view default_url = "http://127.0.0.1:4101";

/// Begins the placeholder of a secret; its name follows, for two keys may not have the same secret.
constexpr std::string_view unreadable = "unreadable here: ";

/// Like `in`, but every secret that cannot be read becomes a placeholder: whoever asks a gateway
/// for its keys rarely has the environment in which that gateway runs.
config::surroundings lenient(const world& in, const std::string& config_path) {
  config::surroundings result;
  result.environment = [in](const std::string& name) -> std::optional<std::string> {
    auto value = in.from.environment(name);
    bool place = name == "STATE_DIRECTORY" || name == "XDG_STATE_HOME" || name == "HOME";
    return value || place ? value : std::string{unreadable} + name;
  };
  result.read_file = [in, config_path](const std::string& path,
                                       std::string& error) -> std::optional<std::string> {
    auto text = in.from.read_file(path, error);
    if (text || path == config_path)
      return text;
    error.clear();
    return std::string{unreadable} + path;
  };
  return result;
}

std::shared_ptr<const config::config> load_for_client(const std::string& given, const world& in) {
  auto choice = find_config(given, in);
  if (choice.path.empty())
    return nullptr;
  auto loaded = config::load(choice.path, lenient(in, choice.path));
  if (!loaded && !given.empty())
    throw std::runtime_error(loaded.problems.empty() ? given + ": cannot be loaded"
                                                     : config::to_string(loaded.problems.front()));
  return loaded.value;
}

std::string trimmed(std::string text) {
  constexpr std::string_view blank = " \t\r\n";
  text.erase(text.find_last_not_of(blank) + 1);
  text.erase(0, std::min(text.find_first_not_of(blank), text.size()));
  return text;
}

} // namespace

std::string url_of(const config::endpoint& where) {
  auto host = where.host;
  if (host == "0.0.0.0")
    host = "127.0.0.1";
  else if (host == "::")
    host = "::1";
  if (host.find(':') != std::string::npos)
    host = "[" + host + "]";
  return "http://" + host + ":" + std::to_string(where.port);
}

admin_target find_admin(const std::string& url, const std::string& config_path, const world& in) {
  admin_target result;
  auto config = load_for_client(config_path, in);
  if (!url.empty())
    result.url = url;
  else
    result.url = config ? url_of(config->admin.listen) : std::string{default_url};
  while (result.url.ends_with('/'))
    result.url.pop_back();

  result.hint = "KEYWHEEL_ADMIN_TOKEN";
  if (auto token = in.from.environment("KEYWHEEL_ADMIN_TOKEN"); token && !token->empty()) {
    result.token = *token;
    return result;
  }
  if (config && !config->admin.token.empty()
      && !config->admin.token.reveal().starts_with(unreadable)) {
    result.token = config->admin.token.reveal();
    return result;
  }
  auto state_dir = config ? config->server.state_dir : config::default_state_dir(in.from);
  if (!state_dir.empty()) {
    auto file = config::token_path(state_dir);
    result.hint += " and " + file;
    std::string ignored;
    result.token = trimmed(in.from.read_file(file, ignored).value_or(""));
  }
  return result;
}

} // namespace keywheel::cli
