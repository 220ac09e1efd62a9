// The list of models.
import { freeKeys, requestsOf } from '../derive.js';
import { h } from '../dom.js';
import { count } from '../format.js';
import { addModelForm } from '../forms/model_forms.js';
import { balancingForm } from '../forms/balancing.js';
import { badge, balancingMark, button, heading, nothing, table } from '../parts.js';
import { modelHref } from '../router.js';

const columns = [
  { title: 'Model' },
  { title: 'Provider' },
  { title: 'Load balancing' },
  { title: 'Keys free / all' },
  { title: 'Waiting', number: true },
  { title: 'Requests', number: true },
  { title: '' },
];

function keyCounts(model) {
  const { free, all } = freeKeys(model);
  const others = [...new Set(model.keys.map(({ state }) => state))].filter(
    (each) => each !== 'available',
  );
  return h(
    'span',
    { class: 'key-counts' },
    h(
      'span',
      { class: free === 0 && all > 0 ? 'none-free' : null },
      model.pattern ? `– / ${all}` : `${free} / ${all}`,
    ),
    others.map((state) => badge(state)),
  );
}

function row(context, model) {
  return {
    key: model.name,
    cells: [
      h(
        'a',
        { href: modelHref(model.name) },
        model.name,
        model.pattern && h('span', { class: 'tag' }, 'pattern'),
      ),
      model.provider,
      h(
        'span',
        null,
        balancingMark(model.load_balancing),
        ' ',
        h('span', { class: 'quiet' }, model.strategy.replaceAll('_', ' ')),
      ),
      keyCounts(model),
      count(model.waiting),
      count(requestsOf(context.store, model)),
      button('Configure', () => balancingForm(context, model), {
        label: `Configure load balancing of ${model.name}`,
      }),
    ],
  };
}

/** Narrows the list to names and providers in which `text` occurs. */
function matching(models, text) {
  const wanted = text.trim().toLowerCase();
  return models.filter(({ name, provider }) =>
    `${name} ${provider}`.toLowerCase().includes(wanted),
  );
}

export function modelsView(context) {
  const { store, page } = context;
  const shown = matching(store.models, page.filter);
  return [
    heading(
      'Models',
      button('Add model', () => addModelForm(context), { kind: 'primary' }),
    ),
    h(
      'div',
      { class: 'filter' },
      h('label', { for: 'filter' }, 'Filter'),
      h('input', {
        id: 'filter',
        type: 'search',
        autocomplete: 'off',
        spellcheck: 'false',
        oninput: ({ target }) => page.setFilter(target.value),
      }),
      h('span', { class: 'quiet', role: 'status' }, `${shown.length} of ${store.models.length}`),
    ),
    shown.length > 0
      ? table(
          'Models',
          columns,
          shown.map((model) => row(context, model)),
        )
      : nothing(
          store.models.length > 0
            ? 'No model fits the filter.'
            : 'There is no model yet. Add one, or write it into the configuration file.',
        ),
  ];
}
