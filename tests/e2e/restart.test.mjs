// What a gateway remembers over a restart, and what it forgets.
import assert from 'node:assert/strict';
import { readFile, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import {
  configFor,
  scenario,
  startBoth,
  startGateway,
  startSimulator,
  waitFor,
} from './lib/keywheel.mjs';

const two = { simulator: { keys: ['a', 'b'] } };
const stateFile = (gateway) => join(gateway.dir, 'state/state.json');

/** Ends the gateway and starts it again, with `toml` if it is given. */
async function restart(t, gateway, { signal = 'SIGTERM', toml = null } = {}) {
  gateway.process.signal(signal);
  const end = await gateway.process.end;
  if (signal === 'SIGTERM') assert.deepEqual(end, { code: 0, signal: null });
  return startGateway(t, toml, { dir: gateway.dir });
}

/** Waits until the state file on the disk says `what`. */
function written(gateway, what) {
  return waitFor(`${what} in the state file`, async () => {
    const text = await readFile(stateFile(gateway), 'utf8').catch(() => '');
    return text.includes(what);
  });
}

for (const signal of ['SIGTERM', 'SIGKILL']) {
  scenario(`a cooldown survives ${signal}`, async (t) => {
    const { sim, gateway } = await startBoth(t, two);
    await sim.fault('a', { status: 429, headers: { 'retry-after': '300' } });
    assert.equal((await gateway.chat()).key, 'sim/b');
    const [before] = (await gateway.key('a')).cooldowns;
    if (signal === 'SIGKILL') await written(gateway, 'rate_limit');
    const again = await restart(t, gateway, { signal });
    const { state, cooldowns } = await again.key('a');
    assert.equal(state, 'cooling');
    assert.equal(cooldowns.length, 1);
    const [{ scope, model, reason, source, until }] = cooldowns;
    assert.deepEqual(
      [scope, model, reason, source],
      ['key_model', 'gpt-4o', 'rate_limit', 'retry-after'],
    );
    assert.ok(Math.abs(Date.parse(until) - Date.parse(before.until)) < 1000, until);
    for (let i = 0; i < 3; ++i) assert.equal((await again.chat()).key, 'sim/b');
    assert.deepEqual(await sim.counts(), [1, 4]);
  });

  scenario(`a rejected key survives ${signal}; a new secret is a new key`, async (t) => {
    const { sim, gateway } = await startBoth(t, two);
    await sim.act({ do: 'revoke', key: 'a' });
    assert.equal((await gateway.chat()).key, 'sim/b');
    if (signal === 'SIGKILL') await written(gateway, 'credential');
    const again = await restart(t, gateway, { signal });
    assert.equal((await again.key('a')).state, 'rejected');
    for (let i = 0; i < 3; ++i) assert.equal((await again.chat()).key, 'sim/b');
    assert.deepEqual(await sim.counts(), [1, 4]);

    const other = { name: 'a', secret: 'sk-e2e-brand-new' };
    const toml = configFor(sim, { keys: [other, sim.keys[1]] });
    const third = await restart(t, again, { toml });
    assert.equal((await third.key('a')).state, 'available');
  });

  scenario(`what is used of a day's budget survives ${signal}`, async (t) => {
    const sim = await startSimulator(t, { keys: ['a'] });
    const keys = [{ ...sim.keys[0], rpd: 5 }];
    const more = '[waiting_line]\nmax_wait = "0s"';
    const gateway = await startGateway(t, configFor(sim, { keys, more }));
    // Requests in the file, in however many slots.
    const used = (count) =>
      waitFor(`${count} requests in the state file`, async () => {
        const text = await readFile(stateFile(gateway), 'utf8').catch(() => '{"keys":[]}');
        const slots = JSON.parse(text).keys[0]?.day.requests ?? [];
        return slots.reduce((sum, [, amount]) => sum + amount, 0) === count;
      });
    assert.equal((await gateway.chat()).status, 200);
    if (signal === 'SIGKILL') await used(1);
    for (let i = 0; i < 2; ++i) assert.equal((await gateway.chat()).status, 200);
    if (signal === 'SIGKILL') await used(3);
    const again = await restart(t, gateway, { signal });
    const statuses = [];
    for (let i = 0; i < 4; ++i) statuses.push((await again.chat()).status);
    assert.deepEqual(statuses, [200, 200, 429, 429]);
    assert.deepEqual(await sim.counts(), [5]);
  });
}

scenario('the rest of a model, and of a group, survives', async (t) => {
  const sim = await startSimulator(t, {
    organizations: [{ name: 'org-1', rpm: 1000 }],
    keys: [{ name: 'a', organization: 'org-1' }, { name: 'b', organization: 'org-1' }, 'c'],
  });
  const [a, b, c] = sim.keys;
  const group = { quota_group: 'org-1' };
  const keys = [{ ...a, ...group }, { ...b, ...group }, c];
  const more = '[waiting_line]\nmax_wait = "0s"\n[models.other]\nprovider = "sim"';
  const gateway = await startGateway(t, configFor(sim, { keys, more }));
  await sim.fault('a', { status: 429, headers: { 'retry-after': '300' } });
  assert.equal((await gateway.chat()).key, 'sim/c');
  await sim.fault('*', { status: 503, headers: { 'retry-after': '200' } });
  const other = { model: 'other' };
  assert.ok([429, 503].includes((await gateway.chat('hello', other)).status));
  assert.equal((await gateway.model('other')).cooldowns.length, 1);

  const again = await restart(t, gateway);
  for (const name of ['a', 'b']) assert.equal((await again.key(name)).state, 'cooling');
  assert.equal((await again.chat()).key, 'sim/c');
  const [rest] = (await again.model('other')).cooldowns;
  assert.deepEqual([rest.scope, rest.reason], ['provider_model', 'overload']);
  assert.ok(rest.remaining_ms > 100_000 && rest.remaining_ms <= 202_000, `${rest.remaining_ms} ms`);
});

scenario('what is over is forgotten; no secret is in the file', async (t) => {
  const { sim, gateway } = await startBoth(t, two);
  await sim.fault('a', { status: 429, headers: { 'retry-after': '300' } });
  await gateway.chat();
  await written(gateway, 'rate_limit');
  const text = await readFile(stateFile(gateway), 'utf8');
  for (const { secret } of sim.keys) assert.ok(!text.includes(secret), text);
  assert.equal((await gateway.admin('POST', '/api/v1/keys/sim/a/reset')).status, 200);
  const again = await restart(t, gateway);
  assert.equal((await again.key('a')).state, 'available');
});

for (const [what, damage] of [
  ['cut in half', (text) => text.slice(0, text.length / 2)],
  ['empty', () => ''],
  ['of another version', (text) => text.replace(/"version":\s*1/, '"version":99')],
  ['no JSON', () => '\u0000\u0001 no state'],
])
  scenario(`a state file that is ${what} is set aside with a warning`, async (t) => {
    const { sim, gateway } = await startBoth(t, two);
    await sim.fault('a', { status: 429, headers: { 'retry-after': '300' } });
    await gateway.chat();
    gateway.process.signal('SIGTERM');
    await gateway.process.end;
    const damaged = damage(await readFile(stateFile(gateway), 'utf8'));
    await writeFile(stateFile(gateway), damaged);
    const again = await startGateway(t, null, { dir: gateway.dir });
    assert.equal((await again.key('a')).state, 'available');
    assert.equal((await again.chat()).status, 200);
    const aside = (await readdir(join(gateway.dir, 'state'))).find((name) =>
      name.startsWith('state.json.damaged-'),
    );
    assert.ok(aside, 'set aside');
    assert.equal(await readFile(join(gateway.dir, 'state', aside), 'utf8'), damaged);
    assert.match(again.process.output, /warn.*damaged/is);
  });
