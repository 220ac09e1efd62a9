// How a model's requests are spread over its keys.
import { path } from '../api.js';
import { configuredName, modelSettings, providerKeys, serves, usableKeys } from '../derive.js';
import { openDialog } from '../dialog.js';
import { h } from '../dom.js';
import { changed, checkField, group, numberField, selectField, valueOf } from '../fields.js';
import { notify } from '../notify.js';

export const strategies = [
  ['round_robin', 'Round robin: in turn'],
  ['weighted', 'Weighted: by the keys’ weights'],
  ['least_in_flight', 'Least in flight: the least busy key'],
  ['fill_first', 'Fill first: the first that is free, in file order'],
];

/** The sentence about how many keys there are, for a switch that is on or off. */
export function keysNeeded(count, isOn) {
  const there = count === 1 ? 'there is 1 usable key' : `there are ${count} usable keys`;
  if (count >= 2) return `It needs two usable keys; ${there}.`;
  return `${isOn ? 'This will be refused: load' : 'Load'} balancing needs two usable keys, and ${there}.`;
}

/**
 * The fields of load balancing.
 * @param of { load_balancing, strategy, sticky } to begin with
 * @param countKeys () => how many usable keys there are now
 */
export function balancingFields(of, countKeys) {
  const need = h('p', { class: 'hint', 'aria-live': 'polite' });
  const box = checkField('load_balancing', 'Load balancing', {
    checked: of.load_balancing,
    onchange: update,
  });
  function update() {
    const isOn = box.querySelector('input').checked;
    const there = countKeys();
    need.textContent = keysNeeded(there, isOn);
    need.classList.toggle('warning', isOn && there < 2);
  }
  const fields = group(
    'Load balancing',
    box,
    need,
    selectField('strategy', 'Strategy', strategies, { value: of.strategy }),
    checkField('sticky', 'Sticky', {
      checked: of.sticky,
      hint: 'Prompts that begin alike go to the same key while it is free, so that the provider’s prompt cache is of use.',
    }),
  );
  update();
  return { fields, update };
}

/** What these fields say. */
export function balancingOf(form) {
  return {
    load_balancing: valueOf(form, 'load_balancing'),
    strategy: valueOf(form, 'strategy'),
    sticky: valueOf(form, 'sticky'),
  };
}

function weightsGroup(keys) {
  if (keys.length === 0) return null;
  return group(
    'Weights (used by the strategy “weighted”)',
    h(
      'div',
      { class: 'row' },
      keys.map((key) =>
        numberField(`weight of ${key.name}`, key.name, { value: key.weight, min: 1 }),
      ),
    ),
  );
}

/** Sends the changes one after the other, each for the generation that came of the one before. */
async function send(api, changes, based) {
  const real = changes.filter(([, body]) => Object.keys(body).length > 0);
  for (const [i, [target, body]] of real.entries()) {
    const how = { generation: based.generation, goesOn: i + 1 < real.length };
    based.generation = (await api.request('PATCH', target, body, how)).generation;
  }
}

/** Shows how `model` (its status) spreads its requests, and changes that. */
export function balancingForm({ api, store }, model) {
  const name = configuredName(store, model.name);
  let shown = {};
  let keys = [];
  openDialog({
    title: `Load balancing of ${name}`,
    action: 'Save',
    generation: () => store.generation,
    content() {
      const settings = modelSettings(store, name);
      shown = {
        load_balancing: settings.load_balancing ?? model.load_balancing,
        strategy: settings.strategy,
        sticky: settings.sticky,
      };
      keys = providerKeys(store, model.provider).filter((key) => serves(key, model.name));
      const count = () => usableKeys(store, model.provider, model.name).length;
      return [
        name !== model.name &&
          h(
            'p',
            null,
            `${model.name} is configured by the pattern ${name}: this concerns all names that fit it.`,
          ),
        balancingFields(shown, count).fields,
        weightsGroup(keys),
      ];
    },
    async submit(form, based) {
      const changes = [[path('models', name), changed(shown, balancingOf(form))]];
      for (const key of keys) {
        const weight = valueOf(form, `weight of ${key.name}`);
        changes.push([
          path('keys', model.provider, key.name),
          changed({ weight: key.weight }, { weight }),
        ]);
      }
      await send(api, changes, based);
      notify(`Load balancing of ${name} saved.`);
      return true;
    },
  });
}
