// Budgets of one key: its own are never exceeded, the provider's are learned, tokens are settled.
import assert from 'node:assert/strict';

import {
  ask,
  configFor,
  dialects,
  errorOf,
  scenario,
  startGateway,
  startSimulator,
  waitFor,
} from './lib/keywheel.mjs';

const nobodyWaits = '[waiting_line]\nmax_wait = "0s"';

/** Two keys with these fields in the configuration. */
async function startWith(t, fields, { simulator = {}, more = nobodyWaits } = {}) {
  const sim = await startSimulator(t, { keys: ['a', 'b'], ...simulator });
  const keys = sim.keys.map((key) => ({ ...key, ...fields }));
  return { sim, gateway: await startGateway(t, configFor(sim, { keys, more })) };
}

const times = (count, what) => Promise.all(Array.from({ length: count }, (_, i) => what(i)));

function statuses(answers) {
  const result = {};
  for (const { status } of answers) result[status] = (result[status] ?? 0) + 1;
  return result;
}

// -- our own --------------------------------------------------------------------------------------

for (const [field, number] of [
  ['rpm', 7],
  ['rpd', 9],
])
  scenario(`${field} = ${number}: exactly that many of 50 concurrent calls per key`, async (t) => {
    const { sim, gateway } = await startWith(t, { [field]: number });
    const answers = await times(50, () => gateway.chat());
    assert.deepEqual(statuses(answers), { 200: 2 * number, 429: 50 - 2 * number });
    assert.deepEqual(await sim.counts(), [number, number]);
    const refused = await gateway.chat();
    assert.equal(errorOf(refused).code, 'no_key_available');
    assert.ok(Number(refused.headers.get('retry-after-ms')) > 0);
    assert.equal((await gateway.key('a')).state, 'cooling');
  });

scenario('max_in_flight = 3: never more at once, and all 50 are served', async (t) => {
  const options = { latency: '5ms', jitter: '5ms' };
  const both = await startWith(t, { max_in_flight: 3 }, { simulator: { options }, more: '' });
  const answers = await times(50, () => both.gateway.chat());
  assert.deepEqual(statuses(answers), { 200: 50 });
  assert.deepEqual(await both.sim.counts('max_in_flight'), [3, 3]);
});

scenario('tpm: what is reserved for calls under way is not given away twice', async (t) => {
  // A call asks for 100 tokens and a little more for its prompt: nine fit into 1,000, ten do not.
  const { sim, gateway } = await startWith(t, { tpm: 1000 });
  for (const name of ['a', 'b'])
    await sim.fault(name, { kind: 'latency', delay: '1s', times: -1 });
  const answers = await times(50, () => gateway.chat('hello', { max_tokens: 100 }));
  assert.deepEqual(statuses(answers), { 200: 18, 429: 32 });
  assert.deepEqual(await sim.counts(), [9, 9]);
});

scenario('tpm: what an answer did not use is free again', async (t) => {
  // 800 tokens are reserved for each call, and about ten used.
  const { sim, gateway } = await startWith(t, { tpm: 1000 });
  for (let i = 0; i < 6; ++i) {
    const answer = await gateway.chat('hello', { max_tokens: 800 });
    assert.equal(answer.status, 200, answer.text);
    const name = answer.key.slice('sim/'.length);
    await waitFor('the lease', async () => (await gateway.key(name)).in_flight === 0);
  }
  assert.deepEqual(await sim.counts(), [3, 3]);
});

scenario('a call that budgets hold up waits in line for as long as it takes', async (t) => {
  const { sim, gateway } = await startWith(t, { max_in_flight: 1 }, { more: '' });
  await sim.fault('*', { kind: 'latency', delay: '300ms', times: 2 });
  const answers = await times(4, () => gateway.chat());
  assert.deepEqual(statuses(answers), { 200: 4 });
  assert.deepEqual(await sim.counts('max_in_flight'), [1, 1]);
});

scenario('a refused call counts, an unsent one does not', async (t) => {
  const { sim, gateway } = await startWith(t, { rpm: 2 });
  await sim.fault('a', { status: 429, headers: { 'retry-after-ms': '300' } });
  assert.equal((await gateway.chat()).key, 'sim/b');
  await waitFor('the end of the rest', async () => (await gateway.key('a')).cooldowns.length === 0);
  assert.deepEqual(statuses(await times(10, () => gateway.chat())), { 200: 2, 429: 8 });
  assert.deepEqual(await sim.counts(), [2, 2]);
});

// -- the provider's own ---------------------------------------------------------------------------

for (const name of ['openai', 'anthropic', 'azure'])
  scenario(`${name}: remaining at zero rests the key before it is refused`, async (t) => {
    const dialect = dialects[name];
    const sim = await startSimulator(t, {
      keys: [{ name: 'a', rpm: 3 }, 'b'],
      options: { window: 'fixed', minute: '1h' },
    });
    const gateway = await startGateway(t, configFor(sim, { dialect, more: nobodyWaits }));
    const keys = [];
    for (let i = 0; i < 10; ++i) {
      const answer = await ask(gateway, dialect);
      assert.deepEqual([answer.status, answer.attempts], [200, 1], answer.text);
      keys.push(answer.key);
    }
    assert.deepEqual(await sim.counts(), [3, 7], keys.join());
    assert.deepEqual(await sim.counts('limited'), [0, 0]);
    const { state, cooldowns } = await gateway.key('a');
    assert.equal(state, 'cooling');
    assert.equal(cooldowns.length, 1);
    assert.equal(cooldowns[0].reason, 'rate_limit');
    assert.match(cooldowns[0].source, /ratelimit.*requests/);
  });

scenario('limits that are known are used up, and nobody is refused by them', async (t) => {
  // 30 in 1.5 s each, refilled evenly: 120 calls of 8 callers take several such minutes.
  const sim = await startSimulator(t, {
    keys: [
      { name: 'a', rpm: 30 },
      { name: 'b', rpm: 30 },
    ],
    options: { minute: '1500ms' },
  });
  const gateway = await startGateway(t, configFor(sim));
  let left = 120;
  const caller = async () => {
    while (left-- > 0) assert.equal((await gateway.chat()).status, 200);
  };
  await times(8, caller);
  const { keys } = await sim.stats();
  assert.equal(keys.a.ok + keys.b.ok, 120);
  assert.equal(keys.a.refused_while_cooling + keys.b.refused_while_cooling, 0);
  // Only calls that were under way together before the limit was known may have been refused.
  assert.ok(keys.a.limited + keys.b.limited <= 8, JSON.stringify(keys));
});

// -- tokens ---------------------------------------------------------------------------------------

for (const name of ['openai', 'responses', 'anthropic', 'gemini', 'azure'])
  scenario(`${name}: tokens are settled from the answer's usage, of streams too`, async (t) => {
    const dialect = dialects[name];
    const sim = await startSimulator(t, { keys: ['only'], options: { tokens: 30 } });
    const gateway = await startGateway(t, configFor(sim, { dialect }));
    const tokens = async () => {
      const key = await waitFor('the lease', async () => {
        const is = await gateway.key('only');
        return is.in_flight === 0 && is;
      });
      return [key.input_tokens, key.output_tokens];
    };
    const plain = await ask(gateway, dialect, 'how many tokens is that?');
    const [input, output] = dialect.usageOf(plain.json);
    assert.ok(input > 0 && output >= 30, plain.text);
    assert.deepEqual(await tokens(), [input, output]);
    const streamed = await ask(gateway, dialect, 'how many tokens is that?', { stream: true });
    assert.equal(streamed.status, 200);
    const [more, longer] = (await tokens()).map((sum, i) => sum - [input, output][i]);
    assert.equal(more, input);
    assert.equal(longer, output);
  });
