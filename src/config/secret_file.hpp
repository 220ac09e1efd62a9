#pragma once

#include "config/secret.hpp"

#include <string>
#include <vector>

/// Files that hold one secret each, made for secrets that people paste into the admin API.
namespace keywheel::config {

/// The folder of such files.
std::string secrets_folder(const std::string& state_dir);

/// Returns where the secret of a key can be kept: `STATE_DIR/secrets/PROVIDER.NAME`, absolute, or
/// with a number behind it where that file exists, so that no file that may be in use is
/// overwritten.
std::string free_secret_path(const std::string& state_dir, const std::string& provider,
                             const std::string& name);

/// Writes a secret to a file that does not exist yet, its owner's alone (0600, its folder 0700),
/// and through to the disk. Returns an error text, empty if all went well. Blocking.
std::string keep_secret(const std::string& path, const secret& what);

/// Removes those of `files` that are in secrets_folder(state_dir) and not in `still_used`.
void remove_secrets(const std::string& state_dir, const std::vector<std::string>& files,
                    const std::vector<std::string>& still_used);

} // namespace keywheel::config
