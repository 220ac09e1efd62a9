// How it starts, and how it ends; and what it never says in between.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import net from 'node:net';
import { join } from 'node:path';

import {
  chatBody,
  chatPath,
  configFor,
  connect,
  folder,
  postRequest,
  request,
  run,
  scenario,
  startBoth,
  startGateway,
  startSimulator,
  waitFor,
} from './lib/keywheel.mjs';

// -- the end ------------------------------------------------------------------------------------

for (const signal of ['SIGTERM', 'SIGINT']) {
  scenario(`${signal}: what is in flight is finished, nobody else is let in, exit 0`, async (t) => {
    const { sim, gateway } = await startBoth(t, {
      simulator: { options: { tokens: 30, event_interval: '100ms' } },
    });
    const streamed = await connect(t, gateway.port);
    streamed.send(postRequest(chatPath, chatBody('stream', { stream: true })));
    await streamed.sees('data: ');
    await sim.fault('*', { kind: 'latency', delay: '1500ms' });
    const plain = await connect(t, gateway.port);
    plain.send(postRequest(chatPath, chatBody('plain')));
    await waitFor(
      'both calls',
      async () => (await sim.counts('in_flight')).reduce((a, b) => a + b) === 2,
    );
    const idle = await connect(t, gateway.port);
    assert.equal((await idle.send(request('GET', '/v1/models')).response()).status, 200);

    gateway.process.signal(signal);
    await waitFor('a closed port', () =>
      connect(t, gateway.port).then(
        () => false,
        () => true,
      ),
    );
    await idle.closes();
    assert.equal(gateway.process.ended, null);
    const answer = await plain.response();
    assert.equal(answer.status, 200);
    assert.ok(answer.json.choices[0].message.content);
    const stream = await streamed.response();
    assert.ok(stream.body.endsWith('data: [DONE]\n\n'), stream.body.slice(-100));
    assert.deepEqual(await gateway.process.end, { code: 0, signal: null });
  });
}

scenario('SIGTERM with nothing to do: exit 0', async (t) => {
  const { gateway } = await startBoth(t);
  assert.equal((await gateway.chat()).status, 200); // whose connection is kept alive
  gateway.process.signal('SIGTERM');
  assert.deepEqual(await gateway.process.end, { code: 0, signal: null });
});

scenario('drain_timeout: what takes longer is cut off, exit 0', async (t) => {
  const { sim, gateway } = await startBoth(t, { config: { server: 'drain_timeout = "500ms"' } });
  await sim.fault('*', { kind: 'never_answer' });
  const client = await connect(t, gateway.port);
  client.send(postRequest(chatPath, chatBody('endless')));
  await waitFor('the call', async () => (await sim.counts('in_flight'))[0] === 1);
  gateway.process.signal('SIGTERM');
  assert.deepEqual(await gateway.process.end, { code: 0, signal: null });
  await client.closes();
});

scenario('a call that waits in line when SIGTERM comes is served or told', async (t) => {
  const { sim, gateway } = await startBoth(t, { simulator: { keys: ['only'] } });
  await sim.fault('only', { status: 429, headers: { 'retry-after-ms': '1500' } });
  const call = gateway.chat('waits');
  await gateway.waiting(1);
  gateway.process.signal('SIGTERM');
  const answer = await call;
  assert.ok(answer.status === 200 || answer.status === 503, `status ${answer.status}`);
  assert.deepEqual(await gateway.process.end, { code: 0, signal: null });
});

scenario('a second signal ends the process at once', async (t) => {
  const { sim, gateway } = await startBoth(t, { config: { server: 'drain_timeout = "1h"' } });
  await sim.fault('*', { kind: 'never_answer' });
  const client = await connect(t, gateway.port);
  client.send(postRequest(chatPath, chatBody('endless')));
  await waitFor('the call', async () => (await sim.counts('in_flight'))[0] === 1);
  gateway.process.signal('SIGTERM');
  await waitFor('a closed port', () =>
    connect(t, gateway.port).then(
      () => false,
      () => true,
    ),
  );
  assert.equal(gateway.process.ended, null);
  gateway.process.signal('SIGTERM');
  const { code } = await gateway.process.end;
  assert.notEqual(code, 0);
  await client.closes();
});

// -- the start ----------------------------------------------------------------------------------

scenario('ready as soon as it says so', async (t) => {
  const sim = await startSimulator(t);
  const begun = performance.now();
  const gateway = await startGateway(t, configFor(sim));
  t.diagnostic(`started in ${Math.round(performance.now() - begun)} ms`);
  assert.equal((await gateway.admin('GET', '/readyz', undefined, { token: null })).status, 200);
  assert.equal((await gateway.chat()).status, 200);
});

/** Serving `toml` fails: exit 1, and one line that `pattern` fits. */
async function failsToServe(t, dir, toml, pattern) {
  await writeFile(join(dir, 'keywheel.toml'), toml);
  const { code, stdout, stderr } = await run(t, ['serve', '-c', 'keywheel.toml'], { dir });
  assert.equal(code, 1, stdout + stderr);
  const lines = stderr.trim().split('\n');
  assert.equal(lines.length, 1, stderr);
  assert.match(lines[0], pattern);
  assert.ok(!stdout.includes('serving'), stdout);
}

scenario('a port in use: exit 1 and one line that names it', async (t) => {
  const sim = await startSimulator(t);
  const dir = await folder(t);
  const server = net.createServer().listen(0, '127.0.0.1');
  t.after(() => server.close());
  await once(server, 'listening');
  const taken = `127.0.0.1:${server.address().port}`;
  const toml = configFor(sim);
  const place = 'listen = "127.0.0.1:0"';
  const pattern = new RegExp(taken.replaceAll('.', '\\.'));
  await failsToServe(t, dir, toml.replace(place, `listen = "${taken}"`), pattern);
  const admin = toml.lastIndexOf(place);
  await failsToServe(
    t,
    dir,
    toml.slice(0, admin) + toml.slice(admin).replace(place, `listen = "${taken}"`),
    pattern,
  );
});

scenario('a broken configuration: exit 1 and file:line:column', async (t) => {
  const sim = await startSimulator(t);
  const dir = await folder(t);
  const toml = configFor(sim);
  const lineOf = (text, part) => text.slice(0, text.indexOf(part)).split('\n').length;
  const wrong = toml
    .replace('dialect = "openai"', 'dialekt = "openai"')
    .replace('[providers.sim]\n', '[providers.sim]\ndialect = "openai"\n');
  await failsToServe(
    t,
    dir,
    wrong,
    new RegExp(`keywheel\\.toml:${lineOf(wrong, 'dialekt')}:\\d+: .*dialekt`),
  );
  const broken = toml.replace('dialect = "openai"', 'dialect = "openai');
  await failsToServe(
    t,
    dir,
    broken,
    new RegExp(`keywheel\\.toml:${lineOf(broken, 'dialect = ')}:\\d+: `),
  );
});

scenario('an unreadable secret: exit 1 and file:line:column', async (t) => {
  const sim = await startSimulator(t);
  const dir = await folder(t);
  for (const secret of ['file:there-is-none', 'env:KEYWHEEL_E2E_NOT_SET']) {
    const toml = configFor(sim, { keys: [{ name: 'x', api_key: secret }] });
    const line = toml.slice(0, toml.indexOf(secret)).split('\n').length;
    await failsToServe(
      t,
      dir,
      toml,
      new RegExp(`keywheel\\.toml:${line}:\\d+: .*${secret.split(':')[1]}`),
    );
  }
});

scenario('no configuration at all: exit 1 and where it was looked for', async (t) => {
  const dir = await folder(t);
  const { code, stderr } = await run(t, ['serve'], { dir });
  assert.equal(code, 1);
  assert.match(stderr, /keywheel\.toml/);
  const named = await run(t, ['serve', '-c', 'nowhere.toml'], { dir });
  assert.equal(named.code, 1);
  assert.match(named.stderr, /nowhere\.toml/);
});

// -- secrets ------------------------------------------------------------------------------------

scenario('invariant 9: a secret is in no log, error, metric, header or API answer', async (t) => {
  const secrets = ['a', 'b', 'c'].map(
    (name) => `sk-proj-${name.repeat(4)}-Vq7TtXw0${name}ZkLm93Hs`,
  );
  const sim = await startSimulator(t, {
    keys: secrets.map((secret, i) => ({ name: 'abc'[i], secret })),
  });
  const dir = await folder(t);
  await writeFile(join(dir, 'secret-b'), `${secrets[1]}\n`);
  const keys = [
    { name: 'a', api_key: secrets[0] },
    { name: 'b', api_key: 'file:secret-b' },
    { name: 'c', api_key: 'env:SECRET_C' },
  ];
  const clientToken = 'caller-token-5fQ0pZr8';
  const adminToken = 'admin-token-9dKw2LxY';
  const toml = configFor(sim, {
    keys,
    more: `[[clients]]\nname = "ci"\ntoken = "${clientToken}"`,
  }).replace('[admin]', `[admin]\ntoken = "${adminToken}"`);
  const gateway = await startGateway(t, toml, {
    dir,
    env: { SECRET_C: secrets[2] },
    args: ['--log-level', 'trace'],
  });
  gateway.token = adminToken;
  const heard = [];
  const hear = (answer) => heard.push(JSON.stringify([...answer.headers]) + answer.text);
  const headers = { authorization: `Bearer ${clientToken}` };
  const call = async () => hear(await gateway.chat('hello', {}, { headers }));

  for (let i = 0; i < 3; ++i) await call();
  hear(await gateway.chat()); // no token
  await sim.fault('a', { status: 429 });
  await call();
  hear(await gateway.admin('POST', '/api/v1/keys/sim/a/reset'));
  // A provider that repeats the key when it refuses it.
  const echo = (secret) => ({
    status: 401,
    times: -1,
    headers: { 'x-debug-key': secret, 'www-authenticate': `Bearer error="${secret}"` },
    body: { error: { message: `Incorrect API key provided: ${secret}.`, code: 'invalid_api_key' } },
  });
  for (const [i, name] of ['a', 'b', 'c'].entries()) await sim.fault(name, echo(secrets[i]));
  for (let i = 0; i < 3; ++i) await call();
  for (const path of [
    '/healthz',
    '/readyz',
    '/metrics',
    '/',
    '/api/v1/keys',
    '/api/v1/keys/sim/a',
    '/api/v1/models',
    '/api/v1/config',
  ])
    hear(await gateway.admin('GET', path));
  for (const token of ['wrong', secrets[0]])
    hear(await gateway.admin('GET', '/api/v1/keys', undefined, { token }));
  hear(await gateway.admin('PATCH', '/api/v1/keys/sim/a', { enabled: false }));
  hear(await gateway.admin('PATCH', '/api/v1/keys/sim/a', { api_key: secrets[0] }));
  await sim.clearFaults();

  // Broken in the very line of a secret.
  await writeFile(gateway.file, toml.replace(`"${secrets[0]}"`, `"${secrets[0]}`));
  hear(await gateway.admin('POST', '/api/v1/reload'));
  hear(await gateway.admin('GET', '/api/v1/config'));
  const env = { KEYWHEEL_ADMIN_TOKEN: adminToken, SECRET_C: secrets[2] };
  for (const args of [['check'], ['reload'], ['keys']]) {
    const { stdout, stderr } = await gateway.cli(t, args, env);
    heard.push(stdout + stderr);
  }
  await writeFile(gateway.file, toml);
  for (const args of [
    ['check'],
    ['reload'],
    ['keys'],
    ['keys', '--json'],
    ['models'],
    ['key', 'reset', 'sim/b'],
  ]) {
    const { stdout, stderr } = await gateway.cli(t, args, env);
    heard.push(stdout + stderr);
  }
  await call();
  gateway.process.signal('SIGTERM');
  assert.equal((await gateway.process.end).code, 0);
  heard.push(gateway.process.output);

  assert.ok(
    heard.some((text) => text.includes('key_rejected')),
    'the rejection was seen',
  );
  for (const secret of [...secrets, clientToken, adminToken])
    for (const text of heard) assert.ok(!text.includes(secret), `${secret} is in:\n${text}`);
});
