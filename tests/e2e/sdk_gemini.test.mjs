// The official `@google/genai`, with nothing changed but its base URL and a dummy key.
import assert from 'node:assert/strict';

import { ApiError, GoogleGenAI } from '@google/genai';

import { dialects, scenario, startBoth } from './lib/keywheel.mjs';
import { drained, dummyKey, headerOf } from './lib/sdk.mjs';
import { promisesTo, question } from './lib/sdk_promises.mjs';

const dialect = dialects.gemini;

function connect({ url: baseUrl }, { key = dummyKey, retries = 0, fetch } = {}) {
  // It retries only when asked to, and at times of its own.
  const retryOptions = retries > 0 && { attempts: retries + 1, initialDelay: 0.2, jitter: 0 };
  const httpOptions = { baseUrl, ...(retryOptions && { retryOptions }), ...(fetch && { fetch }) };
  return new GoogleGenAI({ apiKey: key, httpOptions });
}

/** Gemini leaves the thoughts out of the candidates. */
const usageOf = ({ promptTokenCount, candidatesTokenCount, thoughtsTokenCount = 0 }) => [
  promptTokenCount,
  candidatesTokenCount + thoughtsTokenCount,
];

async function ask(client, model = 'gpt-4o') {
  const answer = await client.models.generateContent({ model, contents: question });
  return { text: answer.text, usage: usageOf(answer.usageMetadata) };
}

async function* stream(client, model = 'gpt-4o', abortSignal) {
  let usage;
  for await (const chunk of await client.models.generateContentStream({
    model,
    contents: question,
    config: { abortSignal },
  })) {
    if (chunk.text) yield chunk.text;
    usage = usageOf(chunk.usageMetadata);
  }
  return usage;
}

/** Its one class of errors knows a status, and has the provider's JSON as its message. */
function has(status, word) {
  return (error) => {
    assert.ok(error instanceof ApiError, `${error?.constructor?.name}: ${error}`);
    assert.equal(error.status, status);
    assert.equal(JSON.parse(error.message).error.status, word);
  };
}

const codeOf = (error) =>
  JSON.parse(error.message)
    .error.details.find(({ reason }) => reason)
    .reason.toLowerCase();

promisesTo({
  name: 'generateContent',
  dialect,
  connect,
  ask,
  stream,
  expect: {
    bad_request: has(400, 'INVALID_ARGUMENT'),
    not_authorized: has(401, 'UNAUTHENTICATED'),
    unknown_model: has(404, 'NOT_FOUND'),
    rate_limit: has(429, 'RESOURCE_EXHAUSTED'),
    key_rejected: has(502, 'UNAVAILABLE'),
    overloaded: has(503, 'UNAVAILABLE'),
    in_stream(error) {
      assert.ok(error instanceof ApiError, `${error?.constructor?.name}: ${error}`);
      assert.equal(error.status, 503);
    },
  },
  codeOf,
  providersError: {
    body: { error: { code: 400, message: 'too many tokens', status: 'INVALID_ARGUMENT' } },
    check(error) {
      assert.match(error.message, /too many tokens/);
    },
  },
  preamble: 0,
  obeys: false,
});

async function start(t) {
  const config = { dialect, more: '[models."gemini-*"]\nprovider = "sim"' };
  const { sim, gateway } = await startBoth(t, { simulator: { keys: ['only'] }, config });
  return { sim, gateway, client: connect(gateway) };
}

scenario('nobody else is asked, whatever the SDK looks for', async () => {
  await assert.rejects(fetch('http://192.0.2.1/'), (error) => {
    assert.match(String(error.cause ?? error), /must not contact/);
    return true;
  });
});

scenario("the caller's key stays here, the key's goes in a header", async (t) => {
  const { sim, client } = await start(t);
  await ask(client);
  const [seen] = await sim.requests();
  assert.equal(seen.target, '/v1beta/models/gpt-4o:generateContent');
  assert.equal(headerOf(seen, 'x-goog-api-key'), 'sk-e2e-only');
  assert.ok(!JSON.stringify(seen).includes(dummyKey));
});

scenario('chats: what was said goes along, streamed and not', async (t) => {
  const { sim, client } = await start(t);
  const chat = client.chats.create({ model: 'gemini-2.5-pro' });
  const first = await chat.sendMessage({ message: 'one' });
  assert.equal(first.text, 'Hello from only, request 1: one');
  const { pieces } = await drained(await chat.sendMessageStream({ message: 'two' }));
  assert.equal(pieces.map(({ text }) => text ?? '').join(''), 'Hello from only, request 2: two');
  assert.match((await chat.sendMessage({ message: 'three' })).text, /request 3: three$/);
  const requests = await sim.requests();
  const roles = JSON.parse(requests.at(-1).body).contents.map(({ role }) => role);
  assert.equal(roles[0], 'user');
  assert.equal(roles.at(-1), 'user');
  assert.ok(roles.length >= 5, String(roles));
});

scenario('a function called in a stream', async (t) => {
  const { sim, client } = await start(t);
  const args = { a: 2, b: 3 };
  const parts = [{ functionCall: { name: 'add', args } }];
  const candidates = [{ content: { parts, role: 'model' }, finishReason: 'STOP', index: 0 }];
  await sim.fault('only', {
    status: 200,
    headers: { 'content-type': 'text/event-stream' },
    body: `data: ${JSON.stringify({ candidates })}\r\n\r\n`,
  });
  const functionDeclarations = [{ name: 'add', parametersJsonSchema: { type: 'object' } }];
  const answer = await client.models.generateContentStream({
    model: 'gpt-4o',
    contents: question,
    config: { tools: [{ functionDeclarations }] },
  });
  const { pieces } = await drained(answer);
  assert.deepEqual(
    pieces.flatMap(({ functionCalls }) => functionCalls ?? []).map((each) => each.args),
    [args],
  );
});

scenario('embedContent: one and several', async (t) => {
  const { client } = await start(t);
  const model = 'gemini-embedding-001';
  const config = { outputDimensionality: 8 };
  for (const contents of ['one', ['one', 'two']]) {
    const { embeddings } = await client.models.embedContent({ model, contents, config });
    assert.deepEqual(
      embeddings.map(({ values }) => values.length),
      Array.isArray(contents) ? [8, 8] : [8],
    );
  }
});

scenario('countTokens: what the provider will count', async (t) => {
  const { client } = await start(t);
  const { totalTokens } = await client.models.countTokens({ model: 'gpt-4o', contents: question });
  assert.equal(totalTokens, (await ask(client)).usage[0]);
});

scenario('models.list and models.get', async (t) => {
  const { client } = await start(t);
  const { pieces } = await drained(await client.models.list());
  assert.deepEqual(
    pieces.map(({ name }) => name),
    ['models/gpt-4o'],
  );
  assert.equal((await client.models.get({ model: 'gpt-4o' })).name, 'models/gpt-4o');
  await assert.rejects(client.models.get({ model: 'gpt-0' }), (error) => {
    has(404, 'NOT_FOUND')(error);
    assert.equal(codeOf(error), 'unknown_model');
    return true;
  });
});
