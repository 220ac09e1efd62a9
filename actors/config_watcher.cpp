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
config_watcher_state::make_behavior(gateway_actor supervisor, config::snapshot first,
                                    std::uint64_t first_generation, bool watching,
                                    observe::logger_ptr logger) {
  gateway = std::move(supervisor);
  log = std::move(logger);
  path = first->path;
  state_dir = first->server.state_dir;
  generation = first_generation;
  files = first->watched_files;
  detail::die_with_reason(self);
  if (watching)
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
  report.generation = generation;
  report.generation_differs = change.if_generation != 0 && change.if_generation != generation;
  if (report.generation_differs)
    return report;
  if (change.if_generation != 0 && fingerprint() != seen) {
    report.why = config::edit_failure::file_changed;
    report.error = path + ": somebody has changed this file, and it is not in force yet";
    return report;
  }
  auto done = config::edit_file(path, state_dir, change.what);
  report.why = done.why;
  report.error = std::move(done.error);
  report.problems = std::move(done.problems);
  if (!done.written)
    return report;
  follow(done.loaded->watched_files);
  auto promise = self->make_response_promise<edit_report>();
  apply(
      std::move(done.loaded),
      [promise, report](const reload_report& applied) mutable {
        report.generation = applied.generation;
        promise.deliver(std::move(report));
      },
      [promise](const caf::error& why) mutable { promise.deliver(why); });
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
  apply(
      std::move(loaded.value),
      [promise](const reload_report& done) mutable {
        if (promise.pending())
          promise.deliver(done);
      },
      [promise](const caf::error& why) mutable {
        if (promise.pending())
          promise.deliver(why);
      });
}

/// Other files may be watched from now on; what they hold now has been seen.
void config_watcher_state::follow(std::vector<std::string> now) {
  files = std::move(now);
  if (watch)
    watch->follow(files);
  seen = fingerprint();
}

/// The next edit must know the generation that will come of this one, answered or not. Waiting for
/// the answer alone would leave this actor deaf to the end of the gateway.
void config_watcher_state::apply(config::snapshot next,
                                 std::function<void(const reload_report&)> done,
                                 std::function<void(const caf::error&)> failed) {
  ++generation;
  self->request(gateway, patience, apply_atom_v, std::move(next))
      .then(
          [this, done = std::move(done)](const reload_report& report) {
            generation = std::max(generation, report.generation);
            done(report);
          },
          [this, failed = std::move(failed)](const caf::error& why) {
            log->error("config could not be put in force: {}", describe(why));
            failed(why);
          });
}

config_watcher_actor::behavior_type config_watcher(config_watcher_pointer self,
                                                   gateway_actor gateway, config::snapshot config,
                                                   std::uint64_t generation, bool watch,
                                                   observe::logger_ptr log) {
  return self->state.make_behavior(std::move(gateway), std::move(config), generation, watch,
                                   std::move(log));
}

} // namespace keywheel
