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

const names = Object.keys(dialects);

/** How many events come before the first that has content. */
const preamble = { openai: 1, responses: 4, anthropic: 3, gemini: 0, azure: 1 };

/** Two keys, and a provider that breaks the stream of key a by `fault`. */
async function startWith(t, dialect, fault, { options, ...config } = {}) {
  const sim = await startSimulator(t, { keys: ['a', 'b'], options: { tokens: 20, ...options } });
  const gateway = await startGateway(t, configFor(sim, { dialect, ...config }));
  if (fault) await sim.fault('a', fault);
  return { sim, gateway };
}

/** A raw connection on which a streamed call is on its way; it closes after the answer. */
async function begin(t, gateway, dialect, { reads = true, more = {} } = {}) {
  const client = await connect(t, gateway.port);
  if (!reads) client.socket.pause();
  const headers = Object.entries(dialect.headers ?? {}).map(([name, value]) => `${name}: ${value}`);
  const body = JSON.stringify({ ...dialect.body('hello', true), ...more });
  return client.send(postRequest(dialect.path(true), body, [...headers, 'Connection: close']));
}

/** Sends a streamed call, and reads until the gateway closes the connection. */
async function readToTheEnd(t, gateway, dialect) {
  const client = await begin(t, gateway, dialect);
  await client.closes();
  assert.equal(client.text.match(/HTTP\/1\.1 /g).length, 1, 'invariant 6: one answer');
  return client.text;
}

const isWhole = (text) => text.endsWith('0\r\n\r\n');
const isWholeError = (text) => {
  const body = text.slice(text.indexOf('\r\n\r\n') + 4);
  return JSON.parse(body).error.message !== undefined;
};

/** Invariant 4. */
async function assertFree({ sim, gateway }) {
  for (const { name } of sim.keys)
    await waitFor(`the lease of ${name}`, async () => (await gateway.key(name)).in_flight === 0);
}

/** And that one broken answer rests nobody. */
async function assertUnharmed({ sim, gateway }) {
  await assertFree({ sim, gateway });
  for (const { name } of sim.keys)
    assert.equal((await gateway.key(name)).state, 'available');
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
    await assertFree(both);
  });

  if (preamble[name] > 0)
    scenario(`${name}: an error before any content: the next key answers`, async (t) => {
      const both = await startWith(t, dialect, { kind: 'stream_error', after: 1 });
      const answer = await ask(both.gateway, dialect, 'hello', { stream: true });
      assert.deepEqual([answer.status, answer.key], [200, 'sim/b'], answer.text);
      assert.equal((await both.gateway.key('a')).errors, 1);
      await assertFree(both);
    });

  for (const [what, kind, after] of [
    ['cut off', 'cut_stream', preamble[name]],
    ['garbage', 'stream_garbage', 0],
  ])
    scenario(`${name}: ${what} before any content: no answer, and not asked twice`, async (t) => {
      const both = await startWith(t, dialect, { kind, after, body: '\u0001 ??? \n' });
      const text = await readToTheEnd(t, both.gateway, dialect);
      assert.match(text, /^HTTP\/1\.1 502 /);
      assert.match(text, /ended without its end mark/);
      assert.ok(isWholeError(text), text);
      await waitFor('the charge', async () => (await both.gateway.key('a')).errors === 1);
      assert.deepEqual(await both.sim.counts(), [1, 0]);
      await assertUnharmed(both);
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

  scenario(`${name}: a slow reader holds up its provider, and gets all of it`, async (t) => {
    const options = { tokens: 100_000 };
    const both = await startWith(t, dialect, undefined, { options });
    const sent = async () => (await both.sim.stats()).bytes_sent;
    const more = name === 'anthropic' ? { max_tokens: options.tokens } : {};
    const client = await begin(t, both.gateway, dialect, { reads: false, more });
    await waitFor('the attempt', async () => (await both.gateway.key('a')).in_flight === 1);
    let last = -1;
    let same = 0;
    // The answers to these questions are sent, too.
    await waitFor('the provider to be held up', async () => {
      const now = await sent();
      same = now - last < 4096 && now > 100_000 ? same + 1 : 0;
      last = now;
      return same > 20;
    });
    assert.deepEqual(await both.sim.counts('in_flight'), [1, 0]);
    client.socket.resume();
    await client.closes();
    assert.match(client.text, /^HTTP\/1\.1 200 /);
    assert.ok(isWhole(client.text), 'whole');
    assert.ok(client.text.length > last, `${client.text.length} bytes of ${last} and more`);
    await assertUnharmed(both);
    assert.equal((await both.gateway.key('a')).errors, 0);
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
