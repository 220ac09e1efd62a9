// What a provider's refusal does to the call, and to the key.
import assert from 'node:assert/strict';
import net from 'node:net';
import { once } from 'node:events';

import {
  configFor,
  errorOf,
  scenario,
  startBoth,
  startGateway,
  startSimulator,
  waitFor,
} from './lib/keywheel.mjs';

const two = { keys: ['a', 'b'] };

/** Has key a refuse one call with `headers`, and returns the cooldown that came of it. */
async function cooldownAfter(t, headers, config) {
  const { sim, gateway } = await startBoth(t, { simulator: two, config });
  await sim.fault('a', { status: 429, headers });
  const answer = await gateway.chat();
  assert.equal(answer.status, 200);
  assert.equal(answer.attempts, 2);
  assert.equal(answer.key, 'sim/b');
  const key = await gateway.key('a');
  assert.equal(key.state, 'cooling');
  assert.equal(key.cooldowns.length, 1);
  const [cooldown] = key.cooldowns;
  assert.equal(cooldown.reason, 'rate_limit');
  assert.equal(cooldown.model, 'gpt-4o');
  assert.equal(cooldown.scope, 'key_model');
  const rest = Date.parse(cooldown.until) - Date.now();
  assert.ok(Math.abs(rest - cooldown.remaining_ms) < 30_000, `until ${cooldown.until}`);
  return cooldown;
}

/**
 * The rest is the one that was named, with up to a second more (so that keys do not return in
 * step), less what has gone by: not half a minute.
 */
function assertRest({ remaining_ms: rest }, seconds) {
  assert.ok(
    rest <= (seconds + 1) * 1000 && rest > (seconds - 30) * 1000,
    `${rest} ms of ${seconds} s`,
  );
}

scenario('retry-after in seconds', async (t) => {
  const cooldown = await cooldownAfter(t, { 'retry-after': '120' });
  assert.equal(cooldown.source, 'retry-after');
  assertRest(cooldown, 120);
});

scenario('retry-after in fractional seconds', async (t) => {
  const cooldown = await cooldownAfter(t, { 'retry-after': '100.5' });
  assert.equal(cooldown.source, 'retry-after');
  assertRest(cooldown, 100.5);
});

scenario('retry-after as a date', async (t) => {
  const cooldown = await cooldownAfter(t, {
    'retry-after': new Date(Date.now() + 200_000).toUTCString(),
  });
  assert.equal(cooldown.source, 'retry-after');
  assertRest(cooldown, 200);
});

scenario('retry-after-ms wins over retry-after', async (t) => {
  const cooldown = await cooldownAfter(t, { 'retry-after': '600', 'retry-after-ms': '90000' });
  assert.equal(cooldown.source, 'retry-after-ms');
  assertRest(cooldown, 90);
});

scenario('no hint: a minute', async (t) => {
  const cooldown = await cooldownAfter(t, {});
  assert.equal(cooldown.source, 'default');
  assertRest(cooldown, 60);
});

scenario('no hint: what the configuration says', async (t) => {
  assertRest(await cooldownAfter(t, {}, { more: '[cooldown]\nrate_limit = "45s"' }), 45);
});

scenario('a hint beyond cooldown.max is clamped', async (t) => {
  const cooldown = await cooldownAfter(
    t,
    { 'retry-after': '86400' },
    { more: '[cooldown]\nmax = "10m"' },
  );
  assertRest(cooldown, 600);
});

scenario('use_hints = false: the configuration alone', async (t) => {
  const more = '[cooldown]\nuse_hints = false\nrate_limit = "50s"';
  assertRest(await cooldownAfter(t, { 'retry-after': '300' }, { more }), 50);
});

scenario('a rest that is over ends: the key has its turn again', async (t) => {
  const { sim, gateway } = await startBoth(t, { simulator: two });
  await sim.fault('a', { status: 429, headers: { 'retry-after-ms': '300' } });
  assert.equal((await gateway.chat()).key, 'sim/b');
  await waitFor('the end of the rest', async () => (await gateway.key('a')).state === 'available');
  const keys = [(await gateway.chat()).key, (await gateway.chat()).key].sort();
  assert.deepEqual(keys, ['sim/a', 'sim/b']);
});

scenario('invariant 5: a cooldown never gets shorter by a signal', async (t) => {
  const { sim, gateway } = await startBoth(t, { simulator: two });
  // Both calls are with key a when it says, seconds later, first 300 and then 5.
  await sim.fault('a', { status: 429, headers: { 'retry-after': '300' }, delay: '2s' });
  await sim.fault('a', { status: 429, headers: { 'retry-after': '5' }, delay: '4s' });
  const first = gateway.chat('first');
  await waitFor('the first call', async () => (await sim.counts())[0] === 1);
  assert.equal((await gateway.chat('between')).key, 'sim/b');
  const second = gateway.chat('second');
  await waitFor('the second call', async () => (await sim.counts())[0] === 2);
  const answers = [await first, await second];
  assert.deepEqual(
    answers.map(({ key }) => key),
    ['sim/b', 'sim/b'],
  );
  const { cooldowns } = await gateway.key('a');
  assert.equal(cooldowns.length, 1);
  assertRest(cooldowns[0], 300);
});

// -- keys that are rejected ---------------------------------------------------------------------

scenario('401: the key is rejected for half a minute, or until a person resets it', async (t) => {
  const { sim, gateway } = await startBoth(t, { simulator: two });
  await sim.fault('a', { status: 401 });
  const answer = await gateway.chat();
  assert.equal(answer.status, 200);
  assert.equal(answer.attempts, 2);
  const { state, cooldowns } = await gateway.key('a');
  assert.equal(state, 'rejected');
  assert.equal(cooldowns.length, 1);
  assert.equal(cooldowns[0].scope, 'key');
  assert.equal(cooldowns[0].reason, 'credential');
  assertRest(cooldowns[0], 30);
  for (let i = 0; i < 4; ++i) assert.equal((await gateway.chat()).key, 'sim/b');
  assert.deepEqual(await sim.counts(), [1, 5]);

  assert.equal((await gateway.admin('POST', '/api/v1/keys/sim/a/reset')).status, 200);
  assert.equal((await gateway.key('a')).state, 'available');
  const keys = [(await gateway.chat()).key, (await gateway.chat()).key].sort();
  assert.deepEqual(keys, ['sim/a', 'sim/b']);
});

scenario('403 that says no more: the key rests for this model, an hour', async (t) => {
  const { sim, gateway } = await startBoth(t, {
    simulator: two,
    config: { more: '[models.other]\nprovider = "sim"' },
  });
  await sim.fault('a', { status: 403, body: '{}' });
  const answer = await gateway.chat();
  assert.equal(answer.status, 200);
  assert.equal(answer.attempts, 2);
  const { state, cooldowns } = await gateway.key('a');
  assert.equal(state, 'cooling');
  assert.equal(cooldowns.length, 1);
  assert.equal(cooldowns[0].scope, 'key_model');
  assert.equal(cooldowns[0].model, 'gpt-4o');
  assert.equal(cooldowns[0].reason, 'permission');
  assertRest(cooldowns[0], 3600);
  const other = async () => (await gateway.chat('hello', { model: 'other' })).key;
  assert.deepEqual([await other(), await other()].sort(), ['sim/a', 'sim/b']);
});

scenario('a rejected key is back when its secret has changed, and only then', async (t) => {
  const sim = await startSimulator(t, two);
  const wrong = { ...sim.keys[0], secret: 'sk-e2e-mistyped' };
  const gateway = await startGateway(t, configFor(sim, { keys: [wrong, sim.keys[1]] }));
  assert.equal((await gateway.chat()).key, 'sim/b');
  assert.equal((await gateway.key('a')).state, 'rejected');

  await gateway.apply(
    configFor(sim, { keys: [sim.keys[1], wrong], server: 'request_timeout = "500s"' }),
  );
  assert.equal((await gateway.key('a')).state, 'rejected');
  await gateway.apply(configFor(sim));
  assert.equal((await gateway.key('a')).state, 'available');
  const keys = [(await gateway.chat()).key, (await gateway.chat()).key].sort();
  assert.deepEqual(keys, ['sim/a', 'sim/b']);
});

scenario('every key rejected: 502 key_rejected, never a bare 401', async (t) => {
  const { sim, gateway } = await startBoth(t, { simulator: two });
  await sim.fault('*', { status: 401, times: -1 }); // in words that leave no doubt
  for (let i = 0; i < 2; ++i) {
    const answer = await gateway.chat();
    assert.equal(answer.status, 502);
    assert.equal(errorOf(answer).code, 'key_rejected');
    assert.equal(answer.headers.get('x-should-retry'), 'false');
  }
  assert.deepEqual(await sim.counts(), [1, 1]);
});

// -- what is passed on, and what is not replayed ------------------------------------------------

scenario('a refused connection: the next key', async (t) => {
  const sim = await startSimulator(t, two);
  const server = net.createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  await new Promise((done) => server.close(done)); // now nobody listens there
  const keys = [{ ...sim.keys[0], base_url: `http://127.0.0.1:${port}/v1` }, sim.keys[1]];
  const gateway = await startGateway(t, configFor(sim, { keys }));
  const answer = await gateway.chat();
  assert.equal(answer.status, 200);
  assert.equal(answer.key, 'sim/b');
  assert.equal(answer.attempts, 2);

  await gateway.apply(configFor(sim, { keys: [keys[0]] }));
  const alone = await gateway.chat();
  assert.equal(alone.status, 502);
  assert.equal(errorOf(alone).code, 'upstream_unreachable');
});

for (const status of [400, 404, 409, 422]) {
  scenario(`${status} is passed on byte for byte, and costs no other key anything`, async (t) => {
    const { sim, gateway } = await startBoth(t, { simulator: two });
    const body = ` {"error" : {"message":"sorry ${status}\\u0021"} }\n`;
    const headers = { 'x-from-provider': 'yes', 'content-type': 'application/problem+json' };
    await sim.fault('*', { status, body, headers });
    const answer = await gateway.chat();
    assert.equal(answer.status, status);
    assert.equal(answer.text, body);
    assert.equal(answer.headers.get('x-from-provider'), 'yes');
    assert.equal(answer.headers.get('content-type'), 'application/problem+json');
    assert.equal(answer.key, 'sim/a');
    assert.equal(answer.attempts, 1);
    assert.deepEqual(await sim.counts(), [1, 0]);
    assert.deepEqual((await gateway.key('a')).cooldowns, []);
  });
}

scenario('500 on two keys: the request is at fault, and gets the second answer', async (t) => {
  const { sim, gateway } = await startBoth(t);
  const body = ' {"error" : {"message":"sorry\\u0021"} }\n';
  const headers = { 'x-from-provider': 'yes', 'content-type': 'application/problem+json' };
  await sim.fault('*', { status: 500, body, headers, times: -1 });
  const answer = await gateway.chat();
  assert.equal(answer.status, 500);
  assert.equal(answer.text, body);
  assert.equal(answer.headers.get('x-from-provider'), 'yes');
  assert.equal(answer.headers.get('content-type'), 'application/problem+json');
  assert.equal(answer.attempts, 2);
  assert.deepEqual(await sim.counts(), [1, 1, 0]);
  for (const { name } of sim.keys) assert.deepEqual((await gateway.key(name)).cooldowns, []);
});

scenario('500 on one key: the next one answers', async (t) => {
  const { sim, gateway } = await startBoth(t, { simulator: two });
  await sim.fault('a', { status: 500 });
  const answer = await gateway.chat();
  assert.deepEqual([answer.status, answer.key, answer.attempts], [200, 'sim/b', 2]);
  assert.deepEqual((await gateway.key('a')).cooldowns, []); // once is not enough to rest
});

scenario('503: no key is to blame, the model rests, the call waits for the probe', async (t) => {
  const { sim, gateway } = await startBoth(t, { simulator: two });
  await sim.fault('*', { status: 503, headers: { 'retry-after': '2' } });
  const call = gateway.chat();
  const [cooldown] = await waitFor('the rest', async () => {
    const { cooldowns } = await gateway.model();
    return cooldowns.length > 0 && cooldowns;
  });
  assert.equal(cooldown.scope, 'provider_model');
  assert.equal(cooldown.reason, 'overload');
  assert.equal(cooldown.source, 'retry-after');
  for (const { name } of sim.keys) assert.deepEqual((await gateway.key(name)).cooldowns, []);
  const answer = await call;
  assert.deepEqual([answer.status, answer.attempts], [200, 2]);
  assert.deepEqual((await gateway.model()).cooldowns, []);
});

for (const warm of [false, true]) {
  const where = warm ? 'a connection that was used before' : 'a new connection';
  scenario(`invariant 7: sent but not answered is not replayed, on ${where}`, async (t) => {
    const { sim, gateway } = await startBoth(t, { simulator: two });
    if (warm) for (let i = 0; i < 2; ++i) assert.equal((await gateway.chat()).status, 200);
    await sim.clearRequests();
    await sim.fault('*', { kind: 'close' });
    const answer = await gateway.chat('once only');
    assert.equal(answer.status, 502);
    assert.match(errorOf(answer).code, /^upstream_/);
    const seen = await sim.requests();
    assert.equal(seen.length, 1, `${seen.length} requests seen upstream`);
    assert.equal((await gateway.chat()).status, 200); // the key is as good as before
  });
}

scenario('invariant 8: one bad request costs at most one key', async (t) => {
  const { sim, gateway } = await startBoth(t);
  await sim.fault('*', { kind: 'reset', times: 5 });
  assert.equal((await gateway.chat()).status, 502);
  const states = (await gateway.admin('GET', '/api/v1/keys')).json.keys.map(({ state }) => state);
  assert.ok(states.filter((state) => state !== 'available').length <= 1, states.join());
  assert.equal(
    (await sim.counts()).reduce((a, b) => a + b),
    1,
  );
});
