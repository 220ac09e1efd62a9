// A key on a model's page: its state, its numbers, what can be done with it.
import { setEnabled, resetKey } from '../actions.js';
import { shareBar, trafficChart } from '../chart.js';
import { keySettings, relevantCooldowns } from '../derive.js';
import { h } from '../dom.js';
import { count, percent, shortCount } from '../format.js';
import { deleteKeyForm, editKeyForm, replaceSecretForm } from '../forms/key_forms.js';
import { badge, button, cooldownLine, facts } from '../parts.js';

/** What can be done with a key. One that only drains is no longer in the configuration. */
export function keyButtons(context, key) {
  if (key.state === 'draining') return [];
  const about = (verb) => ({ label: `${verb} ${key.id}` });
  return [
    key.enabled
      ? button('Disable', () => setEnabled(context, key, false), about('Disable'))
      : button('Enable', () => setEnabled(context, key, true), about('Enable')),
    button('Reset', () => resetKey(context, key), {
      ...about('Reset'),
      title: 'Ends its cooldowns, and a rejection',
    }),
    button('Settings', () => editKeyForm(context, key), about('Settings of')),
    button('New secret', () => replaceSecretForm(context, key), about('New secret for')),
    button('Delete', () => deleteKeyForm(context, key), {
      ...about('Delete'),
      kind: 'danger-quiet',
    }),
  ];
}

function limitsText(settings) {
  const names = [
    ['max_in_flight', 'at a time'],
    ['rpm', 'requests/min'],
    ['tpm', 'tokens/min'],
    ['rpd', 'requests/day'],
    ['tpd', 'tokens/day'],
  ];
  const set = names.filter(([name]) => settings[name] > 0);
  return set.map(([name, unit]) => `${count(settings[name])} ${unit}`).join(', ') || 'none';
}

function settingsFacts(key, settings) {
  return facts([
    ['Secret', h('code', null, key.masked)],
    ...(settings
      ? [
          ['Weight', count(settings.weight)],
          ['Limits', limitsText(settings)],
        ]
      : []),
    ['Quota group', key.quota_group || 'its own'],
  ]);
}

function numbers(key) {
  return facts([
    ['In flight', count(key.in_flight)],
    ['Requests', count(key.requests)],
    ['Errors', count(key.errors)],
    ['Tokens in', shortCount(key.input_tokens)],
    ['Tokens out', shortCount(key.output_tokens)],
  ]);
}

/**
 * @param of an entry of keysOf()
 * @param share its part of the last hour's requests, 0 to 1; null: there were none
 * @param peak the most requests in a minute of any key beside it
 */
export function keyCard(context, model, { key, state, inRotation }, share, peak) {
  const cooldowns = relevantCooldowns(key, model.name);
  return h(
    'li',
    {
      class: `card key-card edge-${state}`,
      key: `${key.id} ${key.state === 'draining'}`,
      'data-key-id': key.id,
    },
    h(
      'div',
      { class: 'card-head' },
      h('h3', null, key.name),
      badge(state),
      !inRotation && key.enabled && h('span', { class: 'tag' }, 'not in rotation'),
    ),
    cooldowns.length > 0 && h('ul', { class: 'cooldowns' }, cooldowns.map(cooldownLine)),
    numbers(key),
    h(
      'div',
      { class: 'traffic' },
      trafficChart(context.store.history.get(key.id), peak),
      h(
        'div',
        { class: 'share-text' },
        h('span', null, percent(share)),
        h('span', { class: 'quiet' }, ' of the last hour’s requests'),
      ),
      shareBar(share),
    ),
    settingsFacts(key, keySettings(context.store, key)),
    h('div', { class: 'actions' }, keyButtons(context, key)),
  );
}
