// A reader of the admin API's events.
import { waitFor } from './wait.mjs';

class Events {
  all = []; // { name, data } of every event so far
  comments = 0;
  retry = null;
  ended = false;
  #text = '';
  #abort;

  constructor(answer, abort) {
    this.headers = answer.headers;
    this.#abort = abort;
    this.#read(answer.body.pipeThrough(new TextDecoderStream()));
  }

  async #read(stream) {
    try {
      for await (const piece of stream) {
        const blocks = (this.#text + piece).split('\n\n');
        this.#text = blocks.pop();
        blocks.forEach((block) => this.#take(block));
      }
    } catch {
      // closed, from either side
    }
    this.ended = true;
  }

  #take(block) {
    if (block.startsWith(':')) {
      this.comments += 1;
      return;
    }
    const fields = new Map(block.split('\n').map((line) => line.split(/: (.*)/s, 2)));
    if (fields.has('retry')) this.retry = Number(fields.get('retry'));
    else this.all.push({ name: fields.get('event'), data: JSON.parse(fields.get('data')) });
  }

  /** Resolves to the data of the first event `name` that `fits`, of those not yet taken. */
  next(name, fits = () => true) {
    return waitFor(`an event "${name}"`, () => {
      const at = this.all.findIndex((each) => each.name === name && fits(each.data));
      if (at < 0 && this.ended) throw new Error(`the events ended before "${name}"`);
      return at >= 0 && this.all.splice(at, 1)[0].data;
    });
  }

  close() {
    this.#abort.abort();
  }
}

/** Watches a gateway's events for the length of test `t`. */
export async function watch(t, gateway, query = '') {
  const abort = new AbortController();
  const answer = await fetch(`${gateway.adminUrl}/api/v1/events${query}`, {
    headers: { authorization: `Bearer ${gateway.token}` },
    signal: abort.signal,
  });
  if (answer.status !== 200) throw new Error(`events: ${answer.status} ${await answer.text()}`);
  const result = new Events(answer, abort);
  t.after(() => result.close());
  return result;
}
