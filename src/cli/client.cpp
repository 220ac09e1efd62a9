#include "cli/client.hpp"

#include "cli/load.hpp"
#include "cli/table.hpp"
#include "cli/view.hpp"

#include <iostream>

namespace keywheel::cli {

namespace {

void print_json(const std::string& body) {
  std::cout << body;
  if (!body.ends_with('\n'))
    std::cout << '\n';
}

using list_view = std::optional<std::string> (*)(const std::string&, const screen&, std::int64_t);

void add_list(CLI::App& to, action& chosen, const std::string& name, const std::string& what,
              list_view view) {
  auto& command = add_command(to, name, what);
  auto with = add_client_options(command);
  auto watched = std::make_shared<bool>(false);
  command.add_flag("-w,--watch", *watched, "Show it live, until Ctrl-C");
  command.callback([&chosen, with, watched, name, view] {
    chosen = [with, watched, name, view] {
      const auto on = standard_output();
      if (*watched)
        return watch(*with, [view, on](const std::string& snapshot, std::int64_t age_ms) {
          return view(snapshot, on, age_ms);
        });
      return ask(*with, "GET", "/api/v1/" + name, {},
                 [view, on](const std::string& body) { return view(body, on, 0); });
    };
  });
}

void add_reload(CLI::App& to, action& chosen) {
  auto& command = add_command(to, "reload", "Have a running gateway read its configuration again");
  auto with = add_client_options(command);
  command.callback([&chosen, with] {
    chosen = [with] { return ask(*with, "POST", "/api/v1/reload", {}, reload_view); };
  });
}

} // namespace

std::shared_ptr<client_options> add_client_options(CLI::App& to) {
  auto result = std::make_shared<client_options>();
  add_config_option(to, result->config);
  to.add_option("--url", result->url, "Admin address of the gateway")
      ->envname("KEYWHEEL_ADMIN_URL")
      ->type_name("URL");
  to.add_flag("--json", result->json, "Print the admin API's answer as it is");
  return result;
}

admin_target target_of(const client_options& with) {
  return find_admin(with.url, with.config, process_world());
}

exit_code judge(const reply& answer, const admin_target& target) {
  if (!answer.unreachable.empty()) {
    std::cerr << "keywheel: no gateway at " << target.url << ": " << answer.unreachable << '\n';
    return exit_code::unreachable;
  }
  const auto result = exit_code_for(answer.status);
  if (result == exit_code::ok)
    return result;
  std::cerr << "keywheel: ";
  if (answer.status == 401 && target.token.empty())
    std::cerr << "no admin token found; looked at " << target.hint << '\n';
  else
    std::cerr << (result == exit_code::refused ? "refused: " : "failed: ")
              << error_view(answer.status, answer.body) << '\n';
  return result;
}

exit_code ask(const client_options& with, std::string_view method, const std::string& path,
              std::string_view body, const viewer& view) {
  admin_client client{target_of(with)};
  const auto answer = client.request(method, path, body);
  if (with.json && answer.unreachable.empty())
    print_json(answer.body);
  const auto result = judge(answer, client.target());
  if (result != exit_code::ok || with.json)
    return result;
  const auto text = view(answer.body);
  if (!text) {
    std::cerr << "keywheel: the answer of " << client.target().url << " is not understood\n";
    return exit_code::failed;
  }
  std::cout << *text;
  return result;
}

void add_client_commands(CLI::App& to, action& chosen) {
  add_list(to, chosen, "models", "List the models of a running gateway", models_view);
  add_list(to, chosen, "keys", "List the keys of a running gateway, and which of them rest",
           keys_view);
  add_key_commands(to, chosen);
  add_reload(to, chosen);
  add_events(to, chosen);
}

} // namespace keywheel::cli
