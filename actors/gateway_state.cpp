// How a gateway remembers over a restart: what of gateway_state collects what is worth keeping, has
// it written, and gives it back to those that it concerns.

#include "actors/detail/kept.hpp"
#include "actors/gateway.hpp"

namespace keywheel {

void gateway_state::recall(const key_entry& key) {
  const auto id = key.setup.key.id();
  const auto fingerprint = key.setup.key.api_key.fingerprint();
  for (const auto& known : remembered->keys) {
    if (known.id != id || known.fingerprint != fingerprint)
      continue;
    self->send(key.actor, keep_atom_v, detail::restored(known.cooldowns, known.day));
    regroup(key.setup.key.provider,
            groups[key.setup.key.provider].saw(key.setup.uid, known.organization));
  }
}

void gateway_state::recall(const std::string& provider, const std::string& group,
                           const quota_group_actor& who) {
  for (const auto& known : remembered->groups)
    if (known.provider == provider && known.name == group)
      self->send(who, keep_atom_v, detail::restored(known.cooldowns, known.day));
}

void gateway_state::recall(const std::string& provider, const std::string& model,
                           const dispatcher_actor& who) {
  for (const auto& known : remembered->models)
    if (known.provider == provider && known.model == model)
      self->send(who, keep_atom_v, detail::restored({known.cooldown}, {}));
}

void gateway_state::save_soon() {
  if (keeper && !std::exchange(saving, true))
    self->delayed_send(self, save_delay, tick_atom_v);
}

void gateway_state::save(std::function<void()> then) {
  saving = false;
  auto result = std::make_shared<state::saved_state>();
  auto all = detail::tally::make([this, result, then = std::move(then)] {
    remembered = result;
    const auto done = [then] {
      if (then)
        then();
    };
    self->request(keeper, patience, keep_atom_v, saved_state_ptr{result})
        .then([done](bool) { done(); }, [done](const caf::error&) { done(); });
  });
  for (const auto& [id, key] : keys)
    collect(key.actor, all,
            [result, id = id, print = key.setup.key.api_key.fingerprint(),
             organization = key.organization](const balance::kept_state& kept) {
              result->keys.push_back(
                  {id, print, organization, detail::saved(kept.rests), detail::saved(kept.days)});
            });
  for (const auto& [which, who] : group_actors)
    collect(who, all, [result, which = which](const balance::kept_state& kept) {
      result->groups.push_back(
          {which.first, which.second, detail::saved(kept.rests), detail::saved(kept.days)});
    });
  for (const auto& [model_name, who] : dispatchers)
    collect(who, all, [this, result, model_name = model_name](const balance::kept_state& kept) {
      const auto* model = config::find_model(*config, model_name);
      for (const auto& rest : detail::saved(kept.rests))
        if (model != nullptr)
          result->models.push_back({model->provider, model_name, rest});
    });
  all->seal();
}

template <class Handle>
void gateway_state::collect(const Handle& who, const std::shared_ptr<detail::tally>& all,
                            std::function<void(const balance::kept_state&)> take) {
  all->add();
  self->request(who, patience, keep_atom_v)
      .then(
          [take = std::move(take), all](const balance::kept_state& kept) {
            take(kept);
            all->done();
          },
          [all](const caf::error&) { all->done(); });
}

} // namespace keywheel
