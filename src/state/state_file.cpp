#include "state/state_file.hpp"

#include "config/edit.hpp"
#include "config/folders.hpp"
#include "config/load.hpp"
#include "observe/time_text.hpp"
#include "state/state_text.hpp"

#include <filesystem>
#include <system_error>

namespace keywheel::state {

namespace {

namespace fs = std::filesystem;

/// A time as it may be part of a file's name: "20240501T120000Z".
std::string name_of(wall_time when) {
  auto result = observe::rfc3339(when);
  std::erase_if(result, [](char c) { return c == '-' || c == ':'; });
  return result.substr(0, result.find('.')) + "Z";
}

/// Moves a file that is no good out of the way. Returns what became of it, for people.
std::string set_aside(const std::string& path, wall_time now) {
  const auto target = path + ".damaged-" + name_of(now);
  std::error_code code;
  fs::rename(path, target, code);
  return code ? "it cannot be moved: " + code.message() : "it is kept as " + target;
}

} // namespace

std::string state_path(const std::string& state_dir) {
  return state_dir + "/state.json";
}

loaded_state load(const std::string& path, wall_time now) {
  std::error_code code;
  const auto status = fs::status(path, code);
  if (status.type() == fs::file_type::not_found)
    return {};
  if (fs::exists(status) && !fs::is_regular_file(status))
    return {{}, path + " is not a regular file; what was known is not remembered"};
  std::string reason;
  const auto text = config::process_surroundings().read_file(path, reason);
  if (!text)
    return {{}, path + " cannot be read: " + reason + "; what was known is not remembered"};
  auto parsed = parse(*text);
  if (parsed.state)
    return {std::move(*parsed.state), {}};
  return {{},
          path + " " + parsed.problem + "; what was known is not remembered, "
              + set_aside(path, now)};
}

std::string save(const std::string& path, const saved_state& what) {
  auto error = config::make_private_folder(fs::path{path}.parent_path().string());
  return error.empty() ? config::replace_file(path, render(what)) : error;
}

} // namespace keywheel::state
