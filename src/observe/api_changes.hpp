#pragma once

#include "config/edit.hpp"
#include "observe/status.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace keywheel::observe {

/// `{"generation","dry_run":true,"changes":[{"field","from","to"}]}`: what changes would do. `from`
/// is what holds now, inherited or written; null where nothing says, or nothing is there. `to` is
/// null where a field or a thing is taken away. Fields of a key that is added with a model are
/// called "keys.NAME.FIELD", those of a provider "new_provider.FIELD", as in the request; the thing
/// itself that is added or removed is "key" or "model". Secrets are masked.
std::string dry_run_json(const status& now, const std::vector<config::change>& changes);

/// Says for the log what is to be changed: "enabled=false weight=2", in one line, without secrets.
std::string describe(const std::vector<config::change>& changes);

/// The names of the fields that are changed, as in dry_run_json, each once.
std::vector<std::string> names_of(const std::vector<config::change>& changes);

/// The target of changes, as the audit log names it: "openai/team-a" or a model's name.
std::string target_of(const std::vector<config::change>& changes);

} // namespace keywheel::observe
