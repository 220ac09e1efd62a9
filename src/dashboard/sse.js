// Reads a text/event-stream (HTML Living Standard, section 9.2.6), however its bytes are cut.

/** Takes text piece by piece, and hands on whole events. */
export class EventReader {
  #rest = '';
  #name = '';
  #data = [];
  /** The server's wish for the time between attempts to connect, in ms; null: none said. */
  retry = null;

  /** Returns the events, as { name, data }, that `text` completes. */
  push(text) {
    this.#rest += text;
    const events = [];
    for (;;) {
      const end = this.#rest.search(/[\r\n]/);
      // A carriage return at the very end may be half of a line's end.
      if (end < 0 || (this.#rest[end] === '\r' && end + 1 === this.#rest.length)) return events;
      const line = this.#rest.slice(0, end);
      const length = this.#rest.startsWith('\r\n', end) ? 2 : 1;
      this.#rest = this.#rest.slice(end + length);
      const event = this.#line(line);
      if (event) events.push(event);
    }
  }

  #line(line) {
    if (line === '') return this.#finish();
    const colon = line.indexOf(':');
    const field = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? '' : line.slice(colon + 1).replace(/^ /, '');
    if (field === 'event') this.#name = value;
    else if (field === 'data') this.#data.push(value);
    else if (field === 'retry' && /^\d+$/.test(value)) this.retry = Number(value);
    return null;
  }

  #finish() {
    const event = { name: this.#name || 'message', data: this.#data.join('\n') };
    const isEmpty = this.#data.length === 0;
    this.#name = '';
    this.#data = [];
    return isEmpty ? null : event;
  }
}
