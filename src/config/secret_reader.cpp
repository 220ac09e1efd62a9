#include "config/secret_reader.hpp"

#include "config/words.hpp"

#include <algorithm>
#include <filesystem>

namespace keywheel::config {

namespace {

constexpr std::string_view environment_prefix = "env:";
constexpr std::string_view file_prefix = "file:";

/// A credential goes into a header field: none is as long as this, a wrong file may be.
constexpr std::size_t longest_secret = std::size_t{16} * 1024;

/// Longer names, or others, may be a secret that was put behind "env:" by mistake.
bool is_variable_name(std::string_view name) {
  const auto fits = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
  };
  return !name.empty() && name.size() <= 64 && !(name[0] >= '0' && name[0] <= '9')
         && std::all_of(name.begin(), name.end(), fits);
}

/// What is wrong with a secret, in words to follow "it"; empty if nothing is.
std::string_view flaw_of(std::string_view clear) {
  const auto is_control = [](char c) { return static_cast<unsigned char>(c) < ' ' || c == '\x7f'; };
  if (clear.empty())
    return "is empty";
  if (clear.size() > longest_secret)
    return "is longer than 16 KiB";
  if (std::any_of(clear.begin(), clear.end(), is_control))
    return "contains control characters, such as a line break";
  if (clear.front() == ' ' || clear.back() == ' ')
    return "begins or ends with a blank";
  return {};
}

} // namespace

std::string resolve_path(const std::string& path, const std::string& folder,
                         const surroundings& from) {
  namespace fs = std::filesystem;
  if (path.starts_with("~/")) {
    const auto home = from.environment("HOME");
    if (home && !home->empty())
      return (fs::path{*home} / path.substr(2)).lexically_normal().string();
  }
  return (fs::path{folder} / path).lexically_normal().string();
}

secret_reader::secret_reader(const surroundings& from, std::string folder)
    : from_(&from), folder_(std::move(folder)) {
  // nop
}

credential secret_reader::read(table_reader& table, std::string_view field) {
  const auto given = table.confidential(field);
  return given ? resolve(table, field, *given) : credential{};
}

credential secret_reader::resolve(table_reader& table, std::string_view field,
                                  const std::string& given) {
  credential result;
  std::string clear;
  if (given.starts_with(environment_prefix)) {
    clear = from_environment(table, field, given.substr(environment_prefix.size()));
    result.source = given;
  } else if (given.starts_with(file_prefix)) {
    clear = from_file(table, field, given.substr(file_prefix.size()));
    result.source = given;
  } else if (const auto flaw = flaw_of(given); !flaw.empty()) {
    table.error(field, std::string{flaw});
  } else {
    clear = given;
    result.source = "literal";
  }
  result.value = secret{std::move(clear)};
  return result;
}

std::string secret_reader::from_environment(table_reader& table, std::string_view field,
                                            const std::string& name) {
  if (!is_variable_name(name)) {
    table.error(field, "must name an environment variable after \"env:\"");
    return {};
  }
  auto value = from_->environment(name);
  const auto flaw = flaw_of(value.value_or(""));
  if (flaw.empty())
    return *value;
  table.error(field, "cannot be read: environment variable " + name + " "
                         + (value ? std::string{flaw} : "is not set"));
  return {};
}

std::string secret_reader::from_file(table_reader& table, std::string_view field,
                                     const std::string& path) {
  if (path.empty() || path.find('\0') != std::string::npos) {
    table.error(field, "must name a file after \"file:\"");
    return {};
  }
  const auto full_path = resolve_path(path, folder_, *from_);
  if (std::find(files_.begin(), files_.end(), full_path) == files_.end())
    files_.push_back(full_path);
  std::string reason;
  auto content = from_->read_file(full_path, reason);
  if (!content) {
    table.error(field, "cannot be read: " + full_path + ": " + reason);
    return {};
  }
  content->erase(content->find_last_not_of("\r\n") + 1);
  const auto flaw = flaw_of(*content);
  if (flaw.empty())
    return *content;
  table.error(field, "cannot be used: " + full_path + " " + std::string{flaw});
  return {};
}

} // namespace keywheel::config
