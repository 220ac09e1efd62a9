// The admin port: who may ask, what it answers, what it changes.
import assert from 'node:assert/strict';
import { stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import {
  configFor,
  connect,
  scenario,
  startBoth,
  startGateway,
  startSimulator,
} from './lib/keywheel.mjs';

// -- who may ask --------------------------------------------------------------------------------

scenario('the token is always needed, but for the probes', async (t) => {
  const { gateway } = await startBoth(t);
  for (const path of ['/healthz', '/readyz'])
    assert.equal((await gateway.admin('GET', path, undefined, { token: null })).status, 200, path);
  for (const [method, path, body] of [
    ['GET', '/api/v1/keys'],
    ['GET', '/api/v1/models'],
    ['GET', '/api/v1/config'],
    ['GET', '/api/v1/keys/sim/a'],
    ['POST', '/api/v1/reload'],
    ['POST', '/api/v1/keys/sim/a/reset'],
    ['PATCH', '/api/v1/keys/sim/a', { enabled: false }],
    ['GET', '/api/v1/nothing'],
  ])
    for (const token of [null, '', 'wrong', `${gateway.token}x`, gateway.token.slice(1)]) {
      const answer = await gateway.admin(method, path, body, { token });
      assert.equal(answer.status, 401, `${method} ${path} with ${token}`);
      assert.equal(answer.json.error.code, 'not_authorized');
    }
  assert.ok((await gateway.key('a')).enabled);
  assert.equal((await gateway.config()).generation, 1);
});

scenario('the generated token is kept, for its owner alone', async (t) => {
  const { gateway } = await startBoth(t);
  const file = join(gateway.dir, 'state/admin-token');
  assert.equal((await stat(file)).mode & 0o777, 0o600);
  assert.ok(gateway.token.length >= 32);
  gateway.process.signal('SIGTERM');
  assert.deepEqual(await gateway.process.end, { code: 0, signal: null });
  const again = await startGateway(t, null, { dir: gateway.dir });
  assert.equal(again.token, gateway.token);
});

scenario('Host, Origin and Content-Type are checked', async (t) => {
  const { gateway } = await startBoth(t);
  const ask = async (method, path, headers, body = '') => {
    const lines = [
      `${method} ${path} HTTP/1.1`,
      `Authorization: Bearer ${gateway.token}`,
      `Content-Length: ${body.length}`,
      ...headers,
      '',
      body,
    ];
    const socket = await connect(t, gateway.adminPort);
    return (await socket.send(lines.join('\r\n')).response()).status;
  };
  const us = `Host: 127.0.0.1:${gateway.adminPort}`;
  assert.equal(await ask('GET', '/api/v1/keys', [us]), 200);
  assert.equal(await ask('GET', '/api/v1/keys', [`Host: localhost:${gateway.adminPort}`]), 200);
  assert.equal(await ask('GET', '/api/v1/keys', ['Host: rebound.example']), 403);
  assert.equal(
    await ask('GET', '/api/v1/keys', [`Host: 127.0.0.1.rebound.example:${gateway.adminPort}`]),
    403,
  );
  assert.equal(await ask('GET', '/api/v1/keys', [us, 'Origin: https://elsewhere.example']), 403);
  assert.equal(await ask('GET', '/api/v1/keys', [us, 'Origin: null']), 403);
  assert.equal(
    await ask('GET', '/api/v1/keys', [us, `Origin: http://127.0.0.1:${gateway.adminPort}`]),
    200,
  );
  const patch = '{"enabled":false}';
  for (const type of [
    'text/plain',
    'application/x-www-form-urlencoded',
    'multipart/form-data; boundary=x',
  ])
    assert.equal(
      await ask('PATCH', '/api/v1/keys/sim/a', [us, `Content-Type: ${type}`], patch),
      415,
      type,
    );
  assert.equal(await ask('PATCH', '/api/v1/keys/sim/a', [us], patch), 415);
  assert.ok((await gateway.key('a')).enabled);
});

// -- questions ----------------------------------------------------------------------------------

scenario('keys: the shape of the contract', async (t) => {
  const { sim, gateway } = await startBoth(t);
  await sim.fault('b', { status: 429, headers: { 'retry-after': '300' } });
  const answers = [await gateway.chat(), await gateway.chat(), await gateway.chat()];
  const usage = answers.filter(({ key }) => key === 'sim/a').map(({ json }) => json.usage);
  const total = (field) => usage.reduce((sum, each) => sum + each[field], 0);
  const { json, headers } = await gateway.admin('GET', '/api/v1/keys');
  assert.match(headers.get('cache-control'), /no-store/);
  assert.deepEqual(
    json.keys.map(({ id }) => id),
    ['sim/a', 'sim/b', 'sim/c'],
  );
  const [a, b] = json.keys;
  assert.deepEqual(
    { ...a, masked: '…' },
    {
      id: 'sim/a',
      provider: 'sim',
      name: 'a',
      masked: '…',
      quota_group: '',
      enabled: true,
      state: 'available',
      in_flight: 0,
      requests: usage.length,
      errors: 0,
      input_tokens: total('prompt_tokens'),
      output_tokens: total('completion_tokens'),
      cooldowns: [],
      usage: [
        {
          model: 'gpt-4o',
          client: '',
          input_tokens: total('prompt_tokens'),
          cached_tokens: 0,
          output_tokens: total('completion_tokens'),
          reasoning_tokens: 0,
          requests: usage.length,
        },
      ],
      settings: { api_key: '…' },
    },
  );
  assert.ok(!a.masked.includes(sim.keys[0].secret));
  assert.equal(b.state, 'cooling');
  const [{ until, remaining_ms: rest, ...cooldown }] = b.cooldowns;
  assert.deepEqual(cooldown, {
    scope: 'key_model',
    model: 'gpt-4o',
    reason: 'rate_limit',
    source: 'retry-after',
    probing: false,
  });
  assert.match(until, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/);
  assert.ok(rest > 200_000 && rest <= 301_000);
  assert.deepEqual((await gateway.key('a')).id, 'sim/a');
  assert.equal((await gateway.admin('GET', '/api/v1/keys/sim/nobody')).status, 404);
});

scenario('models and configuration: the shape of the contract', async (t) => {
  const { gateway } = await startBoth(t);
  const { json } = await gateway.admin('GET', '/api/v1/models');
  assert.equal(json.models.length, 1);
  const { name, provider, strategy, load_balancing: balanced, waiting, keys } = json.models[0];
  assert.deepEqual(
    [name, provider, strategy, balanced, waiting],
    ['gpt-4o', 'sim', 'round_robin', true, 0],
  );
  assert.deepEqual(
    keys,
    ['a', 'b', 'c'].map((each) => ({ id: `sim/${each}`, state: 'available' })),
  );
  assert.deepEqual((await gateway.admin('GET', '/api/v1/models/gpt-4o')).json, json.models[0]);
  assert.equal((await gateway.admin('GET', '/api/v1/models/gpt-0')).status, 404);
  const config = await gateway.config();
  assert.equal(config.generation, 1);
  assert.equal(config.last_error, null);
  assert.deepEqual(config.needs_restart, []);
  assert.match(config.path, /keywheel\.toml$/);
  assert.ok(Date.parse(config.loaded_at) <= Date.now());
});

scenario('mistakes are told as such', async (t) => {
  const { gateway } = await startBoth(t);
  for (const [status, method, path, body] of [
    [404, 'GET', '/api/v1/nothing'],
    [405, 'DELETE', '/api/v1/config'],
    [400, 'PATCH', '/api/v1/keys/sim/a', '{"enabled":'],
    [400, 'PATCH', '/api/v1/keys/sim/a', '[]'],
    [422, 'PATCH', '/api/v1/keys/sim/a', '{"enabled":"no"}'],
    [422, 'PATCH', '/api/v1/keys/sim/a', '{"colour":"red"}'],
    [422, 'PATCH', '/api/v1/keys/sim/a', '{}'],
    [404, 'PATCH', '/api/v1/keys/sim/nobody', '{"enabled":false}'],
    [404, 'POST', '/api/v1/keys/sim/nobody/reset'],
    [400, 'PATCH', '/api/v1/keys/sim/a?dry_rum=true', '{"enabled":false}'],
  ]) {
    const answer = await gateway.admin(method, path, body);
    assert.equal(answer.status, status, `${method} ${path} ${body}`);
    assert.ok(answer.json.error.code, answer.text);
    assert.ok(answer.json.error.message, answer.text);
  }
  assert.equal((await gateway.config()).generation, 1);
});

// -- changes ------------------------------------------------------------------------------------

scenario('PATCH writes one field in place: comments and order stay', async (t) => {
  const sim = await startSimulator(t);
  const plain = configFor(sim).replace('name = "b"', 'name = "b"   # the second one');
  const toml = plain.replace('[models.gpt-4o]', '# the model\n[models.gpt-4o]   # that all use');
  const gateway = await startGateway(t, toml);

  const dry = await gateway.admin('PATCH', '/api/v1/keys/sim/b?dry_run=true', { enabled: false });
  assert.equal(dry.status, 200);
  assert.deepEqual(dry.json.changes, [{ field: 'enabled', from: true, to: false }]);
  assert.equal(await gateway.text(), toml);
  assert.ok((await gateway.key('b')).enabled);

  const done = await gateway.admin('PATCH', '/api/v1/keys/sim/b', { enabled: false });
  assert.equal(done.status, 200);
  assert.ok(done.json.generation >= 2);
  assert.equal((await gateway.key('b')).state, 'disabled');
  const written = await gateway.text();
  const added = written.split('\n').filter((line) => !toml.split('\n').includes(line));
  assert.deepEqual(
    added.map((line) => line.replace(/\s+/g, ' ').trim()),
    ['enabled = false'],
  );
  assert.deepEqual(
    written.split('\n').filter((line) => !added.includes(line)),
    toml.split('\n'),
  );
  for (let i = 0; i < 4; ++i) assert.notEqual((await gateway.chat()).key, 'sim/b');

  assert.equal((await gateway.admin('PATCH', '/api/v1/keys/sim/b', { enabled: true })).status, 200);
  assert.equal(await gateway.text(), written.replace('enabled = false', 'enabled = true'));
  const keys = [];
  for (let i = 0; i < 3; ++i) keys.push((await gateway.chat()).key);
  assert.deepEqual(keys.sort(), ['sim/a', 'sim/b', 'sim/c']);
});

scenario('PATCH of a model', async (t) => {
  const { sim, gateway } = await startBoth(t);
  const answer = await gateway.admin('PATCH', '/api/v1/models/gpt-4o', {
    upstream_model: 'gpt-4o-new',
  });
  assert.equal(answer.status, 200, answer.text);
  assert.match(await gateway.text(), /^upstream_model = "gpt-4o-new"$/m);
  await gateway.chat();
  assert.equal(JSON.parse((await sim.requests())[0].body).model, 'gpt-4o-new');
});

scenario('a change that the configuration cannot bear changes nothing', async (t) => {
  const { gateway } = await startBoth(t);
  const before = await gateway.text();
  const answer = await gateway.admin('PATCH', '/api/v1/keys/sim/a', { base_url: 'no URL' });
  assert.equal(answer.status, 422, answer.text);
  assert.ok(answer.json.error.line > 0, answer.text);
  assert.equal(await gateway.text(), before);
  assert.equal((await gateway.config()).generation, 1);
  assert.equal((await gateway.chat()).status, 200);
});

scenario('the admin API answers while keys come and go', async (t) => {
  const sim = await startSimulator(t);
  const gateway = await startGateway(t, configFor(sim));
  const variants = [configFor(sim, { keys: sim.keys.slice(1) }), configFor(sim)];
  let running = true;
  const bad = [];
  const askers = Array.from({ length: 4 }, async () => {
    while (running) {
      const answer = await gateway.admin('GET', '/api/v1/keys');
      if (answer.status !== 200) bad.push(`${answer.status} ${answer.text}`);
      else if (!answer.json.keys.every(({ id }) => id?.startsWith('sim/'))) bad.push(answer.text);
    }
  });
  for (let i = 0; i < 40; ++i) {
    await writeFile(gateway.file, variants[i % 2]);
    const answer = await gateway.admin('POST', '/api/v1/reload');
    if (answer.status !== 200) bad.push(`reload: ${answer.status} ${answer.text}`);
  }
  running = false;
  await Promise.all(askers);
  assert.deepEqual(bad, []);
});
