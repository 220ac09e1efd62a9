// How a key is chosen among those that are free.
import assert from 'node:assert/strict';

import { configFor, scenario, startGateway, startSimulator, waitFor } from './lib/keywheel.mjs';

/** A gateway with `model` in the model's table, and these fields for the keys a, b, c. */
async function startWith(t, model, fields = [{}, {}, {}]) {
  const sim = await startSimulator(t);
  const keys = sim.keys.map((key, i) => ({ ...key, ...fields[i] }));
  return { sim, gateway: await startGateway(t, configFor(sim, { keys, model })) };
}

async function keysOf(gateway, count, text = () => 'hello') {
  const result = [];
  for (let i = 0; i < count; ++i) result.push((await gateway.chat(text(i))).key.slice(4));
  return result.join('');
}

scenario('weighted: shares are exact, and spread evenly', async (t) => {
  const { sim, gateway } = await startWith(t, 'strategy = "weighted"', [
    { weight: 3 },
    { weight: 1 },
    { weight: 1 },
  ]);
  const order = await keysOf(gateway, 50);
  assert.deepEqual(await sim.counts(), [30, 10, 10]);
  assert.ok(!order.includes('aaaa'), order);
  for (let i = 0; i < 50; i += 5)
    assert.equal([...order.slice(i, i + 5)].sort().join(''), 'aaabc', order);
});

scenario('weighted: shares are exact for 50 callers at once', async (t) => {
  const { sim, gateway } = await startWith(t, 'strategy = "weighted"', [
    { weight: 7 },
    { weight: 2 },
    { weight: 1 },
  ]);
  await Promise.all(Array.from({ length: 50 }, () => gateway.chat()));
  assert.deepEqual(await sim.counts(), [35, 10, 5]);
});

scenario('fill_first: the first key that is free', async (t) => {
  const { sim, gateway } = await startWith(t, 'strategy = "fill_first"');
  assert.equal(await keysOf(gateway, 5), 'aaaaa');
  await sim.fault('a', { status: 429, headers: { 'retry-after': '300' } });
  assert.equal(await keysOf(gateway, 4), 'bbbb');
  await gateway.admin('POST', '/api/v1/keys/sim/a/reset');
  assert.equal(await keysOf(gateway, 2), 'aa');
  assert.deepEqual(await sim.counts(), [8, 4, 0]);
});

scenario('fill_first: what does not fit spills over', async (t) => {
  const caps = [{ max_in_flight: 2 }, { max_in_flight: 2 }, {}];
  const { sim, gateway } = await startWith(t, 'strategy = "fill_first"', caps);
  await sim.fault('*', { kind: 'latency', delay: '500ms', times: 7 });
  await Promise.all(Array.from({ length: 7 }, () => gateway.chat()));
  assert.deepEqual(await sim.counts(), [2, 2, 3]);
});

scenario('least_in_flight: the least busy', async (t) => {
  const { sim, gateway } = await startWith(t, 'strategy = "least_in_flight"');
  await sim.fault('a', { kind: 'never_answer', times: -1 });
  await sim.fault('b', { kind: 'never_answer', times: -1 });
  const left = new AbortController();
  const stuck = [];
  // Whatever goes to a or b stays there: they get one each, c the rest.
  for (let i = 0; i < 2; ++i) {
    stuck.push(gateway.chat('stuck', {}, { signal: left.signal }));
    await waitFor('it', async () => {
      const [a, b] = await sim.counts('in_flight');
      return a + b === i + 1;
    });
  }
  assert.deepEqual(await sim.counts('in_flight'), [1, 1, 0]);
  assert.equal(await keysOf(gateway, 6), 'cccccc');
  left.abort();
  await Promise.allSettled(stuck);
});

scenario('sticky: prompts that begin alike go to the same key', async (t) => {
  const { sim, gateway } = await startWith(t, 'sticky = true');
  const long = (i) => `${i}: ${'the same long beginning of a prompt '.repeat(40)}`;
  const favourites = await keysOf(gateway, 24, long);
  assert.ok(new Set(favourites).size === 3, favourites); // many prompts use all keys
  assert.equal(await keysOf(gateway, 24, long), favourites);
  assert.equal(await keysOf(gateway, 24, (i) => `${long(i)} and another end ${i}`), favourites);

  // While the favourite rests another serves, and its own come back to it afterwards.
  const i = favourites.indexOf('a');
  await sim.fault('a', { status: 429, headers: { 'retry-after': '300' } });
  const [instead] = await keysOf(gateway, 1, () => long(i));
  assert.notEqual(instead, 'a');
  assert.equal(await keysOf(gateway, 2, () => long(i)), instead + instead);
  await gateway.admin('POST', '/api/v1/keys/sim/a/reset');
  assert.equal(await keysOf(gateway, 24, long), favourites);
});
