// All that the page knows, and who wants to hear when that changes.

const kept = 200;

/** The state of the page. Views read it; only its methods change it. */
export class Store {
  #listeners = new Set();

  connection = { connected: false, retryAt: null };
  /** Since when there is no connection, in ms since the epoch; null: there is one. */
  lostAt = null;
  /** When the last snapshot came, in ms since the epoch; null: none yet. */
  seenAt = null;
  /** The answers of the API to GET config, keys and models. */
  config = null;
  keys = [];
  models = [];
  /** Of GET history: key id -> { requests, errors, tokens } per minute, oldest first. */
  history = new Map();
  /** What happened since the page was opened, newest first: { name, data }. */
  events = [];
  /** Accepted changes, newest first. */
  audit = [];

  /** Calls `listener` after each change. Returns a function that ends that. */
  listen(listener) {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #changed() {
    for (const each of this.#listeners) each();
  }

  get generation() {
    return this.config?.generation;
  }

  /** Settings that take effect at the gateway's next start only. */
  get needsRestart() {
    return this.config?.needs_restart ?? [];
  }

  /** Resolves when `generation` or a later one has been seen, or after `patience` ms: it is news by then. */
  async reached(generation, patience = 3000) {
    if (this.generation >= generation) return;
    await new Promise((resolve) => {
      const timer = setTimeout(done, patience);
      const forget = this.listen(() => this.generation >= generation && done());
      function done() {
        clearTimeout(timer);
        forget();
        resolve();
      }
    });
  }

  setConnection(connection) {
    this.lostAt = connection.connected ? null : (this.lostAt ?? Date.now());
    this.connection = connection;
    this.#changed();
  }

  /** Takes an event of the stream, which came at `now` (ms since the epoch). */
  apply(name, data, now = Date.now()) {
    if (name === 'snapshot') this.#takeSnapshot(data, now);
    else if (name === 'audit') this.audit = [data, ...this.audit].slice(0, kept);
    if (['key', 'cooldown', 'config'].includes(name))
      this.events = [{ name, data }, ...this.events].slice(0, kept);
    this.#changed();
  }

  #takeSnapshot({ config, keys, models }, now) {
    this.config = config;
    this.keys = keys.map((key) => withDeadlines(key, now));
    this.models = models.map((model) => withDeadlines(model, now));
    this.seenAt = now;
  }

  setHistory({ keys }) {
    this.history = new Map(keys.map((each) => [each.id, each]));
    this.#changed();
  }

  setAudit(entries) {
    this.audit = entries;
    this.#changed();
  }
}

/** Adds `deadline`, by this machine's clock, to each cooldown: the server's may show another time. */
function withDeadlines(object, now) {
  const cooldowns = (object.cooldowns ?? []).map((each) => ({
    ...each,
    deadline: now + each.remaining_ms,
  }));
  return { ...object, cooldowns };
}
