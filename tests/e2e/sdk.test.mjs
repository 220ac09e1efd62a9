// The vendor's own SDK, with nothing changed but its base URL.
import assert from 'node:assert/strict';

import OpenAI, { BadRequestError, NotFoundError, RateLimitError } from 'openai';

import {
  configFor,
  scenario,
  startBoth,
  startGateway,
  startSimulator,
  waitFor,
} from './lib/keywheel.mjs';

const messages = [{ role: 'user', content: 'Say hello' }];
const models = `
[models."text-embedding-*"]
provider = "sim"
`;

function sdk(url, more = {}) {
  return new OpenAI({ baseURL: `${url}/v1`, apiKey: 'not-a-real-key', maxRetries: 0, ...more });
}

async function events(client) {
  const result = [];
  const stream = await client.chat.completions.create({
    model: 'gpt-4o',
    messages,
    stream: true,
    stream_options: { include_usage: true },
  });
  for await (const { created, ...event } of stream) result.push(event);
  return result;
}

scenario('chat', async (t) => {
  const { sim, gateway } = await startBoth(t);
  const { data, response } = await sdk(gateway.url)
    .chat.completions.create({ model: 'gpt-4o', messages })
    .withResponse();
  assert.equal(data.object, 'chat.completion');
  assert.ok(data.choices[0].message.content.length > 0);
  assert.match(response.headers.get('x-keywheel-key'), /^sim\/[abc]$/);
  assert.equal(response.headers.get('x-keywheel-attempts'), '1');
  assert.ok(response.headers.get('x-request-id'));
  const [seen] = await sim.requests();
  assert.deepEqual(JSON.parse(seen.body).messages, messages);
});

scenario('streamed chat: the same events as without a gateway', async (t) => {
  // Two providers with one seed say the same.
  const direct = await startSimulator(t, { options: { tokens: 50 } });
  const { gateway } = await startBoth(t, { simulator: { options: { tokens: 50 } } });
  const through = await events(sdk(gateway.url));
  assert.ok(through.length > 50, `${through.length} events`);
  assert.deepEqual(through, await events(sdk(direct.url, { apiKey: direct.keys[0].secret })));
});

scenario('embeddings', async (t) => {
  const { gateway } = await startBoth(t, { config: { more: models } });
  const answer = await sdk(gateway.url).embeddings.create({
    model: 'text-embedding-3-small',
    input: ['one', 'two'],
    dimensions: 8,
  });
  assert.equal(answer.data.length, 2);
  assert.equal(answer.data[1].embedding.length, 8);
});

scenario('models.list and models.retrieve', async (t) => {
  const { gateway } = await startBoth(t);
  const client = sdk(gateway.url);
  const names = [];
  for await (const model of client.models.list()) names.push(model.id);
  assert.deepEqual(names, ['gpt-4o']);
  assert.equal((await client.models.retrieve('gpt-4o')).id, 'gpt-4o');
  await assert.rejects(client.models.retrieve('gpt-0'), NotFoundError);
});

scenario('an unknown model is a NotFoundError that tells nothing secret', async (t) => {
  const { sim, gateway } = await startBoth(t);
  const call = sdk(gateway.url).chat.completions.create({ model: 'gpt-0', messages });
  await assert.rejects(call, (error) => {
    assert.ok(error instanceof NotFoundError, String(error));
    assert.equal(error.code, 'unknown_model');
    assert.ok(!error.message.includes('sim/'), error.message);
    assert.ok(!error.message.includes(sim.url), error.message);
    return true;
  });
  assert.deepEqual(await sim.requests(), []);
});

scenario("the provider's own error arrives as the provider's own", async (t) => {
  const { sim, gateway } = await startBoth(t);
  const error = {
    message: 'too long',
    type: 'invalid_request_error',
    param: 'messages',
    code: 'context_length_exceeded',
  };
  await sim.fault('*', { status: 400, body: { error } });
  await assert.rejects(
    sdk(gateway.url).chat.completions.create({ model: 'gpt-4o', messages }),
    (thrown) => {
      assert.ok(thrown instanceof BadRequestError, String(thrown));
      assert.equal(thrown.code, 'context_length_exceeded');
      assert.equal(thrown.param, 'messages');
      return true;
    },
  );
});

scenario('all keys resting is a RateLimitError with the time to wait', async (t) => {
  const { sim, gateway } = await startBoth(t);
  await sim.fault('*', { status: 429, times: -1, headers: { 'retry-after': '120' } });
  const call = sdk(gateway.url).chat.completions.create({ model: 'gpt-4o', messages });
  await assert.rejects(call, (error) => {
    assert.ok(error instanceof RateLimitError, String(error));
    assert.equal(error.code, 'no_key_available');
    const seconds = Number(error.headers['retry-after']);
    const ms = Number(error.headers['retry-after-ms']);
    assert.ok(seconds > 60 && seconds <= 121, `retry-after: ${seconds}`);
    assert.ok(ms > 60_000 && ms <= 121_000, `retry-after-ms: ${ms}`);
    return true;
  });
  assert.deepEqual(await sim.counts(), [1, 1, 1]);
});

scenario("the SDK's own retry comes back when a key is free, and is served", async (t) => {
  const sim = await startSimulator(t, { keys: ['only'] });
  const toml = configFor(sim, { more: '[waiting_line]\nmax_wait = "0s"' });
  const gateway = await startGateway(t, toml);
  await sim.fault('only', { status: 429, headers: { 'retry-after-ms': '700' } });

  const seen = [];
  const client = sdk(gateway.url, {
    maxRetries: 1,
    fetch: async (url, options) => {
      const begun = performance.now();
      const answer = await fetch(url, options);
      const told = Number(answer.headers.get('retry-after-ms'));
      seen.push({ begun, ended: performance.now(), status: answer.status, told });
      return answer;
    },
  });
  const answer = await client.chat.completions.create({ model: 'gpt-4o', messages });
  assert.ok(answer.choices[0].message.content.length > 0);
  assert.deepEqual(
    seen.map(({ status }) => status),
    [429, 200],
  );
  // It waited for as long as it was told, not for a time of its own (which is half a second).
  const [{ told, ended }, { begun }] = seen;
  assert.ok(told > 0 && told <= 770, `told ${told} ms`);
  const waited = begun - ended;
  assert.ok(waited > told - 5, `told ${told} ms, waited ${waited} ms`); // timers round
  await waitFor('no rest', async () => (await gateway.key('only')).state === 'available');
});

scenario('an SDK that gives up in the middle of a stream is let go', async (t) => {
  const { sim, gateway } = await startBoth(t, {
    simulator: { keys: ['only'], options: { tokens: 10_000, event_interval: '20ms' } },
  });
  const stream = await sdk(gateway.url).chat.completions.create({
    model: 'gpt-4o',
    messages,
    stream: true,
  });
  for await (const event of stream) {
    assert.equal(event.object, 'chat.completion.chunk');
    break; // the SDK closes its connection
  }
  await waitFor('the attempt to end', async () => (await sim.counts('aborted'))[0] === 1);
  await waitFor('the lease to be free', async () => (await gateway.key('only')).in_flight === 0);
});
