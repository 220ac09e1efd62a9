// A model's page.
import { configuredName, freeKeys, keysOf, modelSettings, requestsOf, shares } from '../derive.js';
import { h } from '../dom.js';
import { count, words } from '../format.js';
import { balancingForm } from '../forms/balancing.js';
import { addKeyForm } from '../forms/key_forms.js';
import { deleteModelForm } from '../forms/model_forms.js';
import { balancingMark, button, cooldownLine, facts, heading, nothing } from '../parts.js';
import { modelHref, pageHref } from '../router.js';
import { keyCard } from './key_card.js';

function overview(store, model) {
  const settings = modelSettings(store, model.name);
  const { free, all } = freeKeys(model);
  return facts([
    ['Provider', model.provider],
    ['Name there', settings?.upstream_model || model.name],
    ['Load balancing', balancingMark(model.load_balancing)],
    ['Strategy', words(model.strategy) + (settings?.sticky ? ', sticky' : '')],
    ['Keys free', `${free} of ${all}`],
    ['Waiting', count(model.waiting)],
    ['Requests', count(requestsOf(store, model))],
  ]);
}

function providerCooldowns(model) {
  if (model.cooldowns.length === 0) return null;
  return h(
    'div',
    { class: 'alert', role: 'status', key: 'provider' },
    h('p', null, h('strong', null, `${model.provider} rests for this model.`)),
    h('ul', { class: 'cooldowns' }, model.cooldowns.map(cooldownLine)),
  );
}

function patternNote(store, model) {
  const name = configuredName(store, model.name);
  if (name === null || name === model.name) return null;
  return h(
    'p',
    { class: 'quiet' },
    'Configured by the pattern ',
    h('a', { href: modelHref(name) }, name),
    '.',
  );
}

function keyList(context, model) {
  const { store } = context;
  const keys = keysOf(store, model);
  if (keys.length === 0) return nothing('No key serves this model. Add one.');
  const ids = keys.map(({ key }) => key.id);
  const parts = shares(store.history, ids);
  const peak = Math.max(0, ...ids.flatMap((id) => store.history.get(id)?.requests ?? []));
  return h(
    'ul',
    { class: 'cards', 'aria-label': 'Keys' },
    keys.map((each) => keyCard(context, model, each, parts.get(each.key.id), peak)),
  );
}

export function modelView(context) {
  const { store, page } = context;
  const model = store.models.find(({ name }) => name === page.route.model);
  if (!model)
    return [
      heading(page.route.model),
      nothing('There is no model of this name in the configuration.'),
      h('p', null, h('a', { href: pageHref('models') }, 'All models')),
    ];
  return [
    heading(
      model.name,
      button('Add key', () => addKeyForm(context, model.provider), { kind: 'primary' }),
      button('Load balancing', () => balancingForm(context, model), {
        label: `Configure load balancing of ${model.name}`,
      }),
      configuredName(store, model.name) === model.name &&
        button('Delete model', () => deleteModelForm(context, model.name), {
          kind: 'danger-quiet',
        }),
    ),
    patternNote(store, model),
    providerCooldowns(model),
    overview(store, model),
    h('h2', null, 'Keys'),
    keyList(context, model),
  ];
}
