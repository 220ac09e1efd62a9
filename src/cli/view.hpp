#pragma once

#include "cli/table.hpp"

#include <cstdint>
#include <optional>
#include <string>

/// What people see of the admin API's answers. Every function takes an answer's JSON text and
/// returns nothing if that is not what the API promises (DESIGN §5.4).
namespace keywheel::cli {

/// Answer of GET /api/v1/models as a table.
/// @param age_ms how many milliseconds ago the answer was given
std::optional<std::string> models_view(const std::string& json, const screen& on,
                                       std::int64_t age_ms = 0);

/// Answer of GET /api/v1/keys as a table, with the longest cooldown of each key.
/// @param age_ms how many milliseconds ago the answer was given: as much has passed of cooldowns
std::optional<std::string> keys_view(const std::string& json, const screen& on,
                                     std::int64_t age_ms = 0);

/// One event of GET /api/v1/events as a line of text without its end: "12:00:01 key openai/a:
/// available -> cooling". Empty for an event that is not known.
std::string event_view(const std::string& name, const std::string& json);

/// What `keywheel key` says of a dry run: one line per change, "weight: 1 -> 2".
std::optional<std::string> dry_run_view(const std::string& json);

/// The generation that an answer to a change tells.
std::optional<std::uint64_t> generation_of(const std::string& json);

/// Answer to a reload that went well: the generation, and which settings wait for a restart.
std::optional<std::string> reload_view(const std::string& json);

/// The message of an error answer, with its line in the configuration where there is one; the plain
/// text if it is not the API's.
std::string error_view(long status, const std::string& body);

/// "850ms", "41s", "2m 05s", "1h 03m": rounded up, so that "0s" is never said too early.
std::string remaining(std::int64_t milliseconds);

} // namespace keywheel::cli
