// What the admin port tells by itself: events, and the last hour.
import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';

import { watch } from './lib/events.mjs';
import { configFor, connect, scenario, startBoth, startGateway, waitFor } from './lib/keywheel.mjs';

const instant = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;

/** What of an answer does not change by itself: no times. */
function still(value) {
  return JSON.parse(
    JSON.stringify(value, (name, each) =>
      name === 'until' || name === 'remaining_ms' ? undefined : each,
    ),
  );
}

// -- what is told ---------------------------------------------------------------------------------

scenario('the stream begins with a snapshot: what the three questions answer', async (t) => {
  const { sim, gateway } = await startBoth(t);
  await sim.fault('b', { status: 429, headers: { 'retry-after': '300' } });
  for (let i = 0; i < 3; ++i) await gateway.chat();
  const events = await watch(t, gateway);
  assert.equal(events.headers.get('content-type'), 'text/event-stream');
  assert.equal(events.headers.get('cache-control'), 'no-store');
  const { config, keys, models } = await events.next('snapshot');
  assert.equal(events.retry, 2000);
  const answers = await Promise.all(
    ['config', 'keys', 'models'].map((each) => gateway.admin('GET', `/api/v1/${each}`)),
  );
  assert.deepEqual(still({ ...answers[0].json }), still(config));
  assert.deepEqual(still(answers[1].json.keys), still(keys));
  assert.deepEqual(still(answers[2].json.models), still(models));
  assert.equal(keys.find(({ name }) => name === 'b').state, 'cooling');
});

scenario('a cooldown is told when it begins and when a person ends it', async (t) => {
  const { sim, gateway } = await startBoth(t);
  const events = await watch(t, gateway);
  await events.next('snapshot');
  await sim.fault('b', { status: 429, headers: { 'retry-after': '300' } });
  for (let i = 0; i < 3; ++i) await gateway.chat();
  const cooling = await events.next('key', ({ id }) => id === 'sim/b');
  assert.match(cooling.time, instant);
  assert.deepEqual(cooling, { time: cooling.time, id: 'sim/b', from: 'available', to: 'cooling' });
  const begins = await events.next('cooldown');
  const { cooldowns } = await gateway.key('b');
  assert.equal(cooldowns.length, 1);
  assert.deepEqual(
    { ...begins, time: '', until: '' },
    {
      time: '',
      what: 'begins',
      id: 'sim/b',
      scope: cooldowns[0].scope,
      ...(cooldowns[0].model && { model: cooldowns[0].model }),
      reason: 'rate_limit',
      source: 'retry-after',
      until: '',
    },
  );
  assert.ok(Math.abs(Date.parse(begins.until) - Date.parse(cooldowns[0].until)) < 100);
  await events.next('snapshot', ({ keys }) => keys[1].state === 'cooling');

  assert.equal((await gateway.admin('POST', '/api/v1/keys/sim/b/reset')).status, 200);
  const ended = await events.next('cooldown');
  assert.equal(ended.what, 'ended');
  assert.equal(ended.id, 'sim/b');
  assert.equal((await events.next('key', ({ id }) => id === 'sim/b')).to, 'available');
  await events.next('snapshot', ({ keys }) => keys[1].cooldowns.length === 0);
});

scenario('configurations are told: in force, or refused with their line', async (t) => {
  const { gateway } = await startBoth(t);
  const events = await watch(t, gateway, '?only=config');
  const before = await gateway.text();
  await writeFile(gateway.file, `${before}\nnonsense = 1\n`);
  const refused = await events.next('config');
  const { last_error: error } = await gateway.config();
  assert.deepEqual(refused, { time: refused.time, generation: 1, error });
  assert.ok(error.line > 1);
  await writeFile(gateway.file, `${before}\n# changed\n`);
  const accepted = await events.next('config');
  assert.deepEqual(accepted, { time: accepted.time, generation: 2 });
  assert.deepEqual(events.all, [], 'nothing but the configuration was asked for');
});

scenario('a key that leaves and one that comes are in the next snapshot', async (t) => {
  const { sim, gateway } = await startBoth(t);
  const events = await watch(t, gateway, '?only=snapshot');
  assert.equal((await events.next('snapshot')).keys.length, 3);
  await writeFile(gateway.file, configFor(sim, { keys: sim.keys.slice(0, 2) }));
  const { config } = await events.next('snapshot', ({ keys }) => keys.length === 2);
  assert.equal(config.generation, 2);
});

scenario('a gateway where nothing happens tells nothing, but that it is there', async (t) => {
  const { gateway } = await startBoth(t);
  const events = await watch(t, gateway);
  await events.next('snapshot');
  await waitFor('a comment', () => events.comments > 0);
  assert.deepEqual(events.all, []);
});

// -- who is told ----------------------------------------------------------------------------------

scenario('who may not, or asks for what there is not, gets an answer with an end', async (t) => {
  const { gateway } = await startBoth(t);
  const path = '/api/v1/events';
  assert.equal((await gateway.admin('GET', path, undefined, { token: null })).status, 401);
  for (const query of ['only=', 'only=keys', 'only=key,', 'ony=key', 'only=key&only=config']) {
    const answer = await gateway.admin('GET', `${path}?${query}`);
    assert.equal(answer.status, 400, query);
    assert.equal(answer.json.error.code, 'bad_request');
  }
  assert.equal((await gateway.admin('POST', path, {})).status, 405);
});

scenario('HEAD learns what there is, on a connection that goes on', async (t) => {
  const { gateway } = await startBoth(t);
  const socket = await connect(t, gateway.adminPort);
  const ask = (method) =>
    `${method} /api/v1/events?only=audit HTTP/1.1\r\nHost: localhost\r\n` +
    `Authorization: Bearer ${gateway.token}\r\n\r\n`;
  for (let i = 0; i < 2; ++i) {
    const { status, headers } = await socket.send(ask('HEAD')).response({ head: true });
    assert.equal(status, 200);
    assert.equal(headers['content-type'], 'text/event-stream');
  }
  await socket.send(ask('GET')).sees('retry: 2000');
});

scenario('many watch at once, and each is told, however many have left', async (t) => {
  const { sim, gateway } = await startBoth(t);
  const all = await Promise.all(Array.from({ length: 60 }, () => watch(t, gateway)));
  await Promise.all(all.map((events) => events.next('snapshot')));
  const [leaving, staying] = [all.slice(0, 30), all.slice(30)];
  leaving.forEach((events) => events.close());
  await sim.fault('a', { status: 401 });
  for (let i = 0; i < 3; ++i) await gateway.chat();
  const told = await Promise.all(
    staying.map((events) => events.next('key', ({ id }) => id === 'sim/a')),
  );
  for (const each of told) assert.deepEqual(each, told[0], 'all share one look at the gateway');
  assert.equal(told[0].to, 'rejected');
});

scenario('who comes back is told how it is now, not what was missed', async (t) => {
  const { gateway } = await startBoth(t);
  const first = await watch(t, gateway);
  await first.next('snapshot');
  first.close();
  await gateway.admin('PATCH', '/api/v1/keys/sim/a', { enabled: false });
  const again = await watch(t, gateway);
  const { keys } = await again.next('snapshot');
  assert.equal(keys[0].state, 'disabled');
  await gateway.admin('PATCH', '/api/v1/keys/sim/b', { enabled: false });
  await again.next('key', ({ id }) => id === 'sim/b');
  assert.ok(!again.all.some(({ name, data }) => name === 'key' && data.id === 'sim/a'));
});

scenario('a reader that does not read is dropped, and nobody else', async (t) => {
  // So many keys that one snapshot is larger than what may be unread, and a few fill all that the
  // system keeps in between.
  const idle = Array.from(
    { length: 3000 },
    (_, i) => `[[providers.sim.keys]]\nname = "idle-${i}"\napi_key = "sk-idle-${i}"\nenabled = false\n`,
  );
  const { gateway } = await startBoth(t, { config: { more: idle.join('\n') } });
  const reading = await watch(t, gateway, '?only=snapshot');
  const total = ({ keys }) => keys.reduce((sum, each) => sum + each.requests, 0);
  assert.ok(JSON.stringify(await reading.next('snapshot')).length > 1 << 20);
  const lazy = await connect(t, gateway.adminPort);
  lazy.socket.pause();
  lazy.send(
    `GET /api/v1/events HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ${gateway.token}\r\n\r\n`,
  );
  let asked = 0;
  while (!gateway.process.output.includes('dropped a reader of events')) {
    assert.equal((await gateway.chat()).status, 200);
    ++asked;
    await reading.next('snapshot', (data) => total(data) === asked);
  }
  assert.ok(!reading.ended);
});

scenario('events go on while the gateway drains, and end with it', async (t) => {
  const { sim, gateway } = await startBoth(t);
  const events = await watch(t, gateway);
  await events.next('snapshot');
  await sim.fault('a', { kind: 'latency', delay: '3s' });
  const call = gateway.chat();
  await events.next('snapshot', ({ keys }) => keys.some((each) => each.in_flight === 1));
  gateway.process.signal('SIGTERM');
  assert.equal((await call).status, 200);
  assert.deepEqual(await gateway.process.end, { code: 0, signal: null });
  await waitFor('the end of the events', () => events.ended);
});

// -- the last hour --------------------------------------------------------------------------------

scenario('the history counts what was asked and answered', async (t) => {
  const { sim, gateway } = await startBoth(t);
  await sim.fault('c', { status: 500 });
  const tokens = { a: 0, b: 0, c: 0 };
  for (let i = 0; i < 6; ++i) {
    const { key, json } = await gateway.chat();
    tokens[key.slice(-1)] += json.usage.prompt_tokens + json.usage.completion_tokens;
  }
  const { json, status } = await gateway.admin('GET', '/api/v1/history');
  assert.equal(status, 200);
  assert.equal(json.step_s, 60);
  assert.match(json.until, instant);
  const ahead = Date.parse(json.until) - Date.now();
  assert.ok(ahead > -1000 && ahead <= 60_000, `until is in ${ahead} ms`);
  const sum = (numbers) => numbers.reduce((a, b) => a + b, 0);
  for (const each of json.keys) {
    const name = each.id.slice(-1);
    const key = await gateway.key(name);
    for (const what of ['requests', 'errors', 'tokens']) assert.equal(each[what].length, 60);
    assert.equal(sum(each.requests), key.requests, name);
    assert.equal(sum(each.errors), name === 'c' ? 1 : 0, name);
    assert.equal(sum(each.tokens), tokens[name], name);
  }
  assert.deepEqual(json.keys.map(({ id }) => id), ['sim/a', 'sim/b', 'sim/c']);
  const short = (await gateway.admin('GET', '/api/v1/history?minutes=2')).json;
  assert.equal(short.keys[0].requests.length, 2);
  assert.equal((await gateway.admin('GET', '/api/v1/history?minutes=61')).status, 400);
});

scenario('a key that is gone is gone from the history', async (t) => {
  const { sim, gateway } = await startBoth(t);
  await gateway.chat();
  const ids = async () => (await gateway.admin('GET', '/api/v1/history')).json.keys.length;
  assert.equal(await ids(), 3);
  await gateway.apply(configFor(sim, { keys: sim.keys.slice(1) }));
  await waitFor('the key to be forgotten', async () => (await ids()) === 2);
});

// -- what the file says ---------------------------------------------------------------------------

scenario('settings are what the file says, and a credential is its reference', async (t) => {
  const { sim, gateway } = await startBoth(t, {
    config: { model: 'max_attempts = 3' },
  });
  const { settings, masked } = await gateway.key('a');
  assert.deepEqual(settings, { api_key: masked });
  assert.deepEqual((await gateway.model()).settings, { provider: 'sim', max_attempts: 3 });
  await gateway.admin('PATCH', '/api/v1/keys/sim/a', { weight: 2, rpm: 90 });
  assert.deepEqual((await gateway.key('a')).settings, { api_key: masked, weight: 2, rpm: 90 });
  const file = `${gateway.dir}/secret-of-b`;
  await writeFile(file, `${sim.keys[1].secret}\n`, { mode: 0o600 });
  const text = await readFile(gateway.file, 'utf8');
  await gateway.apply(text.replace(`"${sim.keys[1].secret}"`, `"file:${file}"`));
  assert.deepEqual((await gateway.key('b')).settings, { api_key: `file:${file}` });
});

// -- the dashboard's files ------------------------------------------------------------------------

scenario('the dashboard is served without a token, but not to strangers', async (t) => {
  const { gateway } = await startBoth(t);
  const page = await fetch(gateway.adminUrl);
  assert.equal(page.status, 200);
  assert.equal(page.headers.get('content-type'), 'text/html; charset=utf-8');
  assert.match(await page.text(), /^<!doctype html>/);
  const policy = page.headers.get('content-security-policy');
  for (const part of ["default-src 'none'", "script-src 'self'", "frame-ancestors 'none'"])
    assert.ok(policy.includes(part), part);
  assert.ok(!/unsafe|\*|https?:/.test(policy));
  const tag = page.headers.get('etag');
  const again = await fetch(gateway.adminUrl, { headers: { 'if-none-match': tag } });
  assert.equal(again.status, 304);
  assert.equal(again.headers.get('etag'), tag);
  assert.equal((await fetch(`${gateway.adminUrl}/assets/nothing.js`)).status, 404);
  const socket = await connect(t, gateway.adminPort);
  socket.send('GET / HTTP/1.1\r\nHost: rebound.example\r\n\r\n');
  assert.equal((await socket.response()).status, 403);
});
