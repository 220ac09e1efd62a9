// A client that decides about every byte.
import net from 'node:net';

import { waitFor, within } from './wait.mjs';

class RawConnection {
  #received = Buffer.alloc(0);
  closed = false;

  constructor(socket) {
    this.socket = socket;
    socket.on('data', (piece) => (this.#received = Buffer.concat([this.#received, piece])));
    socket.on('error', () => (this.closed = true)); // a reset ends the connection, too
    socket.on('close', () => (this.closed = true));
    socket.on('end', () => (this.closed = true));
  }

  send(text) {
    this.socket.write(text);
    return this;
  }

  /** What has come and is not yet taken. */
  get text() {
    return this.#received.toString('latin1');
  }

  /** Waits until the unread text has `part`. */
  sees(part) {
    return waitFor(JSON.stringify(part), () => {
      if (!this.text.includes(part) && this.closed)
        throw new Error(`closed before ${JSON.stringify(part)}; got ${JSON.stringify(this.text)}`);
      return this.text.includes(part);
    });
  }

  /** Takes the next whole response: { status, headers, body }. `head`: to a HEAD request. */
  async response({ head = false } = {}) {
    await this.sees('\r\n\r\n');
    const end = this.text.indexOf('\r\n\r\n') + 4;
    const [line, ...fields] = this.text.slice(0, end - 4).split('\r\n');
    const headers = {};
    for (const field of fields) {
      const colon = field.indexOf(':');
      headers[field.slice(0, colon).toLowerCase()] = field.slice(colon + 1).trim();
    }
    const status = Number(line.split(' ')[1]);
    this.#take(end);
    const bare = head || status < 200 || status === 204 || status === 304;
    const body = bare ? '' : await this.#body(headers);
    return {
      status,
      headers,
      body,
      get json() {
        return JSON.parse(body);
      },
    };
  }

  async #body(headers) {
    if (headers['transfer-encoding'] === 'chunked') return this.#chunks();
    const length = Number(headers['content-length']);
    await waitFor(`${length} bytes`, () => this.#enough(length));
    return this.#take(length);
  }

  async #chunks() {
    let result = '';
    for (;;) {
      await this.sees('\r\n');
      const line = this.text.indexOf('\r\n');
      const size = parseInt(this.text.slice(0, line), 16);
      await waitFor('a chunk', () => this.#enough(line + 2 + size + 2));
      this.#take(line + 2);
      result += this.#take(size);
      this.#take(2);
      if (size === 0) return result;
    }
  }

  #enough(size) {
    if (this.#received.length < size && this.closed)
      throw new Error(`closed in the middle of an answer; got ${JSON.stringify(this.text)}`);
    return this.#received.length >= size;
  }

  #take(size) {
    const result = this.#received.subarray(0, size).toString('latin1');
    this.#received = this.#received.subarray(size);
    return result;
  }

  /** Waits until the other side has closed. */
  closes() {
    return waitFor('the end of the connection', () => this.closed);
  }

  /** Leaves, as a program does that is interrupted. */
  leave() {
    this.socket.destroy();
  }
}

/** Connects for the length of test `t`. */
export async function connect(t, port) {
  const socket = net.connect({ host: '127.0.0.1', port, noDelay: true });
  t.after(() => socket.destroy());
  const ready = new Promise((resolve, reject) =>
    socket.once('connect', resolve).once('error', reject),
  );
  await within('a connection', ready);
  return new RawConnection(socket);
}

/** A request as text. `headers`: lines without their line ends. */
export function request(method, target, headers = [], body = '') {
  return [`${method} ${target} HTTP/1.1`, 'Host: 127.0.0.1', ...headers, '', body].join('\r\n');
}

/** A POST of `body` with its length. */
export function postRequest(target, body, headers = []) {
  const length = `Content-Length: ${Buffer.byteLength(body)}`;
  return request('POST', target, ['Content-Type: application/json', length, ...headers], body);
}
