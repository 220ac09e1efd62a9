// The connection over which the server tells what changes. EventSource cannot send the token, so this is fetch().
import { EventReader } from './sse.js';

const firstDelay = 500;
const longestDelay = 15_000;
/** The server says something every 15 s; after this long it has gone without a word. */
const silence = 40_000;

/**
 * How long to wait before attempt `attempt` (1: the first after a loss), in ms: twice as long each time, less
 * up to a quarter so that many pages do not come back in step. `random` is from [0, 1).
 */
export function delayBefore(attempt, random = Math.random()) {
  const whole = Math.min(firstDelay * 2 ** (attempt - 1), longestDelay);
  return Math.round(whole * (1 - random / 4));
}

/** Keeps a stream of events open until it is stopped. */
export class Live {
  #api;
  #onEvent;
  #onState;
  #stop = new AbortController();
  #attempt = 0;
  #wake = () => {};

  /**
   * @param onEvent takes each event: (name, parsed data)
   * @param onState takes { connected, retryAt }: retryAt, in ms since the epoch, is when the next attempt begins
   */
  constructor(api, { onEvent, onState }) {
    this.#api = api;
    this.#onEvent = onEvent;
    this.#onState = onState;
  }

  async run() {
    while (!this.#stop.signal.aborted) {
      const error = await this.#connection();
      if (this.#stop.signal.aborted || error?.status === 401) return;
      this.#attempt += 1;
      const delay = delayBefore(this.#attempt);
      this.#onState({ connected: false, retryAt: Date.now() + delay });
      await this.#pause(delay);
    }
  }

  /** Ends the wait for the next attempt. */
  retryNow() {
    this.#wake();
  }

  stop() {
    this.#stop.abort();
    this.#wake();
  }

  #pause(ms) {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, ms);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  /** Reads one connection to its end, and returns the error that it ended with, if any. */
  async #connection() {
    const abort = new AbortController();
    const end = () => abort.abort();
    this.#stop.signal.addEventListener('abort', end);
    let watchdog = setTimeout(end, silence);
    try {
      const answer = await this.#api.events(abort.signal);
      this.#attempt = 0;
      this.#onState({ connected: true, retryAt: null });
      const reader = new EventReader();
      const bytes = answer.body.getReader();
      const decoder = new TextDecoder();
      for (;;) {
        const { done, value } = await bytes.read();
        if (done) return null;
        clearTimeout(watchdog);
        watchdog = setTimeout(end, silence);
        for (const { name, data } of reader.push(decoder.decode(value, { stream: true })))
          this.#onEvent(name, JSON.parse(data));
      }
    } catch (error) {
      return error;
    } finally {
      clearTimeout(watchdog);
      this.#stop.signal.removeEventListener('abort', end);
    }
  }
}
