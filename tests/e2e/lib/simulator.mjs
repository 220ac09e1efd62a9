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

  /** Makes something happen to the provider: { do: 'revoke', key: 'a' }, … */
  act(action) {
    return this.#control('POST', 'actions', action);
  }

  /** Begins the incident of the script, or says how far it is. */
  startIncident() {
    return this.#control('POST', 'incident/start');
  }

  incident() {
    return this.#control('GET', 'incident');
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

/** A TOML table from an object. */
function table(header, fields) {
  const lines = Object.entries(fields).map(([name, value]) => `${name} = ${JSON.stringify(value)}`);
  return [header, ...lines].join('\n');
}

/**
 * Starts a provider for the length of test `t`.
 * @param keys names, or tables of the script; the secret of key "a" is "sk-e2e-a"
 * @param organizations tables of the script
 * @param options top-level fields of the script, such as { latency: '20ms', tokens: 100 }
 * @param args further arguments of the command line
 */
export async function startSimulator(
  t,
  { keys = ['a', 'b', 'c'], organizations = [], options = {}, args = [] } = {},
) {
  const all = keys
    .map((key) => (typeof key === 'string' ? { name: key } : key))
    .map((key) => ({ secret: `sk-e2e-${key.name}`, ...key }));
  const script = [
    table('', { record: 4096, ...options }),
    ...organizations.map((each) => table('[[organizations]]', each)),
    ...all.map((key) => table('[[keys]]', key)),
  ].join('\n');
  const dir = await folder(t);
  await writeFile(join(dir, 'script.toml'), script);
  const fixed = ['simulate', '-c', 'script.toml', '--listen', '127.0.0.1:0'];
  const process = start(t, [...fixed, ...args], { dir });
  const [, port] = await process.line(/http:\/\/127\.0\.0\.1:(\d+)\/v1\n/);
  const known = all.map(({ name, secret }) => ({ name, secret }));
  return new Simulator(process, Number(port), known);
}
