// The official `@anthropic-ai/sdk`, with nothing changed but its base URL and a dummy key.
import assert from 'node:assert/strict';

import Anthropic, {
  APIError,
  AuthenticationError,
  BadRequestError,
  InternalServerError,
  NotFoundError,
  RateLimitError,
} from '@anthropic-ai/sdk';

import { dialects, scenario, startBoth } from './lib/keywheel.mjs';
import { drained, dummyKey, headerOf, watched } from './lib/sdk.mjs';
import { promisesTo, question } from './lib/sdk_promises.mjs';

const dialect = dialects.anthropic;

function connect({ url }, { key = dummyKey, retries = 0, fetch } = {}) {
  return new Anthropic({ baseURL: url, apiKey: key, maxRetries: retries, fetch });
}

const request = (model = 'gpt-4o', content = question) => ({
  model,
  max_tokens: 1000,
  messages: [{ role: 'user', content }],
});

/** Anthropic leaves what was cached out of the input. */
const usageOf = ({ input_tokens, cache_read_input_tokens, output_tokens }) => [
  input_tokens + cache_read_input_tokens,
  output_tokens,
];

async function ask(client, model) {
  const { content, usage } = await client.messages.create(request(model));
  return { text: content[0].text, usage: usageOf(usage) };
}

async function* stream(client, model) {
  let usage;
  for await (const event of await client.messages.create({ ...request(model), stream: true })) {
    if (event.type === 'content_block_delta') yield event.delta.text;
    if (event.type === 'message_delta') usage = usageOf(event.usage);
  }
  return usage;
}

function isA(type, status) {
  return (error) => {
    assert.ok(error instanceof type, `${error?.constructor?.name}: ${error}`);
    assert.equal(error.status, status);
  };
}

promisesTo({
  name: 'messages',
  dialect,
  connect,
  ask,
  stream,
  expect: {
    bad_request: isA(BadRequestError, 400),
    not_authorized: isA(AuthenticationError, 401),
    unknown_model: isA(NotFoundError, 404),
    rate_limit: isA(RateLimitError, 429),
    key_rejected: isA(InternalServerError, 502),
    overloaded: isA(InternalServerError, 529),
    in_stream(error) {
      isA(APIError, undefined)(error);
      assert.equal(error.type, 'overloaded_error');
    },
  },
  codeOf: (error) => error.error.error.code,
  providersError: {
    body: {
      type: 'error',
      error: { type: 'invalid_request_error', message: 'prompt is too long' },
    },
    check(error) {
      assert.equal(error.type, 'invalid_request_error');
      assert.match(error.message, /prompt is too long/);
    },
  },
  preamble: 3,
  obeys: true,
});

async function start(t) {
  const config = { dialect };
  const { sim, gateway } = await startBoth(t, { simulator: { keys: ['only'] }, config });
  return { sim, gateway, client: connect(gateway) };
}

scenario('versions and beta headers are passed through, credentials are not', async (t) => {
  const { sim, gateway } = await start(t);
  const { seen: sent, fetch } = watched();
  const client = connect(gateway, { fetch });
  const betas = ['context-1m-2025-08-07', 'files-api-2025-04-14'];
  const { data, response } = await client.beta.messages
    .create({ ...request(), betas })
    .withResponse();
  assert.match(data.content[0].text, /^Hello from only/);
  assert.equal(response.headers.get('x-keywheel-key'), 'sim/only');
  const [seen] = await sim.requests();
  assert.equal(headerOf(seen, 'anthropic-beta'), betas.join(','));
  const version = headerOf(seen, 'anthropic-version');
  assert.match(version, /^\d{4}-\d\d-\d\d$/);
  assert.equal(version, sent[0].sent.get('anthropic-version'));
  assert.equal(headerOf(seen, 'x-api-key'), 'sk-e2e-only');
  assert.ok(!JSON.stringify(seen).includes(dummyKey));
});

scenario('an auth token serves as well as a key', async (t) => {
  const more = '[[clients]]\nname = "ci"\ntoken = "a-token-of-ours"';
  const config = { dialect, more };
  const { sim, gateway } = await startBoth(t, { simulator: { keys: ['only'] }, config });
  const own = { baseURL: gateway.url, apiKey: null, authToken: 'a-token-of-ours' };
  assert.match((await ask(new Anthropic({ ...own, maxRetries: 0 }))).text, /^Hello from only/);
  const [seen] = await sim.requests();
  assert.equal(headerOf(seen, 'authorization'), undefined);
});

scenario('the stream helper: text, and the final message with its usage', async (t) => {
  const { client } = await start(t);
  const helper = client.messages.stream(request('gpt-4o', 'Say hello'));
  let said = '';
  helper.on('text', (delta) => (said += delta));
  const message = await helper.finalMessage();
  assert.equal(said, 'Hello from only, request 1: Say hello');
  assert.equal(message.content[0].text, said);
  assert.equal(message.stop_reason, 'end_turn');
  const plain = await client.messages.create(request('gpt-4o', 'Say hello'));
  assert.deepEqual(usageOf(message.usage), usageOf(plain.usage));
});

scenario('the stream helper raises what breaks its stream', async (t) => {
  const { sim, client } = await start(t);
  for (const kind of ['stream_error', 'cut_stream']) {
    await sim.fault('only', { kind, after: 5 });
    await assert.rejects(client.messages.stream(request()).finalMessage(), Error, kind);
  }
});

scenario('a tool called in a stream', async (t) => {
  const { sim, client } = await start(t);
  const usage = { input_tokens: 20, output_tokens: 9 };
  const message = {
    id: 'msg_1',
    type: 'message',
    role: 'assistant',
    model: 'gpt-4o',
    content: [],
    stop_reason: null,
    stop_sequence: null,
    usage,
  };
  const block = { type: 'tool_use', id: 'toolu_1', name: 'add', input: {} };
  const json = (partial_json) => ({
    type: 'content_block_delta',
    index: 0,
    delta: { type: 'input_json_delta', partial_json },
  });
  const events = [
    { type: 'message_start', message },
    { type: 'content_block_start', index: 0, content_block: block },
    json('{"a":2,'),
    json('"b":3}'),
    { type: 'content_block_stop', index: 0 },
    { type: 'message_delta', delta: { stop_reason: 'tool_use', stop_sequence: null }, usage },
    { type: 'message_stop' },
  ];
  await sim.fault('only', {
    status: 200,
    headers: { 'content-type': 'text/event-stream' },
    body: events.map((each) => `event: ${each.type}\ndata: ${JSON.stringify(each)}\n\n`).join(''),
  });
  const input_schema = { type: 'object', properties: { a: {}, b: {} } };
  const tools = [{ name: 'add', input_schema }];
  const final = await client.messages.stream({ ...request(), tools }).finalMessage();
  assert.equal(final.stop_reason, 'tool_use');
  assert.deepEqual(final.content[0].input, { a: 2, b: 3 });
  const [seen] = await sim.requests();
  assert.deepEqual(JSON.parse(seen.body).tools, tools);
});

scenario('messages.countTokens: counted by the provider, and by nobody here', async (t) => {
  const { gateway, client } = await start(t);
  const { max_tokens, ...counted } = request();
  const { input_tokens } = await client.messages.countTokens(counted);
  const { usage } = await client.messages.create({ ...counted, max_tokens });
  assert.equal(input_tokens, usage.input_tokens);
  const { requests, input_tokens: charged } = await gateway.key('only');
  assert.deepEqual([requests, charged], [2, input_tokens]);
});

scenario('models.list and models.retrieve', async (t) => {
  const { client } = await start(t);
  const { pieces } = await drained(client.models.list());
  assert.deepEqual(
    pieces.map(({ type, id, display_name }) => [type, id, display_name]),
    [['model', 'gpt-4o', 'gpt-4o']],
  );
  assert.equal((await client.models.retrieve('gpt-4o')).id, 'gpt-4o');
  await assert.rejects(client.models.retrieve('gpt-0'), NotFoundError);
});
