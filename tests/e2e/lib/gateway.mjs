// A running gateway: `keywheel serve`, its data port, its admin API, its configuration file.
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { folder } from './folder.mjs';
import { run, start } from './process.mjs';
import { waitFor } from './wait.mjs';

export const chatPath = '/v1/chat/completions';

/** The body of a small chat request. */
export function chatBody(text = 'hello', more = {}) {
  return JSON.stringify({ model: 'gpt-4o', messages: [{ role: 'user', content: text }], ...more });
}

class Gateway {
  constructor(dir, process, port, adminPort, token) {
    Object.assign(this, { dir, process, port, adminPort, token });
    this.file = join(dir, 'keywheel.toml');
    this.url = `http://127.0.0.1:${port}`;
    this.adminUrl = `http://127.0.0.1:${adminPort}`;
  }

  // -- the data port ------------------------------------------------------------------------------

  /** Posts `body` (JSON text, or an object) and returns fetch's Response. */
  post(path, body, options = {}) {
    return fetch(this.url + path, {
      method: 'POST',
      body: typeof body === 'string' ? body : JSON.stringify(body),
      ...options,
      headers: { 'content-type': 'application/json', ...options.headers },
    });
  }

  /** A whole chat call: { status, headers, key, attempts, text, json }. */
  async chat(text, more, options) {
    return whole(await this.post(chatPath, chatBody(text, more), options));
  }

  // -- the admin API ------------------------------------------------------------------------------

  /** Asks the admin API: { status, headers, text, json }. `token: null` sends none. */
  async admin(method, path, body, { headers = {}, token = this.token } = {}) {
    const all = { ...headers };
    if (token !== null) all.authorization = `Bearer ${token}`;
    if (body !== undefined && !all['content-type']) all['content-type'] = 'application/json';
    return whole(
      await fetch(this.adminUrl + path, {
        method,
        headers: all,
        body: body === undefined || typeof body === 'string' ? body : JSON.stringify(body),
      }),
    );
  }

  /** What the admin API says of a key of the provider "sim". */
  async key(name) {
    return (await this.admin('GET', `/api/v1/keys/sim/${name}`)).json;
  }

  async model(name = 'gpt-4o') {
    const { json } = await this.admin('GET', '/api/v1/models');
    return json.models.find((each) => each.name === name);
  }

  async config() {
    return (await this.admin('GET', '/api/v1/config')).json;
  }

  /** Resolves when `count` calls of the model stand in line. */
  waiting(count) {
    return waitFor(`${count} calls in line`, async () => (await this.model()).waiting === count);
  }

  // -- the configuration file ---------------------------------------------------------------------

  /** Runs `change`, and resolves to the generation that came of it. */
  async reloadedBy(change) {
    const before = (await this.config()).generation;
    await change();
    return waitFor('a new generation', async () => {
      const { generation } = await this.config();
      return generation > before && generation;
    });
  }

  /** Writes the file in place and waits until it is in force. */
  apply(toml) {
    return this.reloadedBy(() => writeFile(this.file, toml));
  }

  text() {
    return readFile(this.file, 'utf8');
  }

  // -- the command line ---------------------------------------------------------------------------

  /** Runs `keywheel ARGS` against this gateway. */
  cli(t, args, env = {}) {
    return run(t, [...args, '-c', 'keywheel.toml'], {
      dir: this.dir,
      env: { KEYWHEEL_ADMIN_URL: this.adminUrl, ...env },
    });
  }
}

/** Reads a Response to its end. */
export async function whole(answer) {
  const text = await answer.text();
  let json;
  try {
    json = JSON.parse(text);
  } catch {
    // not JSON: `text` has it
  }
  const key = answer.headers.get('x-keywheel-key');
  const attempts = Number(answer.headers.get('x-keywheel-attempts'));
  return { status: answer.status, headers: answer.headers, key, attempts, text, json };
}

/** Starts a gateway with the configuration `toml` for the length of test `t`. */
export async function startGateway(t, toml, { dir, env, args = [], through } = {}) {
  const home = dir ?? (await folder(t));
  if (toml !== null) await writeFile(join(home, 'keywheel.toml'), toml);
  const process = start(t, ['serve', '-c', 'keywheel.toml', ...args], { dir: home, env, through });
  const [, port] = await process.line(/serving on http:\/\/127\.0\.0\.1:(\d+)\n/);
  const [, admin, , file] = await process.line(
    /admin http:\/\/127\.0\.0\.1:(\d+) \(token (from the configuration|in (.+))\)\n/,
  );
  const token = file ? (await readFile(join(home, 'state/admin-token'), 'utf8')).trim() : undefined;
  return new Gateway(home, process, Number(port), Number(admin), token);
}
