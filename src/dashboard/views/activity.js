// What happened: changes that people made, and what became of the keys.
import { h } from '../dom.js';
import { scopeText, valueText, when, words } from '../format.js';
import { badge, heading, nothing, table } from '../parts.js';

function keyEvent({ id, from, to }) {
  return [h('code', null, id), ' ', badge(from), ' → ', badge(to)];
}

function cooldownEvent({ what, id, provider, model, reason, source, until, ...rest }) {
  const target = id ?? provider;
  const detail = what === 'ended' ? '' : ` by ${source}, until ${when(until)}`;
  return [
    h('code', null, target),
    ` cooldown ${what}: ${words(reason)}${detail} `,
    h('span', { class: 'quiet' }, `(${scopeText({ ...rest, model })})`),
  ];
}

function configEvent({ generation, error }) {
  if (!error) return [`Generation ${generation} is in force`];
  return [
    h('strong', null, 'Configuration refused: '),
    h('code', null, `line ${error.line}: ${error.message}`),
  ];
}

const lines = { key: keyEvent, cooldown: cooldownEvent, config: configEvent };

function eventList(events) {
  if (events.length === 0) return nothing('Nothing has happened since this page was opened.');
  return h(
    'ol',
    { class: 'events', 'aria-label': 'Events' },
    events.map(({ name, data }) =>
      h(
        'li',
        null,
        h('time', { datetime: data.time }, when(data.time)),
        h('span', null, lines[name](data)),
      ),
    ),
  );
}

const columns = [
  { title: 'When' },
  { title: 'Who' },
  { title: 'What' },
  { title: 'Generation', number: true },
];

function auditTable(entries) {
  if (entries.length === 0) return nothing('No change has been made through the admin API.');
  return table(
    'Changes',
    columns,
    entries.map(({ time, who, what, target, fields, generation }, i) => ({
      key: `${time} ${i}`,
      cells: [
        when(time),
        who,
        [
          `${words(what)} `,
          h('code', null, valueText(target)),
          ' ',
          h('span', { class: 'quiet' }, valueText(fields ?? [])),
        ],
        String(generation),
      ],
    })),
  );
}

export function activityView({ store }) {
  return [
    heading('Activity'),
    h('h2', null, 'Keys and configuration'),
    h('p', { class: 'quiet' }, 'Since this page was opened, newest first.'),
    eventList(store.events),
    h('h2', null, 'Changes by people'),
    h('p', { class: 'quiet' }, 'From the audit log, newest first.'),
    auditTable(store.audit),
  ];
}
