// What follows from a snapshot. Pure functions.

/** Answers whether `pattern`, in which "*" stands for anything, fits `name`. */
export function fits(pattern, name) {
  const parts = pattern.split('*').map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${parts.join('.*')}$`, 's').test(name);
}

/** The name under which `model` is configured: its own, or the first pattern that fits; null: none. */
export function configuredName(store, model) {
  const models = store.config?.config?.models ?? {};
  if (Object.hasOwn(models, model)) return model;
  return Object.keys(models).find((name) => name.includes('*') && fits(name, model)) ?? null;
}

/** What the configuration says of a model, its own or that of its pattern; null if nothing. */
export function modelSettings(store, model) {
  const name = configuredName(store, model);
  return name === null ? null : store.config.config.models[name];
}

/** The configured keys of a provider, in file order. */
export function providerKeys(store, provider) {
  return store.config?.config?.providers?.[provider]?.keys ?? [];
}

/** What the configuration says of a key; null if nothing: it drains, or has just gone. */
export function keySettings(store, { provider, name }) {
  return providerKeys(store, provider).find((key) => key.name === name) ?? null;
}

/** Answers whether a key may serve a model. */
export function serves(key, model) {
  return key.models.length === 0 || key.models.some((each) => fits(each, model));
}

/** The configured keys of `provider` that may serve `model` and are not disabled. */
export function usableKeys(store, provider, model) {
  return providerKeys(store, provider).filter((key) => key.enabled && serves(key, model));
}

/** The cooldowns of a key that keep it from serving `model`; without a model, all. */
export function relevantCooldowns(key, model) {
  return key.cooldowns.filter((each) => !model || !each.model || each.model === model);
}

/** The state to show for a key; `own` is its state for one model, where there is one. */
export function stateOf(key, model, own = key.state) {
  const isProbing = relevantCooldowns(key, model).some(({ probing }) => probing);
  return own === 'cooling' && isProbing ? 'probing' : own;
}

/**
 * The keys of a model's page, in the order of the file: { key, state, inRotation }. Besides those in rotation,
 * these are the provider's others that may serve it: disabled ones, and all but one with balancing off.
 */
export function keysOf(store, model) {
  const states = new Map(model.keys.map(({ id, state }) => [id, state]));
  const order = new Map(
    providerKeys(store, model.provider).map((key, i) => [
      `${model.provider}/${key.name}`,
      [key, i],
    ]),
  );
  const mayServe = (key) => order.has(key.id) && serves(order.get(key.id)[0], model.name);
  return store.keys
    .filter((key) => states.has(key.id) || (key.provider === model.provider && mayServe(key)))
    .sort((a, b) => (order.get(a.id)?.[1] ?? Infinity) - (order.get(b.id)?.[1] ?? Infinity))
    .map((key) => ({
      key,
      // A key whose credential was replaced is there twice: the old one drains, whatever the new one does.
      state: stateOf(key, model.name, key.state === 'draining' ? key.state : states.get(key.id)),
      inRotation: states.has(key.id),
    }));
}

/** How many keys could take a call for `model` now, and how many there are. */
export function freeKeys(model) {
  return {
    free: model.keys.filter(({ state }) => state === 'available').length,
    all: model.keys.length,
  };
}

/** Attempts made for `model` since the start, by what the keys count per model. */
export function requestsOf(store, model) {
  const own = store.keys
    .flatMap((key) => key.usage ?? [])
    .filter((use) => use.model === model.name);
  return total(own.map(({ requests }) => requests));
}

function total(numbers) {
  return numbers.reduce((sum, each) => sum + each, 0);
}

/** Each key's part of the last hour's requests of `ids` together: id -> 0 to 1; null if there were none. */
export function shares(history, ids) {
  const sums = new Map(ids.map((id) => [id, total(history.get(id)?.requests ?? [])]));
  const all = total([...sums.values()]);
  return new Map(ids.map((id) => [id, all > 0 ? sums.get(id) / all : null]));
}
