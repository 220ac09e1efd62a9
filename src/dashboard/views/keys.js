// All keys, of all providers.
import { stateOf } from '../derive.js';
import { h } from '../dom.js';
import { count, shortCount } from '../format.js';
import { addKeyForm } from '../forms/key_forms.js';
import { badge, button, cooldownLine, heading, nothing, table } from '../parts.js';
import { keyButtons } from './key_card.js';

const columns = [
  { title: 'Key' },
  { title: 'State' },
  { title: 'In flight', number: true },
  { title: 'Requests', number: true },
  { title: 'Errors', number: true },
  { title: 'Tokens in / out', number: true },
  { title: '' },
];

function row(context, key) {
  return {
    key: `${key.id} ${key.state === 'draining'}`,
    cells: [
      h('span', null, key.name, ' ', h('code', { class: 'quiet' }, key.masked)),
      h(
        'div',
        null,
        badge(stateOf(key)),
        key.cooldowns.length > 0 &&
          h('ul', { class: 'cooldowns' }, key.cooldowns.map(cooldownLine)),
      ),
      count(key.in_flight),
      count(key.requests),
      count(key.errors),
      `${shortCount(key.input_tokens)} / ${shortCount(key.output_tokens)}`,
      h('div', { class: 'actions' }, keyButtons(context, key)),
    ],
  };
}

function section(context, provider) {
  const keys = context.store.keys.filter((key) => key.provider === provider);
  return h(
    'section',
    { key: provider },
    h(
      'div',
      { class: 'heading' },
      h('h2', null, provider),
      h(
        'div',
        { class: 'actions' },
        button('Add key', () => addKeyForm(context, provider), { label: `Add key to ${provider}` }),
      ),
    ),
    keys.length > 0
      ? table(
          `Keys of ${provider}`,
          columns,
          keys.map((key) => row(context, key)),
        )
      : nothing('This provider has no key.'),
  );
}

export function keysView(context) {
  const { store } = context;
  const configured = Object.keys(store.config.config?.providers ?? {});
  // A provider that was removed may still have keys that drain.
  const providers = [...new Set([...configured, ...store.keys.map(({ provider }) => provider)])];
  return [
    heading('Keys'),
    providers.length > 0
      ? providers.map((each) => section(context, each))
      : nothing('There is no provider yet.'),
  ];
}
