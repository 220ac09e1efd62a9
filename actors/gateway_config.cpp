// How a gateway follows its configuration: what of gateway_state turns one into keys and
// dispatchers.

#include "actors/gateway.hpp"
#include "config/diff.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <atomic>

namespace keywheel {

namespace {

key_uid next_key_uid() {
  static std::atomic<key_uid> last{0};
  return ++last;
}

const config::key_config* find_key(const config::config& in, const std::string& id) {
  for (const auto& [name, provider] : in.providers)
    for (const auto& key : provider.keys)
      if (key.id() == id)
        return &key;
  return nullptr;
}

} // namespace

caf::result<reload_report> gateway_state::apply(config::snapshot next) {
  const auto before = std::exchange(config, std::move(next));
  ++generation;
  loaded_at = std::chrono::system_clock::now();
  last_error.reset();
  counts->reloaded(true);
  // A level that was set while the gateway runs holds until the file says another one.
  if (before->log.level != config->log.level)
    log->set_level(observe::level_of(config->log.level));
  leftovers left;
  change_keys(*before, left);
  group_keys();
  change_dispatchers(left);
  reload_report report;
  report.generation = generation;
  report.needs_restart = config::needs_restart(*started_with, *config);
  for (const auto& field : config::needs_restart(*before, *config))
    log->warn("config {} has changed: it takes effect at the next start", field);
  auto promise = self->make_response_promise<reload_report>();
  publish(std::move(left), [this, promise, report]() mutable {
    log->info("config generation {} is in force", report.generation);
    promise.deliver(std::move(report));
  });
  return promise;
}

void gateway_state::refused(std::vector<config::problem> problems) {
  if (problems.empty())
    return;
  counts->reloaded(false);
  for (const auto& problem : problems)
    log->error("config refused, generation {} stays: {}", generation, to_string(problem));
  last_error = std::move(problems.front());
}

// -- keys --------------------------------------------------------------------------------------

void gateway_state::add_key(const config::key_config& key) {
  key_entry entry;
  entry.setup = key_setup_for(key);
  entry.setup.uid = next_key_uid();
  entry.actor = spawn_key(entry.setup);
  keys.emplace(key.id(), std::move(entry));
}

void gateway_state::change_keys(const config::config& before, leftovers& left) {
  const auto changes = config::diff_keys(before, *config);
  for (const auto& id : changes.removed)
    leave(id, left);
  for (const auto& id : changes.renewed) {
    leave(id, left);
    add_key(*find_key(*config, id));
  }
  for (const auto& id : changes.added)
    add_key(*find_key(*config, id));
  for (const auto& id : changes.changed) {
    auto& entry = keys.at(id);
    auto next = key_setup_for(*find_key(*config, id));
    next.uid = entry.setup.uid;
    next.group = entry.setup.group;
    next.group_name = entry.setup.group_name;
    entry.setup = std::move(next);
    auto told = entry.setup;
    told.forget_rejection = true;
    self->send(entry.actor, setup_atom_v, std::move(told));
  }
  log->info("config: {} keys added, {} removed, {} renewed, {} changed", changes.added.size(),
            changes.removed.size(), changes.renewed.size(), changes.changed.size());
}

void gateway_state::leave(const std::string& id, leftovers& left) {
  auto entry = keys.extract(id);
  auto& [actor, setup, organization] = entry.mapped();
  // It takes no call from this instant, whatever dispatchers still believe.
  setup.key.enabled = false;
  setup.leaving = true;
  self->send(actor, setup_atom_v, setup);
  leaving.emplace(actor.address(), leaving_key{id, actor});
  left.keys.push_back(actor);
}

key_setup gateway_state::key_setup_for(const config::key_config& key) const {
  const auto& provider = config->providers.at(key.provider);
  key_setup result;
  result.key = key;
  result.counts = counts;
  result.dialect = provider.dialect;
  result.signals =
      provider.signals.value_or(dialect::signal_table_for(provider.dialect, key.base_url));
  result.timeouts = provider.timeouts;
  if (provider.transport != config::transport_config{})
    result.transport = std::make_shared<const config::transport_config>(provider.transport);
  return result;
}

// -- dispatchers -------------------------------------------------------------------------------

void gateway_state::change_dispatchers(leftovers& left) {
  for (auto i = dispatchers.begin(); i != dispatchers.end();) {
    if (config::find_model(*config, i->first) != nullptr) {
      ++i;
    } else {
      left.dispatchers.push_back(i->second);
      i = dispatchers.erase(i);
    }
  }
  std::erase_if(provider_dispatchers, [&](const auto& entry) {
    if (config->providers.count(entry.first) > 0)
      return false;
    left.dispatchers.push_back(entry.second);
    return true;
  });
  for (const auto& model : config->models)
    if (!model.is_pattern() && dispatchers.count(model.name) == 0)
      dispatchers.emplace(model.name, spawn_dispatcher(model.name));
  // A name may have changed sides: found under a pattern before, named now, or the other way round.
  const auto named = [this](const std::string& model) {
    return config::find_model(*config, model)->name == model;
  };
  std::erase_if(pattern_names,
                [&](const auto& known) { return dispatchers.count(known) == 0 || named(known); });
  for (const auto& [model, dispatcher] : dispatchers)
    if (!named(model)
        && std::find(pattern_names.begin(), pattern_names.end(), model) == pattern_names.end())
      pattern_names.push_back(model);
}

gateway_state::dispatcher_table::iterator gateway_state::add_pattern_name(const std::string& model,
                                                                          leftovers& left) {
  if (pattern_names.size() >= most_pattern_names) {
    const auto oldest = dispatchers.find(pattern_names.front());
    left.dispatchers.push_back(oldest->second);
    dispatchers.erase(oldest);
    pattern_names.pop_front();
  }
  pattern_names.push_back(model);
  return dispatchers.emplace(model, spawn_dispatcher(model)).first;
}

dispatcher_setup gateway_state::setup_for(const std::string& model) const {
  const auto* entry = config::find_model(*config, model);
  return setup_of(*entry, config::keys_of(*config, *entry, model));
}

dispatcher_setup gateway_state::setup_without_model(const std::string& provider) const {
  const auto& of = config->providers.at(provider);
  std::vector<const config::key_config*> members;
  for (const auto& key : of.keys)
    members.push_back(&key);
  return setup_of(config::without_model(of), members);
}

dispatcher_setup
gateway_state::setup_of(config::model_config model,
                        const std::vector<const config::key_config*>& members) const {
  dispatcher_setup result;
  result.model = std::move(model);
  result.line = config->waiting_line;
  result.request_timeout = config->server.request_timeout;
  for (const auto* key : members) {
    const auto& entry = keys.at(key->id());
    result.keys.push_back({entry.setup.uid, key->id(), entry.actor, key->enabled, key->weight});
  }
  result.load_balancing = result.keys.size() > 1;
  result.counts = counts;
  return result;
}

void gateway_state::retire(const key_actor& key) {
  // Not before it has answered and is forgotten here may it quit: a question that reaches an actor
  // together with the order to quit is never answered.
  const auto gone = [this, key] {
    if (const auto found = leaving.find(key.address()); found != leaving.end()) {
      log->info("key {} has finished and is gone", found->second.id);
      leaving.erase(found);
    }
    self->send(key, done_atom_v);
  };
  self->request(key, caf::infinite, retire_atom_v).then(gone, [gone](const caf::error&) {
    gone();
  });
}

// -- making it known -----------------------------------------------------------------------------

routing_ptr gateway_state::current_routing() const {
  auto result = std::make_shared<routing>();
  result->generation = generation;
  result->config = config;
  result->dispatchers = dispatchers;
  result->counts = counts;
  result->json_log = use.json_log;
  result->provider_dispatchers = provider_dispatchers;
  for (const auto& [id, key] : keys)
    result->owners.push_back({id, key.setup.group_name, key.setup.key.api_key.fingerprint()});
  result->book = owner_book;
  return result;
}

void gateway_state::publish(leftovers left, std::function<void()> then) {
  // Whoever is not needed any more may go when everybody has stopped sending to it: a call in its
  // mailbox would be lost otherwise.
  auto all = detail::tally::make([this, left = std::move(left), then = std::move(then)] {
    for (const auto& dispatcher : left.dispatchers)
      self->send(dispatcher, retire_atom_v);
    for (const auto& key : left.keys)
      retire(key);
    if (then)
      then();
  });
  const auto tell = [&](const auto& who, auto what) {
    if (!who)
      return;
    all->add();
    self->request(who, patience, setup_atom_v, std::move(what))
        .then([all] { all->done(); }, [all](const caf::error&) { all->done(); });
  };
  for (const auto& [model, dispatcher] : dispatchers)
    tell(dispatcher, setup_for(model));
  for (const auto& [provider, dispatcher] : provider_dispatchers)
    tell(dispatcher, setup_without_model(provider));
  const auto next = current_routing();
  tell(owner_book, next);
  tell(http_front, next);
  tell(message_front, next);
  tell(admin, next);
  all->seal();
}

} // namespace keywheel
