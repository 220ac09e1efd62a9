#pragma once

#include "config/edit.hpp"
#include "observe/api_error.hpp"

#include <string_view>
#include <variant>
#include <vector>

namespace keywheel::observe {

/// Reads the body of `PATCH /api/v1/keys/{provider}/{name}`: a JSON object with one or more of
/// `enabled`, `weight`, `max_in_flight`, `rpm`, `tpm`, `rpd`, `tpd`, `quota_group`, `base_url`,
/// `upstream_model` and `models`.
/// Refused: 400 for what is no JSON object or is nested too deeply, 422 for an unknown field, one
/// that stands there twice, or a wrong type. Whether the values make sense is for the loader of the
/// changed file to say.
std::variant<std::vector<config::key_edit>, api_error>
read_key_patch(std::string_view body, std::string_view provider, std::string_view name);

/// The same for `PATCH /api/v1/models/{model}`: `load_balancing`, `strategy`, `sticky`,
/// `max_attempts`, `replay_unanswered`, `upstream_model` and `cooldown`, an object of `rate_limit`,
/// `use_hints` and `max`; in the edits these are dotted, "cooldown.max".
std::variant<std::vector<config::model_edit>, api_error> read_model_patch(std::string_view body,
                                                                          std::string_view model);

/// Says for the log what is to be changed: "enabled=false weight=2", in one line.
std::string describe(const std::vector<config::key_edit>& changes);
std::string describe(const std::vector<config::model_edit>& changes);

} // namespace keywheel::observe
