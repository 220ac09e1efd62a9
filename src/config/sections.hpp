#pragma once

#include "config/secret_reader.hpp"
#include "config/table_reader.hpp"

#include <string>
#include <vector>

/// The parts of a configuration file, one function each. They fill in the configuration and report
/// problems to the table that they read; what depends on other parts is checked by the later one.
namespace keywheel::config {

/// A model name or pattern somewhere in the file, to be looked up when the models are known.
struct model_mention {
  toml::source_position at;
  std::string title;    ///< of the table it stands in, ready to begin a message
  std::string provider; ///< only models of this one will do; empty: all
  std::string name;
};

/// What the parts share while a file is read.
struct reading {
  problem_list& problems;
  const surroundings& from;
  std::string folder; ///< of the file; relative paths start here
  secret_reader secrets;
  config& into;
  std::vector<model_mention> mentions;
};

void read_server(table_reader& table, reading& state);
void read_admin(table_reader& table, reading& state);
void read_log(table_reader& table, reading& state);
void read_waiting_line(table_reader& table, reading& state);
void read_client(table_reader& table, reading& state);
void read_provider(const std::string& name, table_reader& table, reading& state);
void read_model(const std::string& name, table_reader& table, reading& state);

/// Reads the credential in a provider's own table and its array of keys.
void read_keys(table_reader& table, provider_config& provider, reading& state);

/// Reads the limits of a key or quota group.
budgets_config read_budgets(table_reader& table);

/// Returns `inherited` with what `table` says over it.
cooldown_config read_cooldown(table_reader& table, const cooldown_config& inherited);

/// Returns where this gateway keeps its state if the file does not say; empty if there is no place.
std::string default_state_dir(const surroundings& from);

/// Reads the field "models" and remembers what it mentions.
std::vector<std::string> read_model_names(table_reader& table, reading& state,
                                          const std::string& provider);

/// Reports every mention that no model fits. Called when all models are read.
void check_mentions(const reading& state);

/// Checks a name that becomes part of ids, URLs and header fields; an empty result is a good one.
std::string flaw_of_name(const std::string& name);

} // namespace keywheel::config
