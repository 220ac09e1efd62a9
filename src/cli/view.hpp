#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

/// What people see of the admin API's answers. Every function takes an answer's JSON text and
/// returns nothing if that is not what the API promises (DESIGN §5.4).
namespace keywheel::cli {

/// Answer of GET /api/v1/models as a table that fits `width` (0: no limit).
std::optional<std::string> models_view(const std::string& json, std::size_t width);

/// Answer of GET /api/v1/keys as a table, with a line for the longest cooldown of each key.
std::optional<std::string> keys_view(const std::string& json, std::size_t width);

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
