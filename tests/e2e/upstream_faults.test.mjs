// Providers that misbehave, and bodies that are no good.
import assert from 'node:assert/strict';

import {
  chatBody,
  chatPath,
  configFor,
  connect,
  errorOf,
  postRequest,
  scenario,
  startBoth,
  startGateway,
  startSimulator,
  waitFor,
} from './lib/keywheel.mjs';

const one = { keys: ['only'] };

/** The gateway is as good as before: the key serves, no lease is left. */
async function assertUnharmed({ sim, gateway }) {
  await sim.clearFaults();
  assert.equal((await gateway.chat('and now')).status, 200);
  await waitFor('no lease', async () => (await gateway.key('only')).in_flight === 0);
}

async function failure(t, fault, config) {
  const both = await startBoth(t, { simulator: one, config });
  await both.sim.fault('only', fault);
  const answer = await both.gateway.chat('once');
  assert.equal((await both.sim.requests()).length, 1, 'invariant 7: sent once');
  await assertUnharmed(both);
  return answer;
}

for (const [name, fault] of [
  ['garbage', { kind: 'garbage' }],
  [
    'garbage that looks like HTTP',
    { kind: 'garbage', body: 'HTTP/1.1 200 OK\r\ncontent-length: abc\r\n\r\nhello' },
  ],
  ['a close before the answer', { kind: 'close' }],
  ['a reset before the answer', { kind: 'reset' }],
  ['a close in the middle of the head', { kind: 'garbage', body: 'HTTP/1.1 200 OK\r\ncontent-le' }],
]) {
  scenario(`${name}: 502`, async (t) => {
    const answer = await failure(t, fault);
    assert.equal(answer.status, 502, answer.text);
    assert.match(errorOf(answer).code, /^upstream_/);
    assert.equal(answer.headers.get('x-keywheel-attempts'), '1');
  });
}

scenario('no answer within first_byte_timeout: 502 or 504', async (t) => {
  const answer = await failure(
    t,
    { kind: 'never_answer' },
    { provider: 'first_byte_timeout = "1s"' },
  );
  assert.ok(answer.status === 502 || answer.status === 504, answer.text);
  assert.match(errorOf(answer).code, /^upstream_|^deadline_exceeded$/);
});

scenario(
  'a provider that does not read a large request: first_byte_timeout or idle_timeout',
  async (t) => {
    const both = await startBoth(t, {
      simulator: one,
      config: {
        provider: 'first_byte_timeout = "1s"\nidle_timeout = "1s"',
        server: 'request_timeout = "20s"',
      },
    });
    await both.sim.fault('only', { kind: 'stop_reading' });
    const answer = await both.gateway.chat('x'.repeat(16 << 20));
    assert.ok(answer.status === 502 || answer.status === 504, answer.text.slice(0, 300));
    await assertUnharmed(both);
  },
);

scenario('the deadline of the whole call: 504 deadline_exceeded', async (t) => {
  const answer = await failure(t, { kind: 'never_answer' }, { server: 'request_timeout = "1s"' });
  assert.equal(answer.status, 504, answer.text);
  assert.equal(errorOf(answer).code, 'deadline_exceeded');
});

// -- after the first byte -----------------------------------------------------------------------

/** Sends a streamed call on a raw connection, and has its answer broken off: returns its text. */
async function brokenStream(t, fault, config, options = { tokens: 50 }) {
  const both = await startBoth(t, { simulator: { ...one, options }, config });
  if (fault) await both.sim.fault('only', fault);
  const client = await connect(t, both.gateway.port);
  client.send(postRequest(chatPath, chatBody('hello', { stream: true })));
  await client.closes();
  assert.match(client.text, /^HTTP\/1\.1 200 /);
  assert.ok(!client.text.endsWith('0\r\n\r\n'), 'a broken answer must not look whole');
  assert.equal(client.text.match(/HTTP\/1\.1 /g).length, 1, 'invariant 6: one answer');
  assert.equal((await both.sim.requests()).length, 1, 'invariant 6: one attempt');
  return { ...both, text: client.text };
}

scenario('invariant 6: a stream that is cut off is a broken stream', async (t) => {
  const both = await brokenStream(t, { kind: 'close_in_body', after: 3 });
  assert.ok(both.text.includes('data: '));
  await assertUnharmed(both);
});

scenario('invariant 6: a plain answer that is cut off is a broken answer', async (t) => {
  const both = await startBoth(t, { simulator: one });
  await both.sim.fault('only', { kind: 'close_in_body' });
  await assert.rejects(both.gateway.chat('cut'), TypeError); // fetch's way to say it
  assert.equal((await both.sim.requests()).length, 1);
  await assertUnharmed(both);
});

scenario('silence in the middle of a stream: idle_timeout breaks it off', async (t) => {
  const silence = { kind: 'stream_silence', after: 3 };
  const both = await brokenStream(t, silence, { provider: 'idle_timeout = "1s"' });
  await waitFor('the attempt to end', async () => (await both.sim.counts('aborted'))[0] === 1);
});

scenario('a stream beyond the deadline of the whole call is broken off', async (t) => {
  const options = { tokens: 100_000, event_interval: '20ms' };
  const both = await brokenStream(t, undefined, { server: 'request_timeout = "1s"' }, options);
  await waitFor('the attempt to end', async () => (await both.sim.counts('aborted'))[0] === 1);
});

scenario("an error inside a stream is the provider's own word, byte for byte", async (t) => {
  const { sim, gateway } = await startBoth(t, { simulator: one });
  const body = '{"error":{"message":"overloaded","type":"server_error"}}';
  await sim.fault('only', { kind: 'stream_error', after: 2, body });
  const answer = await gateway.chat('hello', { stream: true });
  assert.equal(answer.status, 200);
  assert.ok(answer.text.includes(`data: ${body}\n\n`), answer.text);
});

scenario('an answer that trickles arrives byte for byte', async (t) => {
  const both = await startBoth(t, { simulator: one });
  await both.sim.fault('only', { kind: 'slow', bytes: 7, interval: '1ms' });
  const answer = await both.gateway.chat('slowly');
  assert.equal(answer.status, 200);
  assert.ok(answer.json.choices[0].message.content);
});

scenario('an answer that comes before the request is read is passed on', async (t) => {
  const { sim, gateway } = await startBoth(t, { simulator: one });
  await sim.fault('only', { status: 413, early: true, body: '{"error":{"message":"too much"}}' });
  const answer = await gateway.chat('x'.repeat(8 << 20));
  assert.equal(answer.status, 413);
  assert.equal(answer.text, '{"error":{"message":"too much"}}');
});

// -- bodies that are no good --------------------------------------------------------------------

const deep = (depth) => `{"model":"gpt-4o","messages":${'['.repeat(depth)}${']'.repeat(depth)}}`;

for (const [name, body] of [
  ['JSON that is too deep', deep(10_000)],
  ['JSON that is too deep by a million', deep(1_000_000)],
  ['no JSON', 'model=gpt-4o'],
  ['JSON that ends too early', '{"model":"gpt-4o","messages":['],
  ['JSON with something behind it', '{"model":"gpt-4o"} {"model":"gpt-4o"}'],
  ['no object', '["gpt-4o"]'],
  ['no model', '{"messages":[]}'],
  ['a model that is no string', '{"model":42}'],
  ['two models', '{"model":"gpt-4o","messages":[],"model":"other"}'],
  ['no body', ''],
]) {
  scenario(`${name}: 400 bad_request, and nothing is sent`, async (t) => {
    const { sim, gateway } = await startBoth(t, { simulator: one });
    const client = await connect(t, gateway.port);
    const answer = await client.send(postRequest(chatPath, body)).response();
    assert.equal(answer.status, 400, answer.body);
    assert.equal(answer.json.error.code, 'bad_request');
    assert.equal(answer.json.error.type, 'invalid_request_error');
    assert.deepEqual(await sim.requests(), []);
  });
}

scenario(
  'a provider whose name does not resolve: the next key, else 502 upstream_unreachable',
  async (t) => {
    const sim = await startSimulator(t, one);
    const lost = { name: 'lost', api_key: 'sk-lost', base_url: 'http://no-such-host.invalid/v1' };
    const gateway = await startGateway(t, configFor(sim, { keys: [lost, sim.keys[0]] }));
    const answer = await gateway.chat();
    assert.equal(answer.status, 200);
    assert.equal(answer.key, 'sim/only');
    await gateway.apply(configFor(sim, { keys: [lost] }));
    const alone = await gateway.chat();
    assert.equal(alone.status, 502);
    assert.equal(errorOf(alone).code, 'upstream_unreachable');
  },
);
