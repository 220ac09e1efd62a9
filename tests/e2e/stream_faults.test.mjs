// Streams that go wrong: what the client sees, what the key is charged, that its lease comes back.
import assert from 'node:assert/strict';

import {
  ask,
  configFor,
  connect,
  dialects,
  postRequest,
  scenario,
  send,
  startGateway,
  startSimulator,
  waitFor,
} from './lib/keywheel.mjs';

const names = ['openai', 'responses', 'anthropic', 'gemini'];

/** How many events come before the first that has content. */
const preamble = { openai: 1, responses: 4, anthropic: 3, gemini: 0 };

/** Two keys, and a provider that breaks the stream of key a by `fault`. */
async function startWith(t, dialect, fault, config = {}) {
  const sim = await startSimulator(t, { keys: ['a', 'b'], options: { tokens: 20 } });
  const gateway = await startGateway(t, configFor(sim, { dialect, ...config }));
  await sim.fault('a', fault);
  return { sim, gateway };
}

/** Sends a streamed call on a raw connection, and reads until the gateway closes it. */
async function readToTheEnd(t, gateway, dialect) {
  const client = await connect(t, gateway.port);
  const headers = Object.entries(dialect.headers ?? {}).map(([name, value]) => `${name}: ${value}`);
  const body = JSON.stringify(dialect.body('hello', true));
  client.send(postRequest(dialect.path(true), body, [...headers, 'Connection: close']));
  await client.closes();
  assert.equal(client.text.match(/HTTP\/1\.1 /g).length, 1, 'invariant 6: one answer');
  return client.text;
}

const isWhole = (text) => text.endsWith('0\r\n\r\n');

/** Invariant 4, and that one broken answer rests nobody. */
async function assertUnharmed({ sim, gateway }) {
  for (const { name } of sim.keys) {
    await waitFor(`the lease of ${name}`, async () => (await gateway.key(name)).in_flight === 0);
    assert.equal((await gateway.key(name)).state, 'available');
  }
  assert.deepEqual(await sim.counts('in_flight'), [0, 0]);
}

for (const name of names) {
  const dialect = dialects[name];

  scenario(`${name}: an error as the first event: the next key answers`, async (t) => {
    const both = await startWith(t, dialect, { kind: 'stream_error', after: 0 });
    const answer = await ask(both.gateway, dialect, 'hello', { stream: true });
    assert.deepEqual([answer.status, answer.key, answer.attempts], [200, 'sim/b', 2], answer.text);
    assert.match(answer.text, /Hello|from/);
    assert.ok(!/error"/.test(answer.text.replaceAll('"error":null', '')), answer.text);
    assert.equal((await both.gateway.key('a')).errors, 1);
  });

  if (preamble[name] > 0)
    scenario(`${name}: an error before any content: the next key answers`, async (t) => {
      const both = await startWith(t, dialect, { kind: 'stream_error', after: 1 });
      const answer = await ask(both.gateway, dialect, 'hello', { stream: true });
      assert.deepEqual([answer.status, answer.key], [200, 'sim/b'], answer.text);
      assert.equal((await both.gateway.key('a')).errors, 1);
    });

  scenario(`${name}: an error after content: it is passed on, and charged`, async (t) => {
    const after = preamble[name] + 2;
    const both = await startWith(t, dialect, { kind: 'stream_error', after });
    const text = await readToTheEnd(t, both.gateway, dialect);
    assert.match(text, /^HTTP\/1\.1 200 /);
    assert.match(text, /"error"/);
    assert.match(text, /x-keywheel-attempts: 1/i);
    await waitFor('the charge', async () => (await both.gateway.key('a')).errors === 1);
    await assertUnharmed(both);
  });

  scenario(`${name}: cut off after content, without the end mark: a broken stream`, async (t) => {
    const after = preamble[name] + 2;
    const both = await startWith(t, dialect, { kind: 'cut_stream', after });
    const text = await readToTheEnd(t, both.gateway, dialect);
    assert.match(text, /^HTTP\/1\.1 200 /);
    assert.ok(!isWhole(text), 'a broken answer must not look whole');
    await waitFor('the charge', async () => (await both.gateway.key('a')).errors === 1);
    await assertUnharmed(both);
  });

  scenario(`${name}: garbage after content: passed on, then a broken stream`, async (t) => {
    const after = preamble[name] + 2;
    const fault = { kind: 'stream_garbage', after, body: '\u0001 ??? \n' };
    const both = await startWith(t, dialect, fault);
    const text = await readToTheEnd(t, both.gateway, dialect);
    assert.match(text, /^HTTP\/1\.1 200 /);
    assert.ok(text.includes('???'), text);
    assert.ok(!isWhole(text), 'a broken answer must not look whole');
    await waitFor('the charge', async () => (await both.gateway.key('a')).errors === 1);
    await assertUnharmed(both);
  });

  scenario(`${name}: silence after content: idle_timeout breaks it off`, async (t) => {
    const after = preamble[name] + 2;
    const fault = { kind: 'stream_silence', after };
    const provider = 'idle_timeout = "500ms"';
    const both = await startWith(t, dialect, fault, { provider });
    const text = await readToTheEnd(t, both.gateway, dialect);
    assert.match(text, /^HTTP\/1\.1 200 /);
    assert.ok(!isWhole(text), 'a broken answer must not look whole');
    await waitFor('the charge', async () => (await both.gateway.key('a')).errors === 1);
    assert.deepEqual(await both.sim.counts('aborted'), [1, 0]);
    await assertUnharmed(both);
  });

  scenario(`${name}: a reader that leaves: the attempt ends, nobody is charged`, async (t) => {
    const fault = { kind: 'stream_silence', after: preamble[name] + 2 };
    const both = await startWith(t, dialect, fault);
    const left = new AbortController();
    const options = { stream: true, signal: left.signal };
    const answer = await send(both.gateway, dialect, 'hello', options);
    const reader = answer.body.getReader();
    assert.ok((await reader.read()).value.length > 0);
    assert.equal((await both.gateway.key('a')).in_flight, 1);
    left.abort();
    await reader.closed.catch(() => {});
    await waitFor('the end', async () => (await both.sim.counts('aborted'))[0] === 1);
    await assertUnharmed(both);
    assert.equal((await both.gateway.key('a')).errors, 0);
    assert.deepEqual((await both.gateway.key('a')).cooldowns, []);
  });
}

scenario('a rate limit inside a stream of Responses: the next key answers', async (t) => {
  const body = {
    type: 'error',
    code: 'rate_limit_exceeded',
    message:
      'Rate limit reached for gpt-4o in organization org-a on tokens per min (TPM): ' +
      'Limit 1, Used 1, Requested 1. Please try again in 20s.',
    param: null,
    sequence_number: 1,
  };
  const dialect = dialects.responses;
  const both = await startWith(t, dialect, { kind: 'stream_error', after: 1, body });
  const answer = await ask(both.gateway, dialect, 'hello', { stream: true });
  assert.deepEqual([answer.status, answer.key], [200, 'sim/b'], answer.text);
  const { state, cooldowns } = await both.gateway.key('a');
  assert.equal(state, 'cooling');
  assert.equal(cooldowns[0].reason, 'rate_limit');
  assert.equal(cooldowns[0].source, 'body');
  assert.ok(cooldowns[0].remaining_ms <= 21_000, `${cooldowns[0].remaining_ms} ms`);
});
