// Keys that share a limit: by configuration, or because the provider names the same organisation.
import assert from 'node:assert/strict';

import {
  ask,
  configFor,
  dialects,
  scenario,
  startGateway,
  startSimulator,
  waitFor,
} from './lib/keywheel.mjs';

const nobodyWaits = '[waiting_line]\nmax_wait = "0s"';
const times = (count, what) => Promise.all(Array.from({ length: count }, (_, i) => what(i)));

function statuses(answers) {
  const result = {};
  for (const { status } of answers) result[status] = (result[status] ?? 0) + 1;
  return result;
}

/** Keys a and b in the group "org-1" with these budgets, c outside. */
async function startGrouped(t, budgets, { options, more = nobodyWaits } = {}) {
  const sim = await startSimulator(t, { options });
  const [a, b, c] = sim.keys;
  const group = { quota_group: 'org-1' };
  const keys = [{ ...a, ...group }, { ...b, ...group }, c];
  const table = [
    '[providers.sim.quota_groups.org-1]',
    ...Object.entries(budgets).map(([name, value]) => `${name} = ${value}`),
  ];
  const toml = configFor(sim, { keys, more: [...table, more].join('\n') });
  return { sim, gateway: await startGateway(t, toml) };
}

// -- budgets --------------------------------------------------------------------------------------

for (const [field, number] of [
  ['rpm', 11],
  ['rpd', 13],
])
  scenario(`a group's ${field} = ${number} is exact for 50 concurrent calls`, async (t) => {
    const { sim, gateway } = await startGrouped(t, { [field]: number });
    const off = await gateway.admin('PATCH', '/api/v1/keys/sim/c', { enabled: false });
    assert.equal(off.status, 200);
    // One after the other, so that both keys draw on it; which of 50 at once gets what is left is open.
    const first = [await gateway.chat(), await gateway.chat()];
    assert.deepEqual(first.map(({ key }) => key).sort(), ['sim/a', 'sim/b']);
    const answers = await times(50, () => gateway.chat());
    assert.deepEqual(statuses([...first, ...answers]), { 200: number, 429: 52 - number });
    const [a, b] = await sim.counts();
    assert.equal(a + b, number);
  });

scenario("a group's max_in_flight = 3 is exact, and all 50 are served", async (t) => {
  const options = { latency: '10ms' };
  const { sim, gateway } = await startGrouped(t, { max_in_flight: 3 }, { options, more: '' });
  const watch = setInterval(() => seen.push(sim.counts('in_flight')), 5);
  const seen = [];
  const answers = await times(50, () => gateway.chat());
  clearInterval(watch);
  assert.deepEqual(statuses(answers), { 200: 50 });
  for (const [a, b] of await Promise.all(seen)) assert.ok(a + b <= 3, `${a} + ${b} at once`);
  assert.ok((await sim.counts('max_in_flight'))[0] <= 3);
});

scenario("a group's tpm holds what calls under way may use", async (t) => {
  const { sim, gateway } = await startGrouped(t, { tpm: 1000 });
  await gateway.admin('PATCH', '/api/v1/keys/sim/c', { enabled: false });
  await sim.fault('*', { kind: 'latency', delay: '1s', times: -1 });
  const answers = await times(50, () => gateway.chat('hello', { max_tokens: 100 }));
  assert.deepEqual(statuses(answers), { 200: 9, 429: 41 }); // with the prompt, ten do not fit
});

// -- rests ----------------------------------------------------------------------------------------

scenario('configured: one key is refused, its group rests, the others serve', async (t) => {
  const { sim, gateway } = await startGrouped(t, {});
  await sim.fault('a', { status: 429, headers: { 'retry-after': '300' } });
  const answer = await gateway.chat();
  assert.deepEqual([answer.status, answer.key, answer.attempts], [200, 'sim/c', 2]);
  for (let i = 0; i < 4; ++i) assert.equal((await gateway.chat()).key, 'sim/c');
  assert.deepEqual(await sim.counts(), [1, 0, 5]);
  for (const name of ['a', 'b']) {
    const { state, quota_group: group } = await gateway.key(name);
    assert.deepEqual([state, group], ['cooling', 'org-1']);
  }
});

for (const name of ['openai', 'anthropic'])
  scenario(`${name}: found by organisation: keys that share a limit rest together`, async (t) => {
    const dialect = dialects[name];
    const sim = await startSimulator(t, {
      organizations: [{ name: 'org-1', rpm: 1000 }],
      keys: [{ name: 'a', organization: 'org-1' }, { name: 'b', organization: 'org-1' }, 'c'],
    });
    const gateway = await startGateway(t, configFor(sim, { dialect, more: nobodyWaits }));
    for (let i = 0; i < 3; ++i) assert.equal((await ask(gateway, dialect)).status, 200);
    await waitFor('the group', async () => {
      const [a, b] = [await gateway.key('a'), await gateway.key('b')];
      return a.quota_group !== '' && a.quota_group === b.quota_group;
    });
    assert.notEqual((await gateway.key('c')).quota_group, (await gateway.key('a')).quota_group);
    await sim.fault('a', { status: 429, headers: { 'retry-after': '300' } });
    for (let i = 0; i < 6; ++i) {
      const answer = await ask(gateway, dialect);
      assert.equal(answer.status, 200, answer.text);
    }
    assert.equal((await gateway.key('b')).state, 'cooling');
    const before = await sim.counts();
    for (let i = 0; i < 4; ++i) assert.equal((await ask(gateway, dialect)).key, 'sim/c');
    assert.deepEqual(await sim.counts(), [before[0], before[1], before[2] + 4]);
  });

scenario('an unpaid organisation: one refusal for all of its keys', async (t) => {
  const sim = await startSimulator(t, {
    organizations: [{ name: 'org-1', rpm: 1000 }],
    keys: [{ name: 'a', organization: 'org-1' }, { name: 'b', organization: 'org-1' }, 'c'],
  });
  const gateway = await startGateway(t, configFor(sim, { dialect: dialects.openai }));
  for (let i = 0; i < 3; ++i) assert.equal((await gateway.chat()).status, 200);
  await waitFor('the group', async () => (await gateway.key('b')).quota_group !== '');
  await sim.act({ do: 'exhaust', organization: 'org-1' });
  for (let i = 0; i < 6; ++i) assert.equal((await gateway.chat()).status, 200);
  const [a, b] = await sim.counts('refused');
  assert.equal(a + b, 1, `${a} and ${b} refusals`);
});

scenario('a limit that is learned of one key holds for its group', async (t) => {
  const sim = await startSimulator(t, {
    organizations: [{ name: 'org-1', rpm: 4 }],
    keys: [{ name: 'a', organization: 'org-1' }, { name: 'b', organization: 'org-1' }, 'c'],
    options: { window: 'fixed', minute: '1h' },
  });
  const dialect = dialects.openai;
  const [a, b, c] = sim.keys;
  const group = { quota_group: 'org-1' };
  const keys = [{ ...a, ...group }, { ...b, ...group }, c];
  const gateway = await startGateway(t, configFor(sim, { dialect, keys }));
  for (let i = 0; i < 12; ++i) assert.equal((await gateway.chat()).status, 200);
  assert.deepEqual(await sim.counts('limited'), [0, 0, 0]);
  const [first, second] = await sim.counts();
  assert.equal(first + second, 4);
});
