#pragma once

#include "config/edit.hpp"

#include <string>
#include <vector>

namespace keywheel::config {

/// Changes to a configuration file that a person asks for: one write of the file, or none.
struct file_edit {
  std::vector<change> changes;
  bool dry_run = false; ///< find out whether it would do, and change nothing
};

/// What became of it. Without an error and problems all went well.
struct file_edit_result {
  edit_failure why = edit_failure::none;
  std::string error;             ///< why nothing was changed; empty if all went well
  std::vector<problem> problems; ///< why the changed file would not load
  snapshot loaded;               ///< the configuration that the file holds now
  bool written = false;          ///< false: it held it before, or this is a dry run
};

/// Changes the file at `path` in place, all of it or nothing:
/// - reads it, makes the changes, and checks that the changed text loads;
/// - keeps secrets that were pasted in files of their own (secret_file.hpp) and writes their names;
/// - replaces the file unless somebody else has written it since it was read, in which case the
///   changes are made to the new text; after some attempts it gives up with `file_changed`;
/// - loads what it wrote from the disk, and puts the text back that was there before if it does not
///   load;
/// - removes files of secrets of its own making that the file does not name any more.
/// Blocking: never call on the I/O thread.
/// @param state_dir where files of secrets are kept, below `secrets`
file_edit_result edit_file(const std::string& path, const std::string& state_dir,
                           const file_edit& what,
                           const surroundings& from = process_surroundings());

} // namespace keywheel::config
