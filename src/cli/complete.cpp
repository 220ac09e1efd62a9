#include "cli/client.hpp"
#include "cli/completion.hpp"

#include <rapidjson/document.h>

#include <iostream>

namespace keywheel::cli {

namespace {

/// Prints the ids of a running gateway's keys; nothing, in silence, if none can be asked.
void print_keys(const std::string& begun) {
  client_options with;
  with.url = process_world().from.environment("KEYWHEEL_ADMIN_URL").value_or("");
  const auto answer = admin_client{target_of(with)}.request("GET", "/api/v1/keys");
  rapidjson::Document document;
  document.Parse(answer.body.data(), answer.body.size());
  if (answer.status != 200 || !document.IsObject())
    return;
  const auto keys = document.FindMember("keys");
  if (keys == document.MemberEnd() || !keys->value.IsArray())
    return;
  for (const auto& key : keys->value.GetArray()) {
    if (!key.IsObject() || !key.HasMember("id") || !key["id"].IsString())
      continue;
    if (const std::string id = key["id"].GetString(); id.rfind(begun, 0) == 0)
      std::cout << id << '\n';
  }
}

} // namespace

void add_complete(CLI::App& of, action& chosen) {
  auto& command = add_command(of, "complete", "Say how a command line may go on");
  command.group("");
  auto words = std::make_shared<std::vector<std::string>>();
  command.add_option("words", *words)->allow_extra_args();
  command.callback([&chosen, &of, words] {
    chosen = [&of, words] {
      const auto found = complete(of, *words);
      if (found.what == completion::wanted::files)
        std::cout << ":files\n";
      if (found.what == completion::wanted::keys)
        print_keys(words->back());
      for (const auto& word : found.words)
        std::cout << word << '\n';
      return exit_code::ok;
    };
  });
}

} // namespace keywheel::cli
