#include "actors/owner_book.hpp"

#include "actors/detail/guard.hpp"

#include <algorithm>

namespace keywheel {

namespace {

bool has_model(const call& what) {
  return what.route.model_in != dialect::route::model_place::none;
}

/// Whose keys a call goes to, as people are told.
std::string subject_of(const call& what) {
  return has_model(what) ? "the model \"" + what.model + "\""
                         : "the provider \"" + what.provider + "\"";
}

} // namespace

owner_book_actor::behavior_type owner_book_state::make_behavior(routing_ptr first,
                                                                gateway_actor supervisor) {
  gateway = std::move(supervisor);
  follow(std::move(first));
  detail::die_with_reason(self);
  return {
      [this](call_atom, call_ptr& call) { take(std::move(call)); },
      [this](made_atom, const made_things& what) {
        for (const auto& id : what.ids)
          book.remember(id, what.by, now());
      },
      [this](gone_atom, const std::string& id) { book.forget(id); },
      [this](setup_atom, routing_ptr& next) { follow(std::move(next)); },
  };
}

// -- operations ------------------------------------------------------------------------------

void owner_book_state::take(call_ptr call) {
  if (call->left)
    return;
  const auto refers = references_of(*call);
  if ((!has_model(*call) && !find_provider(*call, refers)) || !bind(*call, refers))
    return;
  call->dispatcher = dispatcher_of(*call);
  if (auto dispatcher = call->dispatcher)
    self->send(dispatcher, call_atom_v, std::move(call));
  else
    self->send(gateway, call_atom_v, std::move(call));
}

void owner_book_state::follow(routing_ptr next) {
  routing = std::move(next);
  book.follow(routing->owners);
  owners.clear();
  for (const auto& who : routing->owners)
    owners.emplace(who.key, &who);
}

// -- helpers -----------------------------------------------------------------------------------

/// Finds the provider of a call without a model, and with it the call's rules; false if the call
/// had to be refused.
bool owner_book_state::find_provider(call& of, const std::vector<balance::reference>& refers) {
  const auto& providers = routing->config->providers;
  if (of.provider.empty() || providers.count(of.provider) == 0) {
    std::vector<std::string> speaking;
    for (const auto& [id, provider] : providers)
      if (dialect::compatible(of.route.dialect, provider.dialect, provider.base_url))
        speaking.push_back(id);
    auto found = balance::provider_of(refers, speaking, of.wants_key);
    if (auto* why = std::get_if<dialect::refusal>(&found)) {
      of.refuse(std::move(*why));
      return false;
    }
    of.provider = std::move(std::get<std::string>(found));
  }
  of.model = config::no_model;
  of.rules = std::make_shared<const config::model_config>(
      config::without_model(providers.at(of.provider)));
  return true;
}

/// Binds a call to the keys that may serve it; false if it had to be refused.
bool owner_book_state::bind(call& of, const std::vector<balance::reference>& refers) {
  const auto keys = keys_for(of);
  const auto subject = subject_of(of);
  auto way = balance::way_of({refers, keys, of.wants_key, of.route.lists, subject});
  if (auto* why = std::get_if<dialect::refusal>(&way)) {
    of.refuse(std::move(*why));
    return false;
  }
  of.bound = std::move(std::get<balance::bound_to>(way));
  return true;
}

std::vector<balance::reference> owner_book_state::references_of(const call& of) {
  std::vector<balance::reference> result;
  for (const auto& id : of.refers) {
    const auto* by = book.find(id, now());
    result.push_back({id, by != nullptr ? std::optional{*by} : std::nullopt});
  }
  return result;
}

/// The keys that could serve a call if it referred to nothing.
std::vector<balance::serving_key> owner_book_state::keys_for(const call& of) const {
  const auto& config = *routing->config;
  std::vector<const config::key_config*> keys;
  if (!has_model(of)) {
    for (const auto& key : config.providers.at(of.provider).keys)
      keys.push_back(&key);
  } else if (const auto* model = config::find_model(config, of.model)) {
    keys = config::keys_of(config, *model, of.model);
  }
  std::vector<balance::serving_key> result;
  for (const auto* key : keys)
    if (const auto found = owners.find(key->id()); found != owners.end())
      result.push_back({*found->second, key->enabled});
  return result;
}

/// Null if it has to be made first.
dispatcher_actor owner_book_state::dispatcher_of(const call& of) const {
  const auto& table = has_model(of) ? routing->dispatchers : routing->provider_dispatchers;
  const auto found = table.find(has_model(of) ? of.model : of.provider);
  return found != table.end() ? found->second : dispatcher_actor{};
}

owner_book_actor::behavior_type owner_book(owner_book_pointer self, routing_ptr routing,
                                           gateway_actor gateway) {
  return self->state.make_behavior(std::move(routing), std::move(gateway));
}

} // namespace keywheel
