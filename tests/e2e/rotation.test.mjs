// Whose turn it is, and what of the request reaches the key.
import assert from 'node:assert/strict';

import {
  chatPath,
  configFor,
  scenario,
  startBoth,
  startGateway,
  startSimulator,
} from './lib/keywheel.mjs';

const names = ['a', 'b', 'c', 'd', 'e'];

function tally(answers) {
  const result = {};
  for (const { key } of answers) result[key] = (result[key] ?? 0) + 1;
  return result;
}

scenario('invariant 3: round robin is exact, one call after the other', async (t) => {
  const { gateway } = await startBoth(t, { simulator: { keys: names } });
  const order = [];
  for (let i = 0; i < 25; ++i) {
    const answer = await gateway.chat(`call ${i}`);
    assert.equal(answer.status, 200);
    order.push(answer.key);
  }
  assert.deepEqual(
    order,
    [0, 1, 2, 3, 4].flatMap(() => names.map((name) => `sim/${name}`)),
  );
});

scenario('invariant 3: round robin is exact for 64 callers at once', async (t) => {
  const { sim, gateway } = await startBoth(t, {
    simulator: { keys: names, options: { jitter: '5ms' } },
  });
  const answers = [];
  const caller = async () => {
    for (let i = 0; i < 10; ++i) answers.push(await gateway.chat());
  };
  await Promise.all(Array.from({ length: 64 }, caller));
  assert.deepEqual([...new Set(answers.map(({ status }) => status))], [200]);
  assert.deepEqual(await sim.counts('ok'), [128, 128, 128, 128, 128]);
  assert.deepEqual(Object.values(tally(answers)), [128, 128, 128, 128, 128]);
});

scenario('invariant 2: one healthy key left and 64 callers at once', async (t) => {
  const { sim, gateway } = await startBoth(t, { simulator: { keys: names } });
  for (const name of names.slice(1))
    await sim.fault(name, { status: 429, times: -1, headers: { 'retry-after': '300' } });
  const answers = await Promise.all(
    Array.from({ length: 64 }, (_, i) => gateway.chat(`call ${i}`)),
  );
  assert.deepEqual(tally(answers), { 'sim/a': 64 });
  assert.deepEqual([...new Set(answers.map(({ status }) => status))], [200]);
  // Whoever was told "rate limit" went on; nobody tried a key twice.
  assert.ok(answers.every(({ attempts }) => attempts >= 1 && attempts <= names.length));

  // Invariant 1: from now on nobody asks the others at all.
  const before = await sim.counts();
  const more = await Promise.all(Array.from({ length: 64 }, () => gateway.chat()));
  assert.ok(more.every(({ status, attempts }) => status === 200 && attempts === 1));
  assert.deepEqual(await sim.counts(), [before[0] + 64, ...before.slice(1)]);
});

scenario(
  'invariant 2: one healthy key that takes one call at a time serves 64 callers',
  async (t) => {
    const sim = await startSimulator(t, { keys: ['a', 'b'] });
    const keys = [
      { ...sim.keys[0], max_in_flight: 1 },
      { ...sim.keys[1], enabled: false },
    ];
    const gateway = await startGateway(t, configFor(sim, { keys }));
    const answers = await Promise.all(Array.from({ length: 64 }, () => gateway.chat()));
    assert.deepEqual(tally(answers), { 'sim/a': 64 });
    assert.ok(answers.every(({ status }) => status === 200));
    assert.equal((await sim.stats()).keys.a.max_in_flight, 1);
  },
);

scenario('a disabled key has no turn', async (t) => {
  const sim = await startSimulator(t);
  const keys = sim.keys.map((key) => ({ ...key, enabled: key.name !== 'b' }));
  const gateway = await startGateway(t, configFor(sim, { keys }));
  const order = [];
  for (let i = 0; i < 6; ++i) order.push((await gateway.chat()).key);
  assert.deepEqual(order, ['sim/a', 'sim/c', 'sim/a', 'sim/c', 'sim/a', 'sim/c']);
});

scenario('a key has a turn only for the models that it serves', async (t) => {
  const sim = await startSimulator(t);
  const keys = [
    sim.keys[0],
    { ...sim.keys[1], models: ['other'] },
    { ...sim.keys[2], models: ['gpt-*'] },
  ];
  const gateway = await startGateway(
    t,
    configFor(sim, { keys, more: '[models.other]\nprovider = "sim"' }),
  );
  const order = async (model) => {
    const result = [];
    for (let i = 0; i < 4; ++i) result.push((await gateway.chat('hello', { model })).key);
    return result;
  };
  assert.deepEqual(await order('gpt-4o'), ['sim/a', 'sim/c', 'sim/a', 'sim/c']);
  assert.deepEqual(await order('other'), ['sim/a', 'sim/b', 'sim/a', 'sim/b']);
});

// -- names --------------------------------------------------------------------------------------

// Odd, but JSON; and "model" is there in places where it does not count.
const oddBody = (model) =>
  `{ "messages" : [ {"role":"user", "content":"\\u0068i \\"model\\": \\"x\\" \u{1F680}", "model":"not me"} ],\r\n` +
  `\t"n" : 1.0e0 ,"model":${model} , "tools":[], "metadata":{"model":"nor me"}   }\n`;

scenario('a body goes on byte for byte', async (t) => {
  const { sim, gateway } = await startBoth(t);
  const body = oddBody(' "gpt-4o"');
  assert.equal((await gateway.post(chatPath, body)).status, 200);
  const [seen] = await sim.requests();
  assert.equal(seen.body, body);
  assert.equal(seen.target, chatPath);
});

scenario('an alias is replaced in place, and nothing else', async (t) => {
  const { sim, gateway } = await startBoth(t, {
    config: { model: 'upstream_model = "gpt-4o-2024-11-20"' },
  });
  assert.equal((await gateway.post(chatPath, oddBody(' "gpt\\u002d4o"'))).status, 200);
  const [seen] = await sim.requests();
  assert.equal(seen.body, oddBody(' "gpt-4o-2024-11-20"'));
});

scenario("a key's own deployment name and endpoint win over the model's", async (t) => {
  const [one, other] = [
    await startSimulator(t, { keys: ['a'] }),
    await startSimulator(t, { keys: ['b'] }),
  ];
  const keys = [
    one.keys[0],
    { ...other.keys[0], base_url: `${other.url}/v1`, upstream_model: 'gpt4o-eu "1"' },
  ];
  const gateway = await startGateway(
    t,
    configFor(one, { keys, model: 'upstream_model = "gpt-4o-new"' }),
  );
  assert.equal((await gateway.chat()).key, 'sim/a');
  assert.equal((await gateway.chat()).key, 'sim/b');
  assert.equal(JSON.parse((await one.requests())[0].body).model, 'gpt-4o-new');
  assert.equal(JSON.parse((await other.requests())[0].body).model, 'gpt4o-eu "1"');
});

scenario('a pattern serves every name that fits, each with a rotation of its own', async (t) => {
  const { sim, gateway } = await startBoth(t, {
    config: { more: '[models."embed-*"]\nprovider = "sim"' },
  });
  const embed = async (model) =>
    (await gateway.post('/v1/embeddings', { model, input: 'x', dimensions: 2 })).headers.get(
      'x-keywheel-key',
    );
  assert.equal(await embed('embed-1'), 'sim/a');
  assert.equal(await embed('embed-1'), 'sim/b');
  assert.equal(await embed('embed-2'), 'sim/a');
  assert.deepEqual(
    (await sim.requests()).map(({ body }) => JSON.parse(body).model),
    ['embed-1', 'embed-1', 'embed-2'],
  );
});
