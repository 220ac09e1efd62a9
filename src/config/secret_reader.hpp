#pragma once

#include "config/table_reader.hpp"

#include <string>
#include <vector>

namespace keywheel::config {

/// Makes a path absolute: `~/` is the home directory, other relative ones are relative to `folder`.
std::string resolve_path(const std::string& path, const std::string& folder,
                         const surroundings& from);

/// A secret and where it came from ("env:NAME", "file:PATH", "literal"). Empty if it could not be
/// had.
struct credential {
  secret value;
  std::string source;
};

/// Reads fields that hold a secret in one of its three forms, and keeps the names of their files.
class secret_reader {
public:
  secret_reader(const surroundings& from, std::string folder);

  /// Returns the secret that the field stands for; reports to `table` why it cannot be had.
  credential read(table_reader& table, std::string_view field);

  /// The same for the text of a field that was taken already.
  credential resolve(table_reader& table, std::string_view field, const std::string& given);

  /// The files of all `file:` secrets so far, readable or not, each once.
  const std::vector<std::string>& files() const noexcept { return files_; }

private:
  std::string from_environment(table_reader& table, std::string_view field,
                               const std::string& name);
  std::string from_file(table_reader& table, std::string_view field, const std::string& path);

  const surroundings* from_;
  std::string folder_;
  std::vector<std::string> files_;
};

} // namespace keywheel::config
