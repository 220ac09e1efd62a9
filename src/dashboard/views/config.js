// The configuration in force.
import { reload } from '../actions.js';
import { h } from '../dom.js';
import { valueText, when } from '../format.js';
import { button, facts, heading } from '../parts.js';

function lastError({ last_error: error }) {
  if (!error) return 'none';
  return h(
    'div',
    { class: 'last-error' },
    h('p', null, `Line ${error.line}, column ${error.column}`),
    h('p', null, h('code', null, error.message)),
  );
}

function isTable(value) {
  return value !== null && typeof value === 'object' && !Array.isArray(value);
}

/** A secret of the API's answer, { masked, source? }, as text. */
function settingText(value) {
  if (isTable(value) && 'masked' in value)
    return value.source ? `${value.masked} (${value.source})` : value.masked;
  return valueText(value);
}

function tableView(name, value) {
  const entries = Object.entries(value);
  const isNested = ([, each]) =>
    (isTable(each) && !('masked' in each)) || (Array.isArray(each) && isTable(each[0]));
  return h(
    'details',
    { key: name, class: 'settings' },
    h('summary', null, name),
    facts(
      entries.filter((each) => !isNested(each)).map(([field, each]) => [field, settingText(each)]),
    ),
    entries
      .filter(isNested)
      .map(([field, each]) =>
        Array.isArray(each)
          ? each.map((item) => tableView(`${name}.${field} · ${item.name ?? ''}`, item))
          : tableView(`${name}.${field}`, each),
      ),
  );
}

function settings(config) {
  if (!config) return null;
  return Object.entries(config).flatMap(([name, value]) => {
    if (Array.isArray(value)) return value.map((each) => tableView(`${name} · ${each.name}`, each));
    const hasMembers = name === 'providers' || name === 'models';
    return hasMembers
      ? Object.entries(value).map(([each, fields]) => tableView(`${name}.${each}`, fields))
      : tableView(name, value);
  });
}

export function configView(context) {
  const { config, needsRestart } = context.store;
  return [
    heading(
      'Configuration',
      button('Reload from the file', () => reload(context)),
    ),
    facts([
      ['Generation', String(config.generation)],
      ['File', h('code', null, config.path)],
      ['Loaded', when(config.loaded_at)],
      ['Last error', lastError(config)],
      ['Needs a restart', needsRestart.join(', ') || 'nothing'],
    ]),
    h('h2', null, 'In force'),
    h('p', { class: 'quiet' }, 'Defaults included; secrets are masked.'),
    settings(config.config),
  ];
}
