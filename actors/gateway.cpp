#include "actors/gateway.hpp"

#include "actors/admin.hpp"
#include "actors/audit_log.hpp"
#include "actors/config_watcher.hpp"
#include "actors/detail/guard.hpp"
#include "actors/dispatcher.hpp"
#include "actors/errors.hpp"
#include "actors/http_front.hpp"
#include "actors/key.hpp"
#include "actors/message_front.hpp"
#include "actors/owner_book.hpp"
#include "actors/quota_group.hpp"
#include "actors/state_keeper.hpp"
#include "actors/upstream.hpp"
#include "config/diff.hpp"
#include "observe/settings.hpp"
#include "state/audit_file.hpp"
#include "state/state_file.hpp"

#include <caf/io/middleman.hpp>
#include <spdlog/spdlog.h>

namespace keywheel {

namespace {

/// Both fronts number their calls apart.
constexpr std::uint16_t http_front_number = 1;
constexpr std::uint16_t message_front_number = 2;

} // namespace

gateway_state::~gateway_state() {
  const auto end = [](const auto& who) {
    if (who)
      caf::anon_send_exit(who, caf::exit_reason::user_shutdown);
  };
  end(http_front);
  end(message_front);
  end(admin);
  end(watcher);
  end(audit_log);
  for (const auto& [model, dispatcher] : dispatchers)
    end(dispatcher);
  for (const auto& [id, key] : keys)
    end(key.actor);
  for (const auto& [address, key] : leaving)
    end(key.actor);
  for (const auto& [group_id, group] : group_actors)
    end(group);
  for (const auto& [provider, dispatcher] : provider_dispatchers)
    end(dispatcher);
  end(owner_book);
  end(upstream);
  end(keeper);
}

gateway_actor::behavior_type gateway_state::make_behavior(config::snapshot first, options with,
                                                          config::secret admin_token,
                                                          std::string token_path,
                                                          saved_state_ptr past) {
  use = std::move(with);
  log = use.logger;
  token = std::move(admin_token);
  token_file = std::move(token_path);
  remembered = std::move(past);
  detail::die_with_reason(self);
  self->set_down_handler([this](caf::down_msg& down) { lost(down); });
  start(std::move(first));
  return {
      // -- calls -------------------------------------------------------------------------------
      [this](ask_atom, api_request& what) -> caf::result<api_response> {
        return self->delegate(message_front, ask_atom_v, std::move(what));
      },
      [this](stream_atom, std::uint64_t number, api_request& what, const caf::actor& receiver) {
        self->send(message_front, stream_atom_v, number, std::move(what), receiver);
      },
      [this](call_atom, call_ptr& call) { first_call(std::move(call)); },
      // -- the configuration -------------------------------------------------------------------
      [this](apply_atom, config::snapshot& next) { return apply(std::move(next)); },
      [this](problem_atom, std::vector<config::problem>& problems) {
        refused(std::move(problems));
      },
      [this](reload_atom) -> caf::result<reload_report> {
        if (!watcher)
          return make_error(ec::bad_configuration, "this gateway has no configuration file");
        return self->delegate(watcher, reload_atom_v);
      },
      [this](edit_atom, config_edit& change) -> caf::result<edit_report> {
        if (!watcher)
          return make_error(ec::bad_configuration, "this gateway has no configuration file");
        return self->delegate(watcher, edit_atom_v, std::move(change));
      },
      // -- its keys ----------------------------------------------------------------------------
      [this](follow_atom, key_uid key, const std::string& organization) {
        group_by_organization(key, organization);
      },
      [this](changed_atom) { save_soon(); },
      [this](tick_atom) {
        if (saving)
          save({});
      },
      // -- people ------------------------------------------------------------------------------
      [this](ready_atom) { return ready(); },
      [this](reset_atom, const std::string& key) { return reset(key); },
      [this](status_atom) { return status(); },
      [this](drain_atom) { return drain(); },
  };
}

void gateway_state::start(config::snapshot first) {
  config = std::move(first);
  started_with = config;
  generation = 1;
  loaded_at = std::chrono::system_clock::now();
  spawn_upstream();
  spawn_keeper();
  for (const auto& [provider_name, provider] : config->providers)
    for (const auto& key : provider.keys)
      add_key(key);
  group_keys();
  for (const auto& [id, key] : keys)
    recall(key);
  for (const auto& model : config->models)
    if (!model.is_pattern())
      recall(model.provider, model.name,
             dispatchers.emplace(model.name, spawn_dispatcher(model.name)).first->second);
  spawn_owner_book();
  spawn_message_front();
  if (use.http_front)
    spawn_http_front();
  if (use.admin)
    spawn_admin();
  if (!config->path.empty())
    spawn_watcher();
}

// -- calls -------------------------------------------------------------------------------------

void gateway_state::first_call(call_ptr call) {
  if (call->left)
    return;
  if (call->route.model_in == dialect::route::model_place::none)
    return first_call_without_model(std::move(call));
  auto known = dispatchers.find(call->model);
  if (known == dispatchers.end()) {
    if (config::find_model(*config, call->model) == nullptr)
      return call->refuse({dialect::refusal_code::unknown_model,
                           "the model \"" + call->model + "\" is not configured here",
                           {},
                           false});
    leftovers left;
    known = add_pattern_name(call->model, left);
    publish(std::move(left), {});
  }
  call->dispatcher = known->second;
  auto dispatcher = known->second;
  self->send(dispatcher, call_atom_v, std::move(call));
}

void gateway_state::first_call_without_model(call_ptr call) {
  auto known = provider_dispatchers.find(call->provider);
  if (known == provider_dispatchers.end()) {
    if (config->providers.count(call->provider) == 0)
      return call->refuse({dialect::refusal_code::not_found,
                           "the provider \"" + call->provider + "\" is not configured any more",
                           {},
                           false});
    known = provider_dispatchers.emplace(call->provider, spawn_provider_dispatcher(call->provider))
                .first;
    tell_owner_book();
  }
  call->dispatcher = known->second;
  auto dispatcher = known->second;
  self->send(dispatcher, call_atom_v, std::move(call));
}

// -- people ------------------------------------------------------------------------------------

caf::result<listening> gateway_state::ready() {
  if (still_to_listen == 0)
    return addresses;
  auto result = self->make_response_promise<listening>();
  waiting_for_ready.push_back(result);
  return result;
}

caf::result<bool> gateway_state::reset(const std::string& key) {
  const auto found = keys.find(key);
  if (found == keys.end())
    return false;
  self->send(found->second.actor, reset_atom_v);
  return true;
}

caf::result<observe::status> gateway_state::status() {
  auto promise = self->make_response_promise<observe::status>();
  auto result = std::make_shared<observe::status>();
  result->config = {generation, config->path, loaded_at, last_error,
                    config::needs_restart(*started_with, *config)};
  result->snapshot = config;
  // Everybody answers into a place of their own, so that the order is that of the tables.
  result->keys.resize(keys.size() + leaving.size());
  result->models.resize(dispatchers.size());
  const auto rests = std::make_shared<group_rests>();
  auto all = detail::tally::make([promise, result, rests, this]() mutable {
    show_group_rests(*rests, result->keys);
    sort_models(result->models);
    observe::add_settings(*result);
    promise.deliver(std::move(*result));
  });
  std::size_t at = 0;
  for (const auto& [id, key] : keys)
    ask_status(key.actor, result, &result->keys[at++], all);
  for (const auto& [address, key] : leaving)
    ask_status(key.actor, result, &result->keys[at++], all);
  at = 0;
  for (const auto& [model, dispatcher] : dispatchers)
    ask_status(dispatcher, result, &result->models[at++], all);
  for (const auto& [which, group] : group_actors)
    ask_status(group, rests, &(*rests)[which], all);
  all->seal();
  return promise;
}

template <class Handle, class Owner, class Status>
void gateway_state::ask_status(const Handle& who, std::shared_ptr<Owner> keep, Status* where,
                               std::shared_ptr<detail::tally> all) {
  all->add();
  self->request(who, patience, status_atom_v)
      .then(
          [keep, where, all](Status& said) {
            *where = std::move(said);
            all->done();
          },
          [all](const caf::error&) { all->done(); });
}

void gateway_state::sort_models(std::vector<observe::model_status>& models) const {
  const auto place = [this](const observe::model_status& of) {
    const auto& entries = config->models;
    const auto found = std::find_if(entries.begin(), entries.end(),
                                    [&](const auto& entry) { return entry.name == of.name; });
    return std::pair{found - entries.begin(), of.name};
  };
  for (const auto& entry : config->models)
    if (entry.is_pattern())
      models.push_back(pattern_status(entry));
  std::sort(models.begin(), models.end(),
            [&](const auto& a, const auto& b) { return place(a) < place(b); });
}

observe::model_status gateway_state::pattern_status(const config::model_config& entry) const {
  observe::model_status result;
  result.name = entry.name;
  result.provider = entry.provider;
  result.strategy = config::to_string(entry.strategy);
  result.pattern = true;
  const auto members = config::keys_of(*config, entry, entry.name);
  result.load_balancing = members.size() > 1;
  return result;
}

caf::result<void> gateway_state::drain() {
  auto promise = self->make_response_promise();
  log->info("gateway drains: no new calls, those in flight have {} ms",
            config->server.drain_timeout.count());
  auto leave = [this, promise]() mutable {
    promise.deliver(caf::unit);
    self->quit(caf::exit_reason::user_shutdown);
  };
  auto all = detail::tally::make([this, leave]() mutable {
    if (keeper)
      save(leave);
    else
      leave();
  });
  const auto ask = [&](const auto& who) {
    all->add();
    self->request(who, config->server.drain_timeout + patience, drain_atom_v,
                  config->server.drain_timeout)
        .then([all] { all->done(); }, [all](const caf::error&) { all->done(); });
  };
  if (admin)
    self->send(admin, drain_atom_v);
  if (http_front)
    ask(http_front);
  ask(message_front);
  all->seal();
  return promise;
}

// -- listening ---------------------------------------------------------------------------------

template <class Handle>
void gateway_state::listen(const Handle& who, std::string listening::*address) {
  ++still_to_listen;
  self->request(who, patience, listen_atom_v)
      .then(
          [this, address](std::string& where) {
            addresses.*address = std::move(where);
            if (--still_to_listen == 0)
              settle_ready();
          },
          [this](const caf::error& why) {
            // Told to whoever asks, and to whoever watches: it is the reason of this end.
            for (auto& promise : std::exchange(waiting_for_ready, {}))
              promise.deliver(why);
            self->quit(why);
          });
}

void gateway_state::settle_ready() {
  addresses.token_file = token_file;
  for (auto& promise : std::exchange(waiting_for_ready, {}))
    promise.deliver(addresses);
}

// -- spawning ----------------------------------------------------------------------------------

template <class Function, class... Ts>
auto gateway_state::start_actor(Function function, Ts&&... arguments) {
  auto result = self->system().middleman().spawn_broker(function, std::forward<Ts>(arguments)...);
  self->monitor(result);
  return result;
}

key_actor gateway_state::spawn_key(const key_setup& setup) {
  return start_actor(keywheel::key, setup, upstream, gateway_actor{self}, log);
}

quota_group_actor gateway_state::spawn_group(const group_name& which) {
  return start_actor(keywheel::quota_group, which.second,
                     groups.at(which.first).budgets_of(which.second), upstream, gateway_actor{self},
                     log);
}

void gateway_state::spawn_keeper() {
  if (!use.keep_state)
    return;
  keeper = self->system().spawn<caf::detached>(keywheel::state_keeper,
                                               state::state_path(config->server.state_dir), log);
  self->monitor(keeper);
}

dispatcher_actor gateway_state::spawn_dispatcher(const std::string& model) {
  return start_actor(keywheel::dispatcher, model, setup_for(model), gateway_actor{self}, log);
}

dispatcher_actor gateway_state::spawn_provider_dispatcher(const std::string& provider) {
  return start_actor(keywheel::dispatcher, std::string{config::no_model},
                     setup_without_model(provider), gateway_actor{self}, log);
}

void gateway_state::spawn_owner_book() {
  owner_book = start_actor(keywheel::owner_book, current_routing(), gateway_actor{self});
}

void gateway_state::spawn_upstream() {
  upstream = start_actor(keywheel::upstream, log);
}

void gateway_state::spawn_message_front() {
  message_front = start_actor(keywheel::message_front, message_front_number, current_routing(),
                              gateway_actor{self}, upstream, log);
}

void gateway_state::spawn_http_front() {
  http_front = start_actor(keywheel::http_front, http_front_number, current_routing(),
                           gateway_actor{self}, upstream, log);
  listen(http_front, &listening::data);
}

void gateway_state::spawn_audit_log() {
  audit_log = self->system().spawn<caf::detached>(keywheel::audit_log,
                                                  state::audit_path(config->server.state_dir), log);
  self->monitor(audit_log);
}

void gateway_state::spawn_admin() {
  if (!audit_log)
    spawn_audit_log();
  admin =
      start_actor(keywheel::admin, gateway_actor{self}, audit_log, current_routing(), token, log);
  listen(admin, &listening::admin);
}

void gateway_state::spawn_watcher() {
  watcher = self->system().spawn<caf::detached>(keywheel::config_watcher, gateway_actor{self},
                                                config, generation, use.watch_config, log);
  self->monitor(watcher);
}

// -- supervision -------------------------------------------------------------------------------

void gateway_state::lost(const caf::down_msg& down) {
  leaving.erase(down.source);
  const auto* who = replace(down.source);
  if (who == nullptr)
    return; // one that was told to go
  log->error("{} died: {}; it has been replaced", who, describe(down.reason));
  if (!restarts.note(self->clock().now())) {
    log->critical("too many actors die; the gateway gives up");
    self->quit(down.reason);
  }
}

const char* gateway_state::replace(const caf::actor_addr& who) {
  const auto is = [&](const auto& handle) { return handle && handle.address() == who; };
  if (is(upstream)) {
    spawn_upstream();
    for (const auto& [id, key] : keys)
      self->send(key.actor, setup_atom_v, upstream);
    for (const auto& [group_id, group] : group_actors)
      self->send(group, setup_atom_v, upstream);
    if (http_front)
      self->send(http_front, setup_atom_v, upstream);
    self->send(message_front, setup_atom_v, upstream);
    return "upstream";
  }
  if (is(owner_book)) {
    spawn_owner_book();
    publish({}, {});
    return "owner_book";
  }
  if (is(http_front))
    return spawn_http_front(), "http_front";
  if (is(message_front))
    return spawn_message_front(), "message_front";
  if (is(admin))
    return spawn_admin(), "admin";
  if (is(watcher))
    return spawn_watcher(), "config_watcher";
  if (is(keeper))
    return spawn_keeper(), "state_keeper";
  if (is(audit_log)) {
    spawn_audit_log();
    self->send(admin, setup_atom_v, audit_log);
    return "audit_log";
  }
  for (auto& [id, key] : keys)
    if (is(key.actor)) {
      key.actor = spawn_key(key.setup);
      recall(key);
      publish({}, {});
      return "key";
    }
  for (auto& [group_id, group] : group_actors)
    if (is(group)) {
      group = spawn_group(group_id);
      recall(group_id.first, group_id.second, group);
      for (auto& [id, key] : keys)
        if (group_name{key.setup.key.provider, key.setup.group_name} == group_id) {
          key.setup.group = group;
          self->send(key.actor, setup_atom_v, key.setup);
        }
      return "quota_group";
    }
  for (auto& [model, dispatcher] : dispatchers)
    if (is(dispatcher)) {
      dispatcher = spawn_dispatcher(model);
      publish({}, {});
      return "dispatcher";
    }
  for (auto& [provider, dispatcher] : provider_dispatchers)
    if (is(dispatcher)) {
      dispatcher = spawn_provider_dispatcher(provider);
      publish({}, {});
      return "dispatcher";
    }
  return nullptr;
}

gateway_actor::behavior_type gateway(gateway_pointer self, config::snapshot config, options with,
                                     config::secret admin_token, std::string token_file,
                                     saved_state_ptr past) {
  return self->state.make_behavior(std::move(config), std::move(with), std::move(admin_token),
                                   std::move(token_file), std::move(past));
}

} // namespace keywheel
