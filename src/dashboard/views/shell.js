// What is around every page: navigation, connection, alerts.
import { h } from '../dom.js';
import { when } from '../format.js';
import { button, nothing } from '../parts.js';
import { pageHref } from '../router.js';
import { chooseTheme, theme, themes } from '../theme.js';

const pages = [
  ['models', 'Models'],
  ['keys', 'Keys'],
  ['config', 'Configuration'],
  ['activity', 'Activity'],
];

function navigation(current) {
  return h(
    'nav',
    { 'aria-label': 'Pages' },
    pages.map(([page, title]) => {
      const isHere = page === current || (page === 'models' && current === 'model');
      return h('a', { href: pageHref(page), 'aria-current': isHere ? 'page' : null }, title);
    }),
  );
}

function connectionMark({ connected }) {
  return h(
    'span',
    { class: connected ? 'connection live' : 'connection', role: 'status' },
    connected ? 'live' : 'not connected',
  );
}

function themeChoice() {
  return h(
    'select',
    { 'aria-label': 'Theme', class: 'theme', onchange: ({ target }) => chooseTheme(target.value) },
    themes.map((each) => h('option', { value: each, selected: each === theme() }, each)),
  );
}

function connectionAlert({ store, live }) {
  const { connected, retryAt } = store.connection;
  if (connected || retryAt === null) return null;
  return h(
    'div',
    { class: 'alert bad', role: 'alert', key: 'connection' },
    h(
      'p',
      null,
      h('strong', null, 'Connection lost. '),
      store.seenAt === null
        ? 'The gateway does not answer; trying again.'
        : `What you see is from ${when(store.lostAt)}; trying again.`,
    ),
    button('Try now', () => live.retryNow()),
  );
}

function configAlert({ config }) {
  const error = config?.last_error;
  if (!error) return null;
  return h(
    'div',
    { class: 'alert bad', role: 'alert', key: 'config' },
    h(
      'p',
      null,
      h('strong', null, 'The configuration file has an error, '),
      `so generation ${config.generation} stays in force. `,
      h('code', null, `${config.path}:${error.line}:${error.column}: ${error.message}`),
    ),
  );
}

function restartAlert({ needsRestart }) {
  if (needsRestart.length === 0) return null;
  return h(
    'div',
    { class: 'alert', role: 'status', key: 'restart' },
    h('p', null, h('strong', null, 'Needs a restart: '), needsRestart.join(', ')),
  );
}

/** The whole page around `content`, which is null until the first snapshot. */
export function shell(context, page, content) {
  const { store } = context;
  return [
    h('a', { class: 'skip', href: '#main', onclick: skip }, 'Skip to content'),
    h(
      'header',
      null,
      h('span', { class: 'brand' }, 'Keywheel'),
      navigation(page),
      h(
        'div',
        { class: 'tools' },
        connectionMark(store.connection),
        themeChoice(),
        button('Log out', context.logout),
      ),
    ),
    h(
      'main',
      { id: 'main', tabindex: '-1', class: store.connection.connected ? null : 'stale' },
      connectionAlert(context),
      configAlert(store),
      restartAlert(store),
      content ?? nothing('Connecting…'),
    ),
  ];
}

/** "#main" would be an address of the router. */
function skip(event) {
  event.preventDefault();
  document.getElementById('main').focus();
}
