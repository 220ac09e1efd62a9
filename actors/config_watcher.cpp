#include "actors/config_watcher.hpp"

#include "actors/detail/guard.hpp"
#include "actors/errors.hpp"

#include <caf/io/middleman.hpp>
#include <caf/send.hpp>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <cctype>
#include <optional>

namespace keywheel {

namespace {

constexpr std::chrono::seconds patience{10};

std::optional<std::string> content_of(const std::string& path) {
  std::string ignored;
  return config::process_surroundings().read_file(path, ignored);
}

bool is_blank(const std::string& text) {
  return std::all_of(text.begin(), text.end(),
                     [](unsigned char c) { return std::isspace(c) != 0; });
}

} // namespace

config_watcher_actor::behavior_type
config_watcher_state::make_behavior(gateway_actor supervisor, config::snapshot first, bool follow,
                                    observe::logger_ptr logger) {
  gateway = std::move(supervisor);
  log = std::move(logger);
  path = first->path;
  files = first->watched_files;
  detail::die_with_reason(self);
  if (follow)
    start_watching();
  seen = fingerprint();
  return {
      [this](changed_atom) { self->delayed_send(self, quiet, tick_atom_v, ++changes); },
      [this](tick_atom, std::uint64_t number) {
        if (number == changes)
          look();
      },
      [this](reload_atom) { return reload(); },
      [this](edit_atom, const config_edit& change) { return edit(change); },
  };
}

// -- operations ------------------------------------------------------------------------------

void config_watcher_state::look() {
  if (watch)
    watch->follow(files);
  const auto now = fingerprint();
  if (now == seen)
    return;
  // Between an editor's two steps the file may be missing or empty: the next step will be noticed
  // too.
  const auto text = content_of(path);
  if (!text || is_blank(*text))
    return;
  seen = now;
  log->info("config file has changed: {}", path);
  put_in_force(load(), {});
}

caf::result<reload_report> config_watcher_state::reload() {
  auto promise = self->make_response_promise<reload_report>();
  seen = fingerprint();
  put_in_force(load(), promise);
  return promise;
}

caf::result<edit_report> config_watcher_state::edit(const config_edit& change) {
  edit_report report;
  auto text = content_of(path);
  if (!text) {
    report.error = path + ": cannot be read";
    return report;
  }
  const auto step = [&](const auto& one) {
    auto result = config::edit(*text, one);
    if (result.text)
      text = std::move(result.text);
    else
      report.error = std::move(result.error);
    return report.error.empty();
  };
  if (!std::all_of(change.keys.begin(), change.keys.end(), step)
      || !std::all_of(change.models.begin(), change.models.end(), step))
    return report;
  auto loaded = config::parse(*text, path);
  if (!loaded) {
    report.problems = std::move(loaded.problems);
    return report;
  }
  if (change.dry_run)
    return report;
  report.error = config::replace_file(path, *text);
  if (!report.error.empty())
    return report;
  seen = fingerprint();
  auto promise = self->make_response_promise<edit_report>();
  self->request(gateway, patience, apply_atom_v, config::snapshot{loaded.value})
      .then(
          [promise](reload_report& done) mutable {
            edit_report result;
            result.generation = done.generation;
            promise.deliver(std::move(result));
          },
          [promise](caf::error& why) mutable { promise.deliver(std::move(why)); });
  return promise;
}

// -- helpers -----------------------------------------------------------------------------------

void config_watcher_state::start_watching() {
  watch = std::make_unique<config::file_watch>();
  watch->follow(files);
  auto* descriptor_owner = watch.get();
  auto me = config_watcher_actor{self};
  // Runs on the I/O thread; the watch outlives the descriptor, both being members here in that
  // order.
  descriptor = std::make_unique<detail::loop_descriptor>(
      self->system().middleman(), watch->descriptor(),
      [descriptor_owner, address = caf::actor_cast<caf::weak_actor_ptr>(me)] {
        descriptor_owner->drain();
        if (auto watcher = caf::actor_cast<config_watcher_actor>(address))
          caf::anon_send(watcher, changed_atom_v);
      });
}

std::string config_watcher_state::fingerprint() const {
  std::string all;
  for (const auto& file : files)
    if (auto text = content_of(file))
      all += std::to_string(text->size()) + ':' + *text;
    else
      all += "-:";
  // Files of secrets are among them, so what is kept must not give their content away.
  return config::secret{std::move(all)}.fingerprint();
}

config::load_result config_watcher_state::load() const {
  auto result = config::load(path);
  if (result && result.value->providers.empty()) {
    result.problems.push_back({path, 0, 0, "the file names no provider; keeping what is in force"});
    result.value = nullptr;
  }
  return result;
}

void config_watcher_state::put_in_force(config::load_result loaded,
                                        caf::typed_response_promise<reload_report> promise) {
  if (!loaded) {
    reload_report report;
    report.problems = loaded.problems;
    self->send(gateway, problem_atom_v, std::move(loaded.problems));
    if (promise.pending())
      promise.deliver(std::move(report));
    return;
  }
  files = loaded.value->watched_files;
  if (watch)
    watch->follow(files);
  self->request(gateway, patience, apply_atom_v, config::snapshot{std::move(loaded.value)})
      .then(
          [promise](reload_report& done) mutable {
            if (promise.pending())
              promise.deliver(std::move(done));
          },
          [this, promise](caf::error& why) mutable {
            log->error("config could not be put in force: {}", describe(why));
            if (promise.pending())
              promise.deliver(std::move(why));
          });
}

config_watcher_actor::behavior_type config_watcher(config_watcher_pointer self,
                                                   gateway_actor gateway, config::snapshot config,
                                                   bool watch, observe::logger_ptr log) {
  return self->state.make_behavior(std::move(gateway), std::move(config), watch, std::move(log));
}

} // namespace keywheel
