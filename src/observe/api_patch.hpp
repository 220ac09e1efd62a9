#pragma once

#include "config/edit.hpp"
#include "observe/api_error.hpp"

#include <string_view>
#include <variant>
#include <vector>

namespace keywheel::observe {

/// What the body of a request asks to be changed, or why it is refused: 400 for what is no JSON
/// object or is nested too deeply, 422 for an unknown field, one that stands there twice or is
/// missing, or a wrong type. Whether the values make sense is for the loader of the changed file to
/// say.
using changes_or_error = std::variant<std::vector<config::change>, api_error>;

/// Reads the body of `PATCH /api/v1/keys/{provider}/{name}`: a JSON object with one or more of
/// `enabled`, `weight`, `max_in_flight`, `rpm`, `tpm`, `rpd`, `tpd`, `quota_group`, `base_url`,
/// `upstream_model`, `models` and `api_key`; null takes the field away (RFC 7396). An `api_key` is
/// `env:NAME`, `file:PATH` or a secret, which is kept in a file of its own, or in the configuration
/// file if `store` is "config".
changes_or_error read_key_patch(std::string_view body, std::string_view provider,
                                std::string_view name);

/// The same for `PATCH /api/v1/models/{model}`: `load_balancing`, `strategy`, `sticky`,
/// `max_attempts`, `replay_unanswered`, `upstream_model` and `cooldown`, an object of `rate_limit`,
/// `use_hints` and `max`; in the edits these are dotted, "cooldown.max".
changes_or_error read_model_patch(std::string_view body, std::string_view model);

/// Reads the body of `POST /api/v1/keys/{provider}`: `name`, `api_key` and any field of a key.
changes_or_error read_new_key(std::string_view body, std::string_view provider);

/// Reads the body of `POST /api/v1/models`: `name`, `provider`, any field of a model, `keys` (an
/// array of objects as in read_new_key) and `new_provider` (an object of a provider's fields).
/// The changes are the provider, the keys and the model, in this order.
changes_or_error read_new_model(std::string_view body);

} // namespace keywheel::observe
