#include "config/edit_file.hpp"

#include "config/pattern.hpp"
#include "config/secret_file.hpp"
#include "config/words.hpp"

#include <algorithm>

namespace keywheel::config {

namespace {

/// Somebody who writes the file more often than this, each time within a millisecond, may have it.
constexpr int most_attempts = 5;

/// A secret that is to be written to a file of its own.
struct pending_secret {
  std::string path;
  secret what;
};

/// Replaces the secrets to be kept by the names of their files.
class secret_namer {
public:
  explicit secret_namer(const std::string& state_dir) : state_dir_(&state_dir) {}

  void operator()(key_edit& what) {
    if (what.to)
      name(*what.to, what.provider, what.name);
  }
  void operator()(new_key& what) {
    for (auto& field : what.fields)
      name(field.is, what.provider, what.name);
  }
  void operator()(new_provider& what) {
    for (auto& field : what.fields)
      name(field.is, what.name, "default");
  }
  template <class Other>
  void operator()(Other&) {
    // nop
  }

  std::vector<pending_secret> take() { return std::move(pending_); }

private:
  void name(value& what, const std::string& provider, const std::string& key) {
    auto* kept = std::get_if<kept_secret>(&what);
    if (!kept)
      return;
    auto path = free_secret_path(*state_dir_, provider, key);
    const auto reference = "file:" + path;
    pending_.push_back({std::move(path), std::move(kept->clear)});
    what = reference;
  }

  const std::string* state_dir_;
  std::vector<pending_secret> pending_;
};

/// The world as it will be when the secrets are in their files.
surroundings with_secrets(const surroundings& from, const std::vector<pending_secret>& pending) {
  auto result = from;
  result.read_file = [&](const std::string& path, std::string& error) {
    for (const auto& each : pending)
      if (each.path == path)
        return std::optional{each.what.reveal()};
    return from.read_file(path, error);
  };
  return result;
}

/// Files of secrets that are removed again unless they are wanted in the end.
class written_secrets {
public:
  written_secrets() = default;
  written_secrets(const written_secrets&) = delete;
  written_secrets& operator=(const written_secrets&) = delete;
  ~written_secrets() { remove_secrets(state_dir_, paths_, {}); }

  /// Returns an error text, empty if all are written.
  std::string write(const std::string& state_dir, const std::vector<pending_secret>& all) {
    state_dir_ = state_dir;
    for (const auto& each : all) {
      if (auto error = keep_secret(each.path, each.what); !error.empty())
        return error;
      paths_.push_back(each.path);
    }
    return {};
  }

  void keep() { paths_.clear(); }

private:
  std::string state_dir_;
  std::vector<std::string> paths_;
};

file_edit_result failure(edit_failure why, std::string error) {
  file_edit_result result;
  result.why = why;
  result.error = std::move(error);
  return result;
}

file_edit_result refused(std::vector<problem> problems) {
  file_edit_result result;
  result.problems = std::move(problems);
  return result;
}

/// The model that load balancing is to be switched on for; empty if this is another change.
std::string balanced_model(const change& what) {
  const auto* edited = std::get_if<model_edit>(&what);
  if (edited && edited->field == "load_balancing" && edited->to == value{true})
    return edited->model;
  if (const auto* added = std::get_if<new_model>(&what))
    for (const auto& field : added->fields)
      if (field.name == "load_balancing" && field.is == value{true})
        return added->name;
  return {};
}

/// Load balancing that is switched on must have something to balance now. (Later a key may be
/// disabled for a while.)
std::optional<problem> flaw_of_balancing(const config& in, const std::string& model) {
  const auto found = std::find_if(in.models.begin(), in.models.end(),
                                  [&](const model_config& each) { return each.name == model; });
  if (found == in.models.end())
    return std::nullopt;
  const auto& keys = in.providers.at(found->provider).keys;
  const auto usable = std::count_if(keys.begin(), keys.end(), [&](const key_config& key) {
    return key.enabled
           && (key.models.empty()
               || std::any_of(key.models.begin(), key.models.end(),
                              [&](const std::string& entry) { return overlap(entry, model); }));
  });
  if (usable >= 2)
    return std::nullopt;
  return problem{in.path, 0, 0,
                 "load balancing needs two or more usable keys; model " + quoted_name(model)
                     + " has " + (usable == 0 ? "none" : "one") + " that is enabled, of provider "
                     + quoted_name(found->provider)};
}

/// One attempt at an edit; file_changed if there may be another.
file_edit_result try_edit(const std::string& path, const std::string& state_dir, file_edit what,
                          const surroundings& from) {
  std::string reason;
  const auto before = from.read_file(path, reason);
  if (!before)
    return failure(edit_failure::unwritable, path + ": cannot be read: " + reason);
  secret_namer namer{state_dir};
  for (auto& each : what.changes)
    std::visit(namer, each);
  const auto pending = namer.take();
  auto edited = edit(*before, what.changes);
  if (!edited.text)
    return failure(edited.why, std::move(edited.error));
  auto parsed = parse(*edited.text, path, with_secrets(from, pending));
  if (!parsed)
    return refused(std::move(parsed.problems));
  for (const auto& each : what.changes)
    if (const auto model = balanced_model(each); !model.empty())
      if (auto flaw = flaw_of_balancing(*parsed.value, model))
        return refused({std::move(*flaw)});
  file_edit_result result;
  result.loaded = parsed.value;
  if (what.dry_run || *edited.text == *before)
    return result;
  const auto old = parse(*before, path, from);
  written_secrets secrets;
  if (auto error = secrets.write(state_dir, pending); !error.empty())
    return failure(edit_failure::unwritable, std::move(error));
  if (auto done = replace_file(path, *before, *edited.text); done.changed || !done.error.empty())
    return failure(done.changed ? edit_failure::file_changed : edit_failure::unwritable,
                   std::move(done.error));
  // Somebody may have written the file again by now: then it is not ours to put anything back.
  auto loaded = load(path, from);
  if (!loaded && !replace_file(path, *edited.text, *before).changed)
    return refused(std::move(loaded.problems));
  secrets.keep();
  result.written = true;
  if (loaded)
    result.loaded = loaded.value;
  if (old)
    remove_secrets(state_dir, old.value->watched_files, result.loaded->watched_files);
  return result;
}

} // namespace

file_edit_result edit_file(const std::string& path, const std::string& state_dir,
                           const file_edit& what, const surroundings& from) {
  for (int i = 0; i < most_attempts; ++i)
    if (auto result = try_edit(path, state_dir, what, from);
        result.why != edit_failure::file_changed)
      return result;
  return failure(edit_failure::file_changed,
                 path + ": somebody else is writing this file; nothing was changed");
}

} // namespace keywheel::config
