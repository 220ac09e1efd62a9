#pragma once

#include "config/config.hpp"
#include "observe/status.hpp"

#include <string>

/// What the configuration file itself says of keys and models, as opposed to what they inherit.
namespace keywheel::observe {

/// The fields of a key's own table but its name, as a JSON object. `api_key` is a reference as the
/// file has it, "env:NAME" or "file:PATH"; a literal one is masked.
std::string settings_json(const config::key_config& of);

/// The fields of a model's own table as a JSON object; `cooldown` is an object in it.
std::string settings_json(const config::model_config& of);

/// Fills in the settings of all keys and models that the configuration in force has by name. The
/// names in use under a pattern have none of their own.
void add_settings(status& to);

} // namespace keywheel::observe
