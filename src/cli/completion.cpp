#include "cli/completion.hpp"

#include <string_view>

namespace keywheel::cli {

namespace {

/// The option that `word` names, "--config" or "-c"; null if none.
const CLI::Option* option_called(const CLI::App& app, const std::string& word) {
  if (word.size() < 2 || word.front() != '-')
    return nullptr;
  for (const auto* option : app.get_options())
    if (option->nonpositional() && option->check_name(word))
      return option;
  return nullptr;
}

bool takes_value(const CLI::Option& option) {
  return option.get_items_expected_max() > 0;
}

/// How the value of an option or of a positional argument may begin.
completion values_of(const CLI::Option& option) {
  const auto type = option.get_type_name();
  completion result;
  if (type == "FILE")
    result.what = completion::wanted::files;
  else if (type == "PROVIDER/NAME")
    result.what = completion::wanted::keys;
  return result;
}

void offer(completion& to, const std::string& word, const std::string& begun) {
  if (word.rfind(begun, 0) == 0)
    to.words.push_back(word);
}

void offer_options(completion& to, const CLI::App& app, const std::string& begun) {
  for (const auto* option : app.get_options()) {
    if (!option->nonpositional() || option->get_group().empty())
      continue;
    for (const auto& name : option->get_lnames())
      offer(to, "--" + name, begun);
  }
}

const CLI::App* subcommand_called(const CLI::App& app, const std::string& word) {
  for (const auto* sub : app.get_subcommands({}))
    if (!sub->get_group().empty() && sub->check_name(word))
      return sub;
  return nullptr;
}

/// Where the words before the last have led.
struct place {
  const CLI::App* app;
  const CLI::Option* open = nullptr; ///< an option that wants its value now
  std::size_t positionals = 0;       ///< that are given
};

place walk(const CLI::App& app, const std::vector<std::string>& words) {
  place result{&app};
  for (std::size_t i = 0; i + 1 < words.size(); ++i) {
    const auto& word = words[i];
    if (result.open != nullptr) {
      result.open = nullptr;
    } else if (const auto* option = option_called(*result.app, word)) {
      if (takes_value(*option))
        result.open = option;
    } else if (const auto* sub = subcommand_called(*result.app, word)) {
      result = {sub};
    } else if (word.rfind('-', 0) != 0) {
      ++result.positionals;
    }
  }
  return result;
}

} // namespace

completion complete(const CLI::App& app, const std::vector<std::string>& words) {
  const auto at = walk(app, words);
  const auto begun = words.empty() ? std::string{} : words.back();
  if (at.open != nullptr)
    return values_of(*at.open);
  completion result;
  if (begun.rfind('-', 0) == 0) {
    offer_options(result, *at.app, begun);
    return result;
  }
  for (const auto* sub : at.app->get_subcommands({}))
    if (!sub->get_group().empty())
      offer(result, sub->get_name(), begun);
  if (!result.words.empty())
    return result;
  std::size_t position = 0;
  for (const auto* option : at.app->get_options())
    if (option->get_positional() && position++ == at.positionals)
      return values_of(*option);
  return result;
}

} // namespace keywheel::cli
