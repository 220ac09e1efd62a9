// Two clients, one of which floods: the other is not starved.
import assert from 'node:assert/strict';

import {
  configFor,
  errorOf,
  scenario,
  startGateway,
  startSimulator,
  waitFor,
} from './lib/keywheel.mjs';

const clients = `
[[clients]]
name = "flood"
token = "token-of-flood"

[[clients]]
name = "calm"
token = "token-of-calm"
`;

const as = (client) => ({ headers: { authorization: `Bearer token-of-${client}` } });

/** One key, one call at a time, and the first one takes a second and a half. */
async function startNarrow(t, more = '') {
  const sim = await startSimulator(t, { keys: ['only'] });
  const keys = [{ ...sim.keys[0], max_in_flight: 1 }];
  const gateway = await startGateway(t, configFor(sim, { keys, more: more + clients }));
  await sim.fault('only', { kind: 'latency', delay: '1500ms' });
  const first = gateway.chat('first', {}, as('flood'));
  await waitFor('the first call', async () => (await sim.counts())[0] === 1);
  return { sim, gateway, first };
}

async function stand(gateway, calls, client, count) {
  const before = (await gateway.model()).waiting;
  for (let i = 0; i < count; ++i) calls.push(gateway.chat(`${client} ${i}`, {}, as(client)));
  await gateway.waiting(before + count);
}

scenario('clients take turns, each first come first served', async (t) => {
  const { sim, gateway, first } = await startNarrow(t);
  const calls = [first];
  await stand(gateway, calls, 'flood', 30);
  for (let i = 0; i < 3; ++i) {
    calls.push(gateway.chat(`calm ${i}`, {}, as('calm')));
    await gateway.waiting(31 + i);
  }
  const answers = await Promise.all(calls);
  assert.deepEqual([...new Set(answers.map(({ status }) => status))], [200]);
  const order = (await sim.requests()).map(({ body }) => JSON.parse(body).messages[0].content);
  const calm = order.filter((text) => text.startsWith('calm'));
  assert.deepEqual(calm, ['calm 0', 'calm 1', 'calm 2']);
  // Behind the first there are at most six: three of each.
  assert.ok(order.indexOf('calm 2') <= 6, order.join());
});

scenario('a flood cannot fill the line: its own last call makes room', async (t) => {
  const { gateway, first } = await startNarrow(t, '[waiting_line]\nmax_calls = 8\n');
  const flood = [];
  await stand(gateway, flood, 'flood', 8);
  const tooMuch = await gateway.chat('one too many', {}, as('flood'));
  assert.equal(tooMuch.status, 429);
  assert.equal(errorOf(tooMuch).code, 'waiting_line_full');

  const calm = gateway.chat('calm', {}, as('calm'));
  const answers = await Promise.all([first, calm, ...flood]);
  assert.equal(answers[1].status, 200);
  const refused = answers.filter(({ status }) => status !== 200);
  assert.equal(refused.length, 1);
  assert.equal(errorOf(refused[0]).code, 'waiting_line_full');
});

scenario('a flood of callers: the calm client waits for a turn, not for the flood', async (t) => {
  const sim = await startSimulator(t, { keys: ['a', 'b'], options: { latency: '10ms' } });
  const keys = sim.keys.map((key) => ({ ...key, max_in_flight: 1 }));
  const gateway = await startGateway(t, configFor(sim, { keys, more: clients }));
  let done = false;
  const flooding = Array.from({ length: 40 }, async () => {
    while (!done) assert.equal((await gateway.chat('flood', {}, as('flood'))).status, 200);
  });
  await waitFor('the flood', async () => (await gateway.model()).waiting > 30);
  for (let i = 0; i < 10; ++i) {
    const before = (await sim.counts()).reduce((a, b) => a + b);
    assert.equal((await gateway.chat('calm', {}, as('calm'))).status, 200);
    const served = (await sim.counts()).reduce((a, b) => a + b) - before;
    // Without turns there would be some 38 before it; counting is not done at one instant.
    assert.ok(served < 20, `${served} calls in the meantime`);
  }
  done = true;
  await Promise.all(flooding);
});
