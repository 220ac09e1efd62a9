#include "cli/admin_client.hpp"
#include "cli/commands.hpp"
#include "cli/load.hpp"
#include "cli/table.hpp"
#include "cli/view.hpp"

#include <iostream>
#include <memory>
#include <optional>

namespace keywheel::cli {

namespace {

/// What every client command can be told.
struct client_options {
  std::string url;
  std::string config;
  bool json = false;
};

/// Makes of an answer's body what a person reads; nothing if it is not understood.
using viewer = std::function<std::optional<std::string>(const std::string& body)>;

void complain(const reply& to, const admin_target& target) {
  std::cerr << "keywheel: ";
  if (!to.unreachable.empty())
    std::cerr << "no gateway at " << target.url << ": " << to.unreachable << '\n';
  else if (to.status == 401 && target.token.empty())
    std::cerr << "no admin token found; looked at " << target.hint << '\n';
  else
    std::cerr << (exit_code_for(to.status) == exit_code::refused ? "refused: " : "failed: ")
              << error_view(to.status, to.body) << '\n';
}

exit_code report(const reply& answer, const admin_target& target, bool json, const viewer& view) {
  auto result = answer.unreachable.empty() ? exit_code_for(answer.status) : exit_code::unreachable;
  if (json && answer.unreachable.empty()) {
    std::cout << answer.body;
    if (!answer.body.ends_with('\n'))
      std::cout << '\n';
  }
  if (result != exit_code::ok) {
    complain(answer, target);
    return result;
  }
  if (json)
    return result;
  auto text = view(answer.body);
  if (!text) {
    std::cerr << "keywheel: the answer of " << target.url << " is not understood\n";
    return exit_code::failed;
  }
  std::cout << *text;
  return result;
}

exit_code ask(const client_options& with, std::string_view method, const std::string& path,
              std::string_view body, const viewer& view) {
  admin_client client{find_admin(with.url, with.config, process_world())};
  return report(client.request(method, path, body), client.target(), with.json, view);
}

std::shared_ptr<client_options> add_client_options(CLI::App& to) {
  auto result = std::make_shared<client_options>();
  add_config_option(to, result->config);
  to.add_option("--url", result->url, "Admin address of the gateway")
      ->envname("KEYWHEEL_ADMIN_URL")
      ->type_name("URL");
  to.add_flag("--json", result->json, "Print the admin API's answer as it is");
  return result;
}

void add_list(CLI::App& to, action& chosen, const std::string& name, const std::string& what,
              std::optional<std::string> (*view)(const std::string&, std::size_t)) {
  auto& command = add_command(to, name, what);
  auto with = add_client_options(command);
  command.callback([&chosen, with, name, view] {
    chosen = [with, name, view] {
      return ask(*with, "GET", "/api/v1/" + name, {},
                 [view](const std::string& body) { return view(body, terminal_width()); });
    };
  });
}

/// One thing to do with one key.
struct key_deed {
  const char* name;
  const char* what;
  const char* done;
  const char* method;
  const char* below; ///< path below the key's own
  const char* body;
};

constexpr key_deed key_deeds[] = {
    {"enable", "Let a key serve again; written into the configuration file", "enabled", "PATCH", "",
     R"({"enabled":true})"},
    {"disable", "Give a key no more requests; written into the configuration file", "disabled",
     "PATCH", "", R"({"enabled":false})"},
    {"reset", "Clear a key's cooldowns, or its rejection by the provider", "reset", "POST",
     "/reset", ""},
};

std::string check_key_id(const std::string& id) {
  auto slash = id.find('/');
  bool good = slash != std::string::npos && slash != 0 && slash + 1 != id.size();
  return good ? std::string{} : "a key is named PROVIDER/NAME, as `keywheel keys` shows it";
}

exit_code do_with_key(const client_options& with, const std::string& id, const key_deed& deed) {
  auto slash = id.find('/');
  auto path = "/api/v1/keys/" + path_segment(id.substr(0, slash)) + "/"
              + path_segment(id.substr(slash + 1)) + deed.below;
  return ask(with, deed.method, path, deed.body,
             [&](const std::string& body) -> std::optional<std::string> {
               auto result = id + " " + deed.done;
               if (auto generation = generation_of(body))
                 result += ": generation " + std::to_string(*generation);
               return result + "\n";
             });
}

void add_key(CLI::App& to, action& chosen) {
  auto& command = add_command(to, "key", "Change a key of a running gateway");
  command.require_subcommand(1);
  for (const auto& deed : key_deeds) {
    auto& sub = add_command(command, deed.name, deed.what);
    auto with = add_client_options(sub);
    auto id = std::make_shared<std::string>();
    sub.add_option("key", *id, "The key's id")
        ->required()
        ->type_name("PROVIDER/NAME")
        ->check(CLI::Validator{check_key_id, ""});
    sub.callback([&chosen, &deed, with, id] {
      chosen = [&deed, with, id] { return do_with_key(*with, *id, deed); };
    });
  }
}

void add_reload(CLI::App& to, action& chosen) {
  auto& command = add_command(to, "reload", "Have a running gateway read its configuration again");
  auto with = add_client_options(command);
  command.callback([&chosen, with] {
    chosen = [with] { return ask(*with, "POST", "/api/v1/reload", {}, reload_view); };
  });
}

} // namespace

void add_client_commands(CLI::App& to, action& chosen) {
  add_list(to, chosen, "models", "List the models of a running gateway", models_view);
  add_list(to, chosen, "keys", "List the keys of a running gateway, and which of them rest",
           keys_view);
  add_key(to, chosen);
  add_reload(to, chosen);
}

} // namespace keywheel::cli
