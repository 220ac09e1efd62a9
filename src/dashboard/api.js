// Asking the admin API. The token goes into a header, never into an address.

/** A refusal. `status` 0: no answer at all. `code` and `message` are the server's. */
export class ApiError extends Error {
  constructor(status, { code = 'unknown', message, line, column } = {}) {
    super(message || `The server answered with status ${status}.`);
    Object.assign(this, { status, code, line, column });
  }
}

/** The path of a resource; each part is percent-encoded. */
export function path(...parts) {
  return `/api/v1/${parts.map(encodeURIComponent).join('/')}`;
}

async function errorOf(answer) {
  const json = await answer.json().catch(() => ({}));
  return new ApiError(answer.status, json.error);
}

/** One person's access to the admin API. */
export class Api {
  #token;
  #onRefused;
  /** async (generation): when the page shows that generation. A change is done only then. */
  shown = async () => {};

  /** @param onRefused called when the server does not, or no longer, accept the token */
  constructor(token, onRefused = () => {}) {
    this.#token = token;
    this.#onRefused = onRefused;
  }

  async #fetch(target, options) {
    let answer;
    try {
      answer = await fetch(target, {
        cache: 'no-store',
        credentials: 'omit',
        redirect: 'error',
        ...options,
        headers: { ...options.headers, authorization: `Bearer ${this.#token}` },
      });
    } catch (error) {
      if (error.name === 'AbortError') throw error;
      throw new ApiError(0, { code: 'unreachable', message: 'The gateway does not answer.' });
    }
    if (answer.status === 401) this.#onRefused();
    if (!answer.ok) throw await errorOf(answer);
    return answer;
  }

  /**
   * Asks, and returns the answer's JSON (null: none).
   * @param generation the configuration that a change was made for; another one in force is a 412
   * @param goesOn another change follows at once: nobody needs to see this one before
   */
  async request(method, target, body, { generation, goesOn = false } = {}) {
    const headers = {};
    if (body !== undefined) headers['content-type'] = 'application/json';
    if (generation !== undefined) headers['if-match'] = `"${generation}"`;
    const answer = await this.#fetch(target, { method, headers, body: JSON.stringify(body) });
    const text = await answer.text();
    const result = text ? JSON.parse(text) : null;
    if (method !== 'GET' && result?.generation && !goesOn) await this.shown(result.generation);
    return result;
  }

  get(target) {
    return this.request('GET', target);
  }

  /** Opens the stream of events: fetch's Response. */
  events(signal) {
    return this.#fetch(path('events'), { signal, headers: { accept: 'text/event-stream' } });
  }
}
