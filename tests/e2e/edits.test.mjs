// The admin API's changes to the configuration file.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { appendFileSync, readFileSync } from 'node:fs';
import { chmod, mkdir, readdir, readFile, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import {
  configFor,
  connect,
  errorOf,
  folder,
  scenario,
  startBoth,
  startGateway,
  startSimulator,
  waitFor,
} from './lib/keywheel.mjs';

/** The names in the folder of secrets. */
async function secrets(gateway) {
  try {
    return (await readdir(join(gateway.dir, 'state/secrets'))).sort();
  } catch {
    return [];
  }
}

async function audit(gateway, limit = 100) {
  return (await gateway.admin('GET', `/api/v1/audit?limit=${limit}`)).json.entries;
}

// -- keys ---------------------------------------------------------------------------------------

scenario('a key is added with a pasted secret, serves, and is deleted with its file', async (t) => {
  const sim = await startSimulator(t, { keys: ['a', 'b', 'c'] });
  const gateway = await startGateway(t, configFor(sim, { keys: sim.keys.slice(0, 2) }));
  const before = await gateway.text();
  const secret = sim.keys[2].secret;
  const body = { name: 'c', api_key: secret, weight: 2 };

  const dry = await gateway.admin('POST', '/api/v1/keys/sim?dry_run=true', body);
  assert.equal(dry.status, 200, dry.text);
  assert.deepEqual(
    dry.json.changes.map(({ field }) => field),
    ['key', 'api_key', 'weight'],
  );
  assert.ok(!dry.text.includes(secret));
  assert.equal(await gateway.text(), before);
  assert.deepEqual(await secrets(gateway), []);

  const added = await gateway.admin('POST', '/api/v1/keys/sim', body);
  assert.equal(added.status, 201, added.text);
  assert.equal(added.json.generation, 2);
  assert.equal(added.json.id, 'sim/c');
  assert.equal(added.headers.get('etag'), '"2"');
  assert.ok(!added.text.includes(secret));
  const file = join(gateway.dir, 'state/secrets/sim.c');
  assert.equal(await readFile(file, 'utf8'), secret);
  assert.equal((await stat(file)).mode & 0o777, 0o600);
  assert.equal((await stat(join(gateway.dir, 'state/secrets'))).mode & 0o777, 0o700);
  const text = await gateway.text();
  assert.ok(!text.includes(secret));
  assert.ok(text.includes(`name = "c"\napi_key = "file:${file}"\nweight = 2\n`), text);
  const keys = [];
  for (let i = 0; i < 3; ++i) keys.push((await gateway.chat()).key);
  assert.deepEqual(keys.sort(), ['sim/a', 'sim/b', 'sim/c']);

  assert.equal(errorOf(await gateway.admin('POST', '/api/v1/keys/sim', body)).code, 'exists');
  const gone = await gateway.admin('DELETE', '/api/v1/keys/sim/c');
  assert.equal(gone.status, 200, gone.text);
  assert.deepEqual(gone.json, { generation: 3 });
  assert.equal(await gateway.text(), before);
  assert.deepEqual(await secrets(gateway), []);
  for (let i = 0; i < 4; ++i) assert.notEqual((await gateway.chat()).key, 'sim/c');
  // One write is one generation: nothing was noticed a second time.
  assert.equal((await gateway.config()).generation, 3);
  assert.ok(!gateway.process.output.includes(secret));
});

scenario('a key gets another secret: kept apart, in the file, or by reference', async (t) => {
  const sim = await startSimulator(t, { keys: ['a', 'new', 'plain', 'named'] });
  const dir = await folder(t);
  await writeFile(join(dir, 'named'), 'sk-e2e-named\n');
  const gateway = await startGateway(t, configFor(sim, { keys: sim.keys.slice(0, 1) }), { dir });
  const original = await gateway.text();
  const set = async (body) => {
    const answer = await gateway.admin('PATCH', '/api/v1/keys/sim/a', body);
    assert.equal(answer.status, 200, answer.text);
    assert.equal((await gateway.chat()).status, 200);
    return (await sim.requests()).at(-1).key;
  };
  assert.equal(await set({ api_key: 'sk-e2e-new' }), 'new');
  assert.deepEqual(await secrets(gateway), ['sim.a']);
  assert.equal(await set({ api_key: 'sk-e2e-plain', store: 'config' }), 'plain');
  assert.equal(await gateway.text(), original.replace('sk-e2e-a', 'sk-e2e-plain'));
  assert.deepEqual(await secrets(gateway), []);
  assert.equal(await set({ api_key: 'file:named' }), 'named');
  assert.equal(await gateway.text(), original.replace('sk-e2e-a', 'file:named'));
  assert.ok(await stat(join(dir, 'named')));
  const refused = await gateway.admin('PATCH', '/api/v1/keys/sim/a', {
    api_key: 'env:NOT_SET_ANYWHERE',
  });
  assert.equal(refused.status, 422);
  assert.equal(errorOf(refused).code, 'invalid');
});

// -- models -------------------------------------------------------------------------------------

scenario('a model is created with provider and keys in one go, and serves', async (t) => {
  const { sim, gateway } = await startBoth(t);
  const before = await gateway.text();
  const answer = await gateway.admin('POST', '/api/v1/models', {
    name: 'fast',
    provider: 'other',
    load_balancing: true,
    new_provider: { dialect: 'openai', base_url: `${sim.url}/v1` },
    keys: [
      { name: 'one', api_key: 'sk-e2e-b' },
      { name: 'two', api_key: 'sk-e2e-c', store: 'config' },
    ],
  });
  assert.equal(answer.status, 201, answer.text);
  assert.equal(answer.json.generation, 2);
  assert.equal(answer.json.name, 'fast');
  assert.ok(answer.json.load_balancing);
  const keys = [];
  for (let i = 0; i < 2; ++i) keys.push((await gateway.chat('hi', { model: 'fast' })).key);
  assert.deepEqual(keys.sort(), ['other/one', 'other/two']);
  assert.equal((await gateway.config()).generation, 2);
  assert.deepEqual(await secrets(gateway), ['other.one']);

  assert.equal(
    errorOf(await gateway.admin('POST', '/api/v1/models', { name: 'fast', provider: 'sim' })).code,
    'exists',
  );
  const gone = await gateway.admin('DELETE', '/api/v1/models/fast');
  assert.deepEqual(gone.json, { generation: 3 });
  assert.equal((await gateway.chat('hi', { model: 'fast' })).status, 404);
  assert.ok(before.split('\n').every((line) => readFileSync(gateway.file, 'utf8').includes(line)));
});

scenario('what would leave loose ends is refused, and nothing is left behind', async (t) => {
  const sim = await startSimulator(t);
  const gateway = await startGateway(t, configFor(sim, { keys: sim.keys.slice(0, 1) }));
  const before = await gateway.text();
  const refused = async (status, code, method, path, body) => {
    const answer = await gateway.admin(method, path, body);
    assert.equal(answer.status, status, `${method} ${path}: ${answer.text}`);
    assert.equal(errorOf(answer).code, code);
    return errorOf(answer).message;
  };
  const model = '/api/v1/models/gpt-4o';
  const key = { name: 'b', api_key: 'sk-secret-of-b' };
  assert.match(
    await refused(422, 'invalid', 'PATCH', model, { load_balancing: true }),
    /needs two or more keys.*has one/,
  );
  assert.match(await refused(422, 'invalid', 'DELETE', '/api/v1/keys/sim/a'), /at least one key/);
  assert.match(
    await refused(422, 'invalid', 'POST', '/api/v1/models', { name: 'm', provider: 'none' }),
    /"none" does not exist/,
  );
  await refused(422, 'invalid', 'POST', '/api/v1/keys/sim', { ...key, name: 'b/c' });
  await refused(422, 'invalid', 'POST', '/api/v1/keys/sim', { ...key, weight: 0 });
  await refused(422, 'invalid', 'POST', '/api/v1/keys/sim', { name: 'b' });
  await refused(404, 'not_found', 'POST', '/api/v1/keys/none', key);
  await refused(404, 'not_found', 'DELETE', '/api/v1/keys/sim/none');
  await refused(404, 'not_found', 'DELETE', '/api/v1/models/none');
  await refused(409, 'exists', 'POST', '/api/v1/models', {
    name: 'm',
    provider: 'sim',
    new_provider: { dialect: 'openai', base_url: sim.url },
  });
  assert.equal(await gateway.text(), before);
  assert.equal((await gateway.config()).generation, 1);
  assert.deepEqual(await secrets(gateway), []);
  assert.deepEqual(await audit(gateway), []);
  assert.ok(!gateway.process.output.includes('sk-secret-of-b'));

  assert.equal((await gateway.admin('POST', '/api/v1/keys/sim', key)).status, 201);
  assert.equal((await gateway.admin('PATCH', model, { load_balancing: true })).status, 200);
  assert.match(
    await refused(422, 'invalid', 'DELETE', '/api/v1/keys/sim/b'),
    /needs two or more keys/,
  );
});

// -- generations --------------------------------------------------------------------------------

scenario('If-Match: two people do not overwrite each other', async (t) => {
  const { gateway } = await startBoth(t);
  const path = '/api/v1/keys/sim/a';
  const tag = (await gateway.admin('GET', path)).headers.get('etag');
  assert.equal(tag, '"1"');
  const patch = (rpm, match) =>
    gateway.admin('PATCH', path, { rpm }, { headers: { 'if-match': match } });
  // Both have read the same; whoever comes second is told.
  const answers = await Promise.all([patch(10, tag), patch(20, tag), patch(30, tag)]);
  const statuses = answers.map(({ status }) => status).sort();
  assert.deepEqual(statuses, [200, 412, 412]);
  const late = answers.find(({ status }) => status === 412);
  assert.equal(errorOf(late).code, 'generation_mismatch');
  assert.match(errorOf(late).message, /generation 2 is in force/);
  assert.equal((await patch(40, '"2"')).status, 200);
  assert.equal((await patch(50, '*')).status, 200);
  assert.equal((await patch(60, '"2"')).status, 412);
  assert.equal((await patch(60, 'two')).status, 400);
  for (const target of ['/api/v1/reload', `${path}/reset`]) {
    const answer = await gateway.admin('POST', target, undefined, {
      headers: { 'if-match': '"1"' },
    });
    assert.equal(answer.status, 412, target);
  }
  assert.match(await gateway.text(), /^rpm = 50$/m);
  assert.equal((await gateway.config()).generation, 4);
});

scenario('every accepted change is in the audit log, without a secret', async (t) => {
  const { gateway } = await startBoth(t, { config: {} });
  const headers = { 'x-keywheel-user': 'ada' };
  await gateway.admin('POST', '/api/v1/keys/sim', { name: 'd', api_key: 'sk-of-d' }, { headers });
  await gateway.admin('PATCH', '/api/v1/keys/sim/d', { rpm: 5, enabled: false });
  await gateway.admin('PATCH', '/api/v1/keys/sim/d?dry_run=true', { rpm: 6 });
  await gateway.admin('PATCH', '/api/v1/keys/sim/d', { rpm: 'x' });
  await gateway.admin('POST', '/api/v1/keys/sim/d/reset');
  await gateway.admin('DELETE', '/api/v1/keys/sim/d');
  await gateway.admin('POST', '/api/v1/models', { name: 'm', provider: 'sim' });
  await gateway.admin('DELETE', '/api/v1/models/m');
  await gateway.admin('POST', '/api/v1/reload');
  const entries = await audit(gateway);
  const who = 'admin@127.0.0.1';
  for (const { time } of entries) assert.ok(Math.abs(Date.parse(time) - Date.now()) < 60_000);
  assert.deepEqual(
    entries.map(({ time, ...rest }) => rest).reverse(),
    [
      [`${who} (ada)`, 'add_key', 'sim/d', ['key', 'api_key'], 2],
      [who, 'change_key', 'sim/d', ['rpm', 'enabled'], 3],
      [who, 'reset_key', 'sim/d', [], 3],
      [who, 'remove_key', 'sim/d', ['key'], 4],
      [who, 'add_model', 'm', ['model', 'provider'], 5],
      [who, 'remove_model', 'm', ['model'], 6],
      [who, 'reload', '', [], 7],
    ].map(([whose, what, target, fields, generation]) => ({
      who: whose,
      what,
      target,
      fields,
      generation,
    })),
  );
  assert.deepEqual(await audit(gateway, 2), entries.slice(0, 2));
  const file = join(gateway.dir, 'state/audit.log');
  assert.equal((await stat(file)).mode & 0o777, 0o600);
  const text = await readFile(file, 'utf8');
  assert.equal(text.trimEnd().split('\n').length, 7);
  assert.ok(!text.includes('sk-of-d'));
  assert.equal(
    (await gateway.admin('GET', '/api/v1/audit?limit=x')).status,
    400,
  );
});

// -- the file -----------------------------------------------------------------------------------

scenario('mode and symbolic links of the file are respected', async (t) => {
  const sim = await startSimulator(t);
  const dir = await folder(t);
  await mkdir(join(dir, 'real'));
  await writeFile(join(dir, 'real/kw.toml'), configFor(sim));
  await chmod(join(dir, 'real/kw.toml'), 0o640);
  await symlink('real/kw.toml', join(dir, 'keywheel.toml'));
  const gateway = await startGateway(t, null, { dir });
  const answer = await gateway.admin('POST', '/api/v1/keys/sim', { name: 'd', api_key: 'sk-d' });
  assert.equal(answer.status, 201, answer.text);
  const real = join(dir, 'real/kw.toml');
  assert.equal((await stat(real)).mode & 0o777, 0o640);
  assert.match(await readFile(real, 'utf8'), /^name = "d"$/m);
  assert.deepEqual(await readdir(join(dir, 'real')), ['kw.toml']);
});

scenario('a read-only file or folder gives a clear error and changes nothing', async (t) => {
  // Nothing is read-only to root, unless it gives up that right.
  const drop = '-dac_override,-dac_read_search';
  const through =
    process.getuid() === 0 ? ['setpriv', '--bounding-set', drop, '--inh-caps', drop] : [];
  if (through.length > 0 && spawnSync(through[0], [...through.slice(1), 'true']).status !== 0)
    return t.skip('this root may not give up its rights');
  const { gateway } = await startBoth(t, { through });
  const before = await gateway.text();
  for (const [path, locked, open] of [
    [gateway.file, 0o444, 0o644],
    [gateway.dir, 0o555, 0o755],
  ]) {
    await chmod(path, locked);
    const answer = await gateway.admin('POST', '/api/v1/keys/sim', { name: 'd', api_key: 'sk-d' });
    await chmod(path, open);
    assert.equal(answer.status, 409, answer.text);
    assert.equal(errorOf(answer).code, 'unwritable');
    assert.match(errorOf(answer).message, /keywheel\.toml: Permission denied/);
  }
  assert.equal(await gateway.text(), before);
  assert.deepEqual(await secrets(gateway), []);
  assert.equal((await gateway.config()).generation, 1);
});

scenario('two editors at once: neither loses what it wrote', async (t) => {
  const { gateway } = await startBoth(t);
  let open = true;
  const lines = [];
  // An editor that opens the file and writes at its end, as a person's `>>` does.
  const editor = (async () => {
    while (open) {
      const line = `# by hand ${lines.length}`;
      appendFileSync(gateway.file, `${line}\n`);
      lines.push(line);
      await new Promise((resolve) => setTimeout(resolve, 3));
    }
  })();
  const names = [];
  for (let i = 0; i < 60; ++i) {
    const name = `k${i}`;
    const answer = await gateway.admin('POST', '/api/v1/keys/sim', {
      name,
      api_key: `sk-of-${name}`,
      store: 'config',
    });
    if (answer.status === 409) assert.equal(errorOf(answer).code, 'file_changed', answer.text);
    else {
      assert.equal(answer.status, 201, answer.text);
      names.push(name);
    }
  }
  open = false;
  await editor;
  assert.ok(names.length > 10, `${names.length} edits went through`);
  assert.ok(lines.length > 10, `${lines.length} lines were appended`);
  const text = (await gateway.text()).split('\n');
  assert.deepEqual(lines.filter((line) => !text.includes(line)), []);
  assert.deepEqual(names.filter((name) => !text.includes(`name = "${name}"`)), []);
  await waitFor('all keys in force', async () => {
    const { json } = await gateway.admin('GET', '/api/v1/keys');
    return names.every((name) => json.keys.some(({ id }) => id === `sim/${name}`));
  });
});

// -- other sites --------------------------------------------------------------------------------

scenario('what a page of another site can send changes nothing', async (t) => {
  const { gateway } = await startBoth(t);
  const before = await gateway.text();
  const us = `127.0.0.1:${gateway.adminPort}`;
  const body = '{"name":"evil","api_key":"sk-evil"}';
  const ask = async (method, path, headers, text = '') => {
    const socket = await connect(t, gateway.adminPort);
    const all = { Host: us, Authorization: `Bearer ${gateway.token}`, ...headers };
    if (text) all['Content-Length'] = text.length;
    const lines = Object.entries(all).filter(([, value]) => value !== null);
    const head = lines.map(([name, value]) => `${name}: ${value}`).join('\r\n');
    return (await socket.send(`${method} ${path} HTTP/1.1\r\n${head}\r\n\r\n${text}`).response())
      .status;
  };
  const json = { 'Content-Type': 'application/json' };
  const writes = [
    ['POST', '/api/v1/keys/sim', body],
    ['POST', '/api/v1/models', '{"name":"evil","provider":"sim"}'],
    ['PATCH', '/api/v1/keys/sim/a', '{"enabled":false}'],
    ['DELETE', '/api/v1/keys/sim/a', ''],
    ['DELETE', '/api/v1/models/gpt-4o', ''],
    ['POST', '/api/v1/reload', ''],
  ];
  for (const [method, path, text] of writes) {
    const what = `${method} ${path}`;
    // A form, or fetch with a "simple" type: no token, for a page has none; and not with one either.
    for (const type of [
      'text/plain',
      'application/x-www-form-urlencoded',
      'multipart/form-data; boundary=x',
    ]) {
      const form = { 'Content-Type': type };
      assert.equal(await ask(method, path, { ...form, Authorization: null }, text), 401, what);
      assert.equal(await ask(method, path, form, text), 415, what);
      assert.equal(await ask(method, path, { ...form, Origin: 'https://evil.example' }, text), 403);
    }
    // A page of another origin, or of none, whatever else it gets right.
    for (const origin of ['https://evil.example', 'null', `https://${us}`, 'http://127.0.0.1:1'])
      assert.equal(await ask(method, path, { ...json, Origin: origin }, text), 403, what);
    // A name that was made to point here (DNS rebinding).
    for (const host of ['evil.example', `evil.example:${gateway.adminPort}`, `127.0.0.1.nip.io`])
      assert.equal(await ask(method, path, { ...json, Host: host }, text), 403, what);
  }
  // Nobody from elsewhere is told that he may ask (CORS).
  assert.equal(await ask('OPTIONS', '/api/v1/keys/sim', { Origin: 'https://evil.example' }), 403);
  assert.equal(await gateway.text(), before);
  assert.equal((await gateway.config()).generation, 1);
  assert.deepEqual(await audit(gateway), []);
});
