// The start: who is logged in, which page is shown, and that it follows the gateway.
import { Api, path } from './api.js';
import { morph } from './dom.js';
import { Live } from './live.js';
import { notify } from './notify.js';
import { tick } from './parts.js';
import { parseHash } from './router.js';
import { forgetToken, keepToken, token } from './session.js';
import { Store } from './store.js';
import { applyTheme } from './theme.js';
import { activityView } from './views/activity.js';
import { configView } from './views/config.js';
import { keysView } from './views/keys.js';
import { loginView } from './views/login.js';
import { modelView } from './views/model.js';
import { modelsView } from './views/models.js';
import { shell } from './views/shell.js';

const views = {
  models: modelsView,
  model: modelView,
  keys: keysView,
  config: configView,
  activity: activityView,
};

const titles = { models: 'Models', keys: 'Keys', config: 'Configuration', activity: 'Activity' };
const root = document.getElementById('app');
/** How often the charts are fetched anew, in ms; their bars are minutes. */
const historyEvery = 20_000;

/** What a person sees and does between logging in and out. */
class Session {
  constructor(api) {
    this.store = new Store();
    this.page = {
      route: parseHash(location.hash),
      filter: '',
      setFilter: (text) => {
        this.page.filter = text;
        this.render();
      },
    };
    this.live = new Live(api, {
      onEvent: (name, data) => this.#take(name, data),
      onState: (state) => this.#connectionChanged(state),
    });
    this.context = {
      api,
      store: this.store,
      page: this.page,
      live: this.live,
      logout: () => end('You have logged out.'),
    };
    this.api = api;
    api.shown = (generation) => this.store.reached(generation);
  }

  start() {
    this.store.listen(() => this.#schedule());
    this.timers = [setInterval(tick, 1000), setInterval(() => this.#fetchHistory(), historyEvery)];
    this.navigated();
    this.live.run();
  }

  stop() {
    this.stopped = true;
    this.live.stop();
    this.timers.forEach(clearInterval);
    for (const dialog of document.querySelectorAll('dialog')) dialog.close();
  }

  navigated() {
    this.page.route = parseHash(location.hash);
    document.title = `${this.page.route.model ?? titles[this.page.route.page]} · Keywheel`;
    this.render();
    window.scrollTo(0, 0);
    root.querySelector('h1')?.focus({ preventScroll: true });
  }

  render() {
    if (this.stopped) return;
    const { page } = this.page.route;
    const content = this.store.config && views[page](this.context);
    morph(root, shell(this.context, page, content));
  }

  /** Several events come at a time; the page is made anew once. */
  #schedule() {
    if (this.scheduled) return;
    this.scheduled = true;
    requestAnimationFrame(() => {
      this.scheduled = false;
      this.render();
    });
  }

  #take(name, data) {
    const isFirst = this.store.seenAt === null;
    this.store.apply(name, data);
    if (name === 'key') notify(`Key ${data.id} is now ${data.to}.`, 'quiet');
    if (isFirst) root.querySelector('h1')?.focus({ preventScroll: true });
  }

  #connectionChanged(state) {
    const wasConnected = this.store.connection.connected;
    this.store.setConnection(state);
    if (!state.connected) return;
    if (!wasConnected && this.store.seenAt !== null) notify('Connected again.');
    this.#fetchHistory();
    this.#fetchAudit();
  }

  /** What is not there now comes with a later attempt: the alert about the connection says it all. */
  async #fetchHistory() {
    const history = await this.api.get(`${path('history')}?minutes=60`).catch(() => null);
    if (history) this.store.setHistory(history);
  }

  async #fetchAudit() {
    const audit = await this.api.get(`${path('audit')}?limit=100`).catch(() => null);
    if (audit) this.store.setAudit(audit.entries);
  }
}

let session = null;

function begin(accepted) {
  keepToken(accepted);
  session = new Session(new Api(accepted, () => end('The gateway no longer accepts the token.')));
  root.replaceChildren();
  session.start();
}

function end(reason) {
  if (!session) return;
  session.stop();
  session = null;
  forgetToken();
  askForToken(reason);
}

function askForToken(reason) {
  document.title = 'Log in · Keywheel';
  root.replaceChildren(loginView(reason, begin));
  root.querySelector('input').focus();
}

applyTheme();
addEventListener('hashchange', () => session?.navigated());
if (token()) begin(token());
else askForToken('');
