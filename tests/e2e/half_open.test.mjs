// When a rest is over one live call probes; the others wait or go elsewhere.
import assert from 'node:assert/strict';

import {
  chatBody,
  chatPath,
  connect,
  postRequest,
  scenario,
  startBoth,
  waitFor,
} from './lib/keywheel.mjs';

const times = (count, what) => Promise.all(Array.from({ length: count }, (_, i) => what(i)));

/** Key a rests for `ms`, key b serves; resolves when the rest is over. */
async function rested(t, ms, config) {
  const both = await startBoth(t, { simulator: { keys: ['a', 'b'] }, config });
  await both.sim.fault('a', { status: 429, headers: { 'retry-after-ms': String(ms) } });
  assert.equal((await both.gateway.chat()).key, 'sim/b');
  await waitFor('the end', async () => (await both.gateway.key('a')).state === 'available');
  return both;
}

scenario('one call probes, the others go elsewhere until it has succeeded', async (t) => {
  const { sim, gateway } = await rested(t, 300);
  await sim.fault('a', { kind: 'latency', delay: '1s' });
  const [before] = await sim.counts();
  const answers = await times(20, () => gateway.chat());
  assert.deepEqual([...new Set(answers.map(({ status }) => status))], [200]);
  assert.equal((await sim.counts())[0], before + 1);
  assert.equal(answers.filter(({ key }) => key === 'sim/a').length, 1);
  assert.deepEqual((await gateway.key('a')).cooldowns, []);
  const keys = [(await gateway.chat()).key, (await gateway.chat()).key].sort();
  assert.deepEqual(keys, ['sim/a', 'sim/b']);
});

scenario('while the probe is under way the admin API says so', async (t) => {
  const { sim, gateway } = await rested(t, 300);
  await sim.fault('a', { kind: 'latency', delay: '1s' });
  const calls = times(2, () => gateway.chat());
  const [rest] = await waitFor('the probe', async () => {
    const { cooldowns } = await gateway.key('a');
    return cooldowns.some(({ probing }) => probing) && cooldowns;
  });
  assert.deepEqual([rest.scope, rest.reason, rest.remaining_ms], ['key_model', 'rate_limit', 0]);
  await calls;
});

scenario('a probe that fails doubles the rest; one that succeeds begins anew', async (t) => {
  const more = '[cooldown]\nrate_limit = "500ms"\n[waiting_line]\nmax_wait = "0s"';
  const { sim, gateway } = await startBoth(t, { simulator: { keys: ['a'] }, config: { more } });
  const refusedFor = async () => {
    assert.equal((await gateway.chat()).status, 429);
    const [{ until, source }] = (await gateway.key('a')).cooldowns;
    assert.equal(source, 'default');
    return Date.parse(until) - Date.now();
  };
  const over = () =>
    waitFor('the end of the rest', async () => (await gateway.key('a')).state === 'available');

  await sim.fault('a', { status: 429, times: 3, body: '{}' });
  for (const most of [500, 1000, 2000]) {
    const ms = await refusedFor();
    assert.ok(ms > most / 2 && ms <= most * 1.1 + 5, `${ms} ms for ${most}`);
    await over();
  }
  assert.equal((await gateway.chat()).status, 200);
  assert.deepEqual((await gateway.key('a')).cooldowns, []);
  await sim.fault('a', { status: 429, body: '{}' });
  const ms = await refusedFor();
  assert.ok(ms <= 555, `${ms} ms`);
  assert.equal((await sim.counts())[0], 5);
});

scenario('a probe whose client leaves: the next call probes', async (t) => {
  const { sim, gateway } = await rested(t, 300);
  await sim.fault('a', { kind: 'never_answer' });
  const clients = [await connect(t, gateway.port), await connect(t, gateway.port)];
  for (const client of clients) client.send(postRequest(chatPath, chatBody('leaves')));
  await waitFor('the probe', async () => (await sim.counts('in_flight'))[0] === 1);
  for (const client of clients) client.leave(); // one of the two is the probe, b has the other
  await waitFor('the lease', async () => (await gateway.key('a')).in_flight === 0);
  const keys = await times(4, async () => (await gateway.chat()).key);
  assert.ok(keys.includes('sim/a'), keys.join());
  assert.deepEqual((await gateway.key('a')).cooldowns, []);
});

scenario('an overloaded model: one probe, all others wait for it', async (t) => {
  const { sim, gateway } = await startBoth(t, { simulator: { keys: ['a', 'b', 'c'] } });
  await sim.act({ do: 'overload', model: 'gpt-4o' });
  const calls = [gateway.chat()];
  await waitFor('the rest', async () => (await gateway.model()).cooldowns.length === 1);
  for (let i = 0; i < 9; ++i) calls.push(gateway.chat());
  await gateway.waiting(10);
  await sim.act({ do: 'recover', model: 'gpt-4o' });
  await sim.fault('*', { kind: 'latency', delay: '700ms' });
  const sum = async (counter) => (await sim.counts(counter)).reduce((a, b) => a + b);
  const before = await sum('requests');
  await waitFor('the probe', async () => (await sum('in_flight')) > 0);
  assert.equal(await sum('requests'), before + 1);
  assert.equal((await gateway.model()).waiting, 9);
  const answers = await Promise.all(calls);
  assert.deepEqual([...new Set(answers.map(({ status }) => status))], [200]);
});

scenario('an overload that goes on: the rests grow, and few calls are wasted', async (t) => {
  const { sim, gateway } = await startBoth(t, { simulator: { keys: ['a', 'b', 'c'] } });
  await sim.act({ do: 'overload', model: 'gpt-4o' });
  const calls = times(30, () => gateway.chat());
  // One second, then two: the third probe is due after three seconds and a little.
  await waitFor('the third probe', async () => {
    const all = (await sim.counts('refused')).reduce((a, b) => a + b);
    return all >= 32 || (await gateway.model()).cooldowns[0]?.remaining_ms > 3000;
  });
  // The first 30 may have been under way together; after that it was one at a time.
  const refused = (await sim.counts('refused')).reduce((a, b) => a + b);
  assert.ok(refused <= 33, `${refused} refused`);
  await sim.act({ do: 'recover', model: 'gpt-4o' });
  const answers = await calls;
  assert.ok(answers.every(({ status }) => status === 200 || status === 503));
});
