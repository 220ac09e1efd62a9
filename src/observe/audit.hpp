#pragma once

#include "observe/status.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

/// Who changed what, and when: one line of JSON per accepted change, without any secret.
namespace keywheel::observe {

struct audit_entry {
  wall_time time;
  std::string who;    ///< see who_asks()
  std::string what;   ///< the operation: "change_key", "add_model", "reset_key", "reload", …
  std::string target; ///< "openai/team-a", a model's name, or empty
  std::vector<std::string> fields;
  std::uint64_t generation = 0; ///< that came of it
};

/// `{"time","who","what","target","fields","generation"}`, in one line.
std::string audit_json(const audit_entry& of);

/// `{"entries":[…]}`, from lines of the audit log, newest first. Lines that are no JSON object (the
/// disk was full) are left out.
std::string audit_list_json(const std::vector<std::string>& lines);

/// How the audit log names a caller: "admin@127.0.0.1", or "admin@127.0.0.1 (ada)".
std::string who_asks(std::string_view address, std::string_view user);

/// Answers whether a person may call himself so in X-Keywheel-User: 1 to 64 printable ASCII
/// characters.
bool is_user_name(std::string_view text) noexcept;

} // namespace keywheel::observe
