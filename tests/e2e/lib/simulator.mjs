// The simulated provider: `keywheel simulate` and its control API (tools/simulator/README.md).
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { folder } from './folder.mjs';
import { start } from './process.mjs';

class Simulator {
  constructor(process, port, keys) {
    this.process = process;
    this.port = port;
    this.keys = keys; // [{ name, secret }]
    this.url = `http://127.0.0.1:${port}`;
  }

  async #control(method, path, body) {
    const answer = await fetch(`${this.url}/_sim/${path}`, {
      method,
      headers: body && { 'content-type': 'application/json' },
      body: body && JSON.stringify(body),
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${method} /_sim/${path}: ${answer.status} ${text}`);
    return JSON.parse(text);
  }

  /** Makes `key` ("*": any) misbehave: { kind | status, headers, body, times, … }. */
  fault(key, fault) {
    return this.#control('POST', 'faults', { key, fault });
  }

  clearFaults() {
    return this.#control('DELETE', 'faults');
  }

  /** The requests seen, oldest first: { key, method, target, headers, body, status }. */
  async requests() {
    return (await this.#control('GET', 'requests')).requests;
  }

  clearRequests() {
    return this.#control('DELETE', 'requests');
  }

  stats() {
    return this.#control('GET', 'stats');
  }

  /** One counter of every key, in the order of the keys. */
  async counts(counter = 'requests') {
    const { keys } = await this.stats();
    return this.keys.map(({ name }) => keys[name][counter]);
  }
}

/**
 * Starts a provider for the length of test `t`.
 * @param keys names; the secret of key "a" is "sk-e2e-a"
 * @param options top-level fields of the script, such as { latency: '20ms', tokens: 100 }
 */
export async function startSimulator(t, { keys = ['a', 'b', 'c'], options = {} } = {}) {
  const all = keys.map((key) =>
    typeof key === 'string' ? { name: key, secret: `sk-e2e-${key}` } : key,
  );
  const fields = Object.entries({ record: 4096, ...options });
  const script = [
    ...fields.map(([name, value]) => `${name} = ${JSON.stringify(value)}`),
    ...all.map(({ name, secret }) => `[[keys]]\nname = "${name}"\nsecret = "${secret}"`),
  ].join('\n');
  const dir = await folder(t);
  await writeFile(join(dir, 'script.toml'), script);
  const process = start(t, ['simulate', '-c', 'script.toml', '--listen', '127.0.0.1:0'], { dir });
  const [, port] = await process.line(/http:\/\/127\.0\.0\.1:(\d+)\/v1\n/);
  return new Simulator(process, Number(port), all);
}
