#pragma once

#include "observe/status.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

/// The admin API's answers as JSON texts, in the shapes of DESIGN §5.4. Text that is no UTF-8 is
/// mended; a secret appears masked only.
namespace keywheel::observe {

/// `{"keys":[…]}`
std::string keys_json(const std::vector<key_status>& all);

/// One key as it stands in keys_json; with a generation in front where it answers a change.
std::string key_json(const key_status& of, std::optional<std::uint64_t> generation = {});

/// `{"models":[…]}`
std::string models_json(const std::vector<model_status>& all);

/// One model as it stands in models_json; with a generation in front where it answers a change.
std::string model_json(const model_status& of, std::optional<std::uint64_t> generation = {});

/// `{"generation","path","loaded_at","last_error","config"}`; `config` as config_json.hpp writes
/// it, null if there is no snapshot.
std::string config_status_json(const status& of);

/// `{"config","keys","models"}`: the three of them, each as its own answer has it.
std::string snapshot_json(const status& of);

/// `{"generation","needs_restart":[…]}`: a reload that succeeded.
std::string reload_json(std::uint64_t generation, const std::vector<std::string>& needs_restart);

/// `{"generation"}`: a change whose subject is gone by now.
std::string generation_json(std::uint64_t generation);

} // namespace keywheel::observe
