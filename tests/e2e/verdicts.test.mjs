// What a provider's words mean in each dialect: what the caller gets, and who rests, and why.
// The provider's texts are the simulator's, which has them from PROVIDERS.
import assert from 'node:assert/strict';

import {
  ask,
  askDirectly,
  codeOf,
  configFor,
  dialects,
  scenario,
  startGateway,
  startSimulator,
  waitFor,
} from './lib/keywheel.mjs';

/** A gateway that speaks `dialect`, before a provider whose keys are `keys`. */
async function startWith(t, dialect, keys, config = {}) {
  const sim = await startSimulator(t, { keys });
  return { sim, gateway: await startGateway(t, configFor(sim, { dialect, ...config })) };
}

const a = (fields) => ({ name: 'a', ...fields });

/** Key a is refused, b serves: what the admin API says of a. */
async function refusedOnce({ gateway }, dialect) {
  const answer = await ask(gateway, dialect);
  assert.equal(answer.status, 200, answer.text);
  assert.deepEqual([answer.key, answer.attempts], ['sim/b', 2]);
  const key = await gateway.key('a');
  // Beside the rest there may be what the headers of the same answer say of the limit.
  const [{ scope, reason, source, remaining_ms: rest }, ...more] = key.cooldowns.filter(
    (each) => !/ratelimit/.test(each.source),
  );
  assert.deepEqual(more, []);
  assert.deepEqual((await gateway.key('b')).cooldowns, []);
  return { state: key.state, scope, reason, source, seconds: Math.round(rest / 1000) };
}

/** `seconds` is about what was to be expected: jitter is a second at most, machines are slow. */
function assertRest(is, { seconds: [least, most], ...expected }) {
  const { seconds, ...words } = is;
  assert.deepEqual(words, expected);
  assert.ok(seconds >= least && seconds <= most, `rests ${seconds} s`);
}

const minute = [20, 61];
const hour = [3570, 3602];
const cooling = (scope, reason, source, seconds) => ({
  state: 'cooling',
  scope,
  reason,
  source,
  seconds,
});
const rejected = (scope) => ({
  state: 'rejected',
  scope,
  reason: 'credential',
  source: 'default',
  seconds: [20, 31],
});

/** What becomes of key a. A `source` names what said how long: "default" is the table of rests. */
const refusals = {
  'a limit per minute': {
    key: a({ rpm: 1 }),
    spend: true,
    openai: cooling('key_model', 'rate_limit', 'retry-after-ms', minute),
    anthropic: cooling('key_model', 'rate_limit', 'retry-after', minute),
    gemini: cooling('key_model', 'rate_limit', 'body', minute),
    azure: cooling('key_model', 'rate_limit', 'retry-after-ms', minute),
  },
  'a limit per day': {
    key: a({ rpd: 2 }),
    spend: true,
    openai: cooling('key_model', 'rate_limit', 'retry-after-ms', hour),
    anthropic: cooling('key_model', 'rate_limit', 'retry-after', hour),
    gemini: cooling('key_model', 'quota', 'body', [1, 3602]), // until midnight in California
    azure: cooling('key_model', 'rate_limit', 'retry-after-ms', hour),
  },
  'an unpaid account': {
    key: a({ standing: 'unpaid' }),
    openai: cooling('quota_group', 'billing', 'default', [570, 602]),
    anthropic: cooling('quota_group', 'billing', 'default', [570, 602]),
    gemini: cooling('quota_group', 'billing', 'default', [570, 602]),
    azure: cooling('quota_group', 'billing', 'default', [570, 602]),
  },
  'a revoked credential': {
    key: a({ standing: 'revoked' }),
    openai: rejected('key'),
    anthropic: rejected('key'),
    gemini: rejected('key'),
    azure: rejected('key'),
  },
  'a closed organisation': {
    key: a({ standing: 'disabled' }),
    openai: rejected('quota_group'),
    anthropic: rejected('quota_group'),
    gemini: rejected('quota_group'),
  },
  'no access to the model': {
    key: a({ may_use: ['other'] }),
    openai: cooling('key_model', 'permission', 'default', hour),
    anthropic: cooling('key_model', 'permission', 'default', hour),
    gemini: cooling('key_model', 'permission', 'default', hour),
    azure: cooling('key_model', 'permission', 'default', hour),
  },
};

for (const [what, { key, spend, ...expected }] of Object.entries(refusals))
  for (const [name, cooldown] of Object.entries(expected))
    scenario(`${name}: ${what}: key a rests, b serves`, async (t) => {
      const dialect = dialects[name];
      const both = await startWith(t, dialect, [key, 'b']);
      if (spend)
        for (let i = 0; i < (key.rpm ?? key.rpd); ++i)
          assert.equal((await askDirectly(both.sim, dialect, both.sim.keys[0])).status, 200);
      assertRest(await refusedOnce(both, dialect), cooldown);
    });

// -- every key ----------------------------------------------------------------------------------

const names = ['openai', 'anthropic', 'gemini', 'azure'];

for (const name of names) {
  const dialect = dialects[name];

  scenario(`${name}: every credential revoked: 502 key_rejected, never a bare 401`, async (t) => {
    const revoked = { standing: 'revoked' };
    const { sim, gateway } = await startWith(t, dialect, [a(revoked), { name: 'b', ...revoked }]);
    for (let i = 0; i < 2; ++i) {
      const answer = await ask(gateway, dialect);
      assert.equal(answer.status, 502, answer.text);
      assert.equal(codeOf(dialect, answer), 'key_rejected');
      assert.equal(answer.headers.get('x-should-retry'), 'false');
      assert.equal(answer.headers.get('www-authenticate'), null);
    }
    assert.deepEqual(await sim.counts(), [1, 1]); // the second call was not even sent
  });

  scenario(`${name}: every key at its limit: 429, and when to come back`, async (t) => {
    const { sim, gateway } = await startWith(t, dialect, [a({ rpm: 1 }), { name: 'b', rpm: 1 }], {
      more: '[waiting_line]\nmax_wait = "0s"',
    });
    for (const key of sim.keys) await askDirectly(sim, dialect, key);
    const answer = await ask(gateway, dialect);
    assert.equal(answer.status, 429, answer.text);
    assert.equal(codeOf(dialect, answer), 'no_key_available');
    const ms = Number(answer.headers.get('retry-after-ms'));
    assert.ok(ms > 20_000 && ms <= 61_000, `retry-after-ms: ${ms}`);
    assert.equal(Number(answer.headers.get('retry-after')), Math.ceil(ms / 1000));
    assert.equal(answer.headers.get('x-should-retry'), null);
    assert.deepEqual(await sim.counts('limited'), [1, 1]);
  });

  scenario(`${name}: overload: the model rests, no key; the call waits and probes`, async (t) => {
    const { sim, gateway } = await startWith(t, dialect, ['a', 'b']);
    await sim.act({ do: 'overload', model: 'gpt-4o' });
    const call = ask(gateway, dialect);
    const [rest] = await waitFor('the rest', async () => {
      const { cooldowns } = await gateway.model();
      return cooldowns.length > 0 && cooldowns;
    });
    assert.deepEqual([rest.scope, rest.reason], ['provider_model', 'overload']);
    for (const { name: key } of sim.keys)
      assert.equal((await gateway.key(key)).state, 'available');
    await sim.act({ do: 'recover', model: 'gpt-4o' });
    assert.equal((await call).status, 200);
    assert.deepEqual((await gateway.model()).cooldowns, []);
  });

  scenario(`${name}: a caller's mistake: its answer byte for byte, no key rests`, async (t) => {
    const { sim, gateway } = await startWith(t, dialect, ['a', 'b']);
    for (const status of [400, 413, 422]) {
      await sim.clearFaults();
      await sim.fault('*', { status, body: ' {"error":{"message":"too\\u0020long"}}\n' });
      const answer = await ask(gateway, dialect);
      assert.equal(answer.status, status);
      assert.equal(answer.text, ' {"error":{"message":"too\\u0020long"}}\n');
      assert.equal(answer.attempts, 1);
    }
    for (const { name: key } of sim.keys) assert.deepEqual((await gateway.key(key)).cooldowns, []);
  });
}

for (const name of ['openai', 'anthropic', 'gemini'])
  scenario(`${name}: every account unpaid: as the provider says, and no retry`, async (t) => {
    const dialect = dialects[name];
    const unpaid = { standing: 'unpaid' };
    const { sim, gateway } = await startWith(t, dialect, [a(unpaid), { name: 'b', ...unpaid }]);
    for (let i = 0; i < 2; ++i) {
      const answer = await ask(gateway, dialect);
      assert.ok([400, 402, 429].includes(answer.status), `${answer.status} ${answer.text}`);
      assert.equal(answer.headers.get('x-should-retry'), 'false');
    }
    assert.deepEqual(await sim.counts(), [1, 1]);
  });

// -- what only the status says ------------------------------------------------------------------

scenario('401 by status alone at every key: the provider rests, nobody is rejected', async (t) => {
  const { sim, gateway } = await startWith(t, dialects.openai, ['a', 'b', 'c'], {
    more: '[waiting_line]\nmax_wait = "0s"',
  });
  await sim.fault('*', { status: 401, body: '<html>Unauthorized</html>', times: -1 });
  const answer = await ask(gateway, dialects.openai);
  assert.notEqual(answer.status, 401);
  assert.ok([429, 502].includes(answer.status), `${answer.status} ${answer.text}`);
  const [rest] = (await gateway.model()).cooldowns;
  assert.deepEqual([rest.scope, rest.reason], ['provider_model', 'credential']);
  for (const { name } of sim.keys)
    await waitFor(`${name} to be pardoned`, async () => {
      const { state } = await gateway.key(name);
      return state === 'available';
    });
});

// -- secrets ------------------------------------------------------------------------------------

for (const [status, times] of [
  [400, 1],
  [401, -1],
  [403, -1],
  [429, -1],
  [500, -1],
])
  scenario(`a ${status} that echoes the key: neither caller nor log sees it`, async (t) => {
    const { sim, gateway } = await startWith(t, dialects.openai, ['a', 'b']);
    for (const { name, secret } of sim.keys)
      await sim.fault(name, {
        status,
        times,
        headers: { 'retry-after': '300', 'x-echo': secret },
        body: { error: { message: `Consumer 'api_key:${secret}' has been suspended.` } },
      });
    const answer = await ask(gateway, dialects.openai);
    const admin = await gateway.admin('GET', '/api/v1/keys');
    const headers = JSON.stringify([...answer.headers]);
    gateway.process.signal('SIGTERM');
    await gateway.process.end;
    for (const { secret } of sim.keys) {
      assert.ok(!answer.text.includes(secret), answer.text);
      assert.ok(!headers.includes(secret), headers);
      assert.ok(!admin.text.includes(secret), admin.text);
      assert.ok(!gateway.process.output.includes(secret), gateway.process.output);
    }
  });
