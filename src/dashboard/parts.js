// Small pieces that several views are made of.
import { h, svg } from './dom.js';
import { countdown, scopeText, when, words } from './format.js';

/** Per state: a shape of its own (so that colour is never all that tells), and what it means. */
const states = {
  available: ['M3 8a5 5 0 1 0 10 0a5 5 0 1 0-10 0z', 'takes requests'],
  busy: ['M8 2.5 14 13H2z', 'at its own cap; free when a request ends'],
  cooling: ['M4 2h8l-3 6 3 6H4l3-6z', 'not used until its time is over'],
  probing: ['M8 2 14 8 8 14 2 8z', 'one live request tries whether it is back'],
  disabled: ['M2 6.5h12v3H2z', 'switched off in the configuration'],
  rejected: [
    'M4 2 8 6l4-4 2 2-4 4 4 4-2 2-4-4-4 4-2-2 4-4-4-4z',
    'its provider does not accept it',
  ],
  draining: ['M6.5 2h3v6H13L8 14 3 8h3.5z', 'finishes its requests, then goes'],
};

/** The state of a key: shape, word and colour. */
export function badge(state) {
  const [shape, meaning] = states[state] ?? [states.available[0], ''];
  return h(
    'span',
    { class: `badge state-${state}`, title: meaning },
    svg('svg', { viewBox: '0 0 16 16', 'aria-hidden': 'true' }, svg('path', { d: shape })),
    words(state),
  );
}

/** The time left until `deadline` (ms since the epoch); tick() keeps it right. */
function timeLeft(deadline) {
  const left = countdown(deadline - Date.now());
  return h('strong', { class: 'countdown', role: 'timer', 'data-deadline': deadline }, left);
}

/** Brings every time left on the page up to date. */
export function tick(root = document) {
  for (const each of root.querySelectorAll('[data-deadline]'))
    each.textContent = countdown(Number(each.dataset.deadline) - Date.now());
}

/** A cooldown in a sentence: how long, why, who says so, where. */
export function cooldownLine(cooldown) {
  const { reason, source, until, deadline, probing } = cooldown;
  return h(
    'li',
    { class: 'cooldown', key: `${cooldown.scope} ${cooldown.model ?? ''} ${reason}` },
    probing ? h('strong', null, 'probing now') : timeLeft(deadline),
    h('span', null, ` ${words(reason)}`),
    h(
      'span',
      { class: 'quiet' },
      ` · says ${source} · ${scopeText(cooldown)} · until `,
      h('time', { datetime: until }, when(until)),
    ),
  );
}

/** The mark for load balancing. */
export function balancingMark(isOn) {
  return h(
    'span',
    { class: isOn ? 'mark mark-on' : 'mark', title: `Load balancing is ${isOn ? 'on' : 'off'}` },
    svg(
      'svg',
      { viewBox: '0 0 16 16', 'aria-hidden': 'true' },
      svg('path', {
        d: isOn ? 'M1 7h5l4-4H9V1h5v5h-2V5L9 8l3 3v-1h2v5H9v-2h1L6 9H1z' : 'M1 7h9V4l5 4-5 4V9H1z',
      }),
    ),
    isOn ? 'on' : 'off',
  );
}

/** A button. `options`: `kind` primary or danger; `label` where the text alone does not tell enough. */
export function button(text, onclick, { kind = '', label, ...more } = {}) {
  return h(
    'button',
    { type: 'button', class: `button ${kind}`.trim(), 'aria-label': label, onclick, ...more },
    text,
  );
}

/**
 * A table that becomes a list of cards on a narrow screen; the roles keep it a table for assistive technology.
 * @param columns [{ title, number? }]
 * @param rows [{ key, cells }]: as many cells as columns; the first names its row
 */
export function table(label, columns, rows) {
  const cell = (content, i) =>
    h(
      i === 0 ? 'th' : 'td',
      {
        role: i === 0 ? 'rowheader' : 'cell',
        scope: i === 0 ? 'row' : null,
        class: columns[i].number ? 'number' : null,
        'data-title': columns[i].title,
      },
      content,
    );
  return h(
    'table',
    { role: 'table', 'aria-label': label },
    h(
      'thead',
      { role: 'rowgroup' },
      h(
        'tr',
        { role: 'row' },
        columns.map(({ title, number }) =>
          h('th', { role: 'columnheader', scope: 'col', class: number ? 'number' : null }, title),
        ),
      ),
    ),
    h(
      'tbody',
      { role: 'rowgroup' },
      rows.map(({ key, cells }) => h('tr', { role: 'row', key }, cells.map(cell))),
    ),
  );
}

/** Terms and what they are: pairs of a text and a content. */
export function facts(pairs) {
  return h(
    'dl',
    { class: 'facts' },
    pairs.map(([term, content]) => h('div', null, h('dt', null, term), h('dd', null, content))),
  );
}

/** The heading of a page, which takes the focus when the page is opened, with buttons beside it. */
export function heading(title, ...actions) {
  return h(
    'div',
    { class: 'heading' },
    h('h1', { tabindex: '-1' }, title),
    h('div', { class: 'actions' }, actions),
  );
}

/** Says what is missing, in place of an empty list. */
export function nothing(text) {
  return h('p', { class: 'nothing' }, text);
}
