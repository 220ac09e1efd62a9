// The official `openai` package, with nothing changed but its base URL and a dummy key.
import assert from 'node:assert/strict';

import OpenAI, { BadRequestError, NotFoundError, toFile } from 'openai';

import { dialects, scenario, startBoth, startSimulator } from './lib/keywheel.mjs';
import { chat, openaiErrors, responses } from './lib/openai_sdk.mjs';
import { drained, dummyKey } from './lib/sdk.mjs';
import { promisesTo } from './lib/sdk_promises.mjs';

function connect({ url }, { key = dummyKey, retries = 0, fetch } = {}) {
  return new OpenAI({ baseURL: `${url}/v1`, apiKey: key, maxRetries: retries, fetch });
}

promisesTo({ name: 'chat', dialect: dialects.openai, connect, ...openaiErrors, ...chat });
promisesTo({ name: 'responses', dialect: dialects.openai, connect, ...openaiErrors, ...responses });

const messages = [{ role: 'user', content: 'Say hello' }];
const anyModel = '[models."*"]\nprovider = "sim"';

async function start(t, { simulator = { keys: ['only'] }, ...more } = {}) {
  const config = { dialect: dialects.openai, more: anyModel };
  const { sim, gateway } = await startBoth(t, { simulator, config, ...more });
  return { sim, gateway, client: connect(gateway) };
}

/** A stream as a provider writes it. */
const streamOf = (events) => ({
  status: 200,
  headers: { 'content-type': 'text/event-stream' },
  body: [...events.map((each) => JSON.stringify(each)), '[DONE]']
    .map((each) => `data: ${each}\n\n`)
    .join(''),
});

scenario('what Keywheel says of a call is at hand', async (t) => {
  const { sim, client } = await start(t);
  const call = client.chat.completions.create({ model: 'gpt-4o', messages });
  const { data, response, request_id } = await call.withResponse();
  assert.equal(data.object, 'chat.completion');
  assert.equal(response.headers.get('x-keywheel-key'), 'sim/only');
  assert.equal(response.headers.get('x-keywheel-attempts'), '1');
  assert.ok(request_id);
  assert.equal(request_id, response.headers.get('x-request-id'));
  const [seen] = await sim.requests();
  assert.deepEqual(JSON.parse(seen.body).messages, messages);
  assert.ok(!JSON.stringify(seen).includes(dummyKey), "the caller's key stays here");
});

scenario('streamed chat: the same events as without a gateway', async (t) => {
  const events = async (client) => {
    const request = { model: 'gpt-4o', messages, stream: true };
    const stream_options = { include_usage: true };
    const stream = await client.chat.completions.create({ ...request, stream_options });
    return (await drained(stream)).pieces.map(({ created, ...event }) => event);
  };
  // Two providers with one seed say the same.
  const simulator = { keys: ['only'], options: { tokens: 50 } };
  const direct = await startSimulator(t, simulator);
  const { client } = await start(t, { simulator });
  const through = await events(client);
  assert.ok(through.length > 50, `${through.length} events`);
  assert.deepEqual(through, await events(connect(direct, { key: direct.keys[0].secret })));
});

scenario('the stream helper: deltas, the whole message, the final usage', async (t) => {
  const { client } = await start(t);
  const stream_options = { include_usage: true };
  const stream = client.chat.completions.stream({ model: 'gpt-4o', messages, stream_options });
  let said = '';
  stream.on('content', (delta) => (said += delta));
  assert.equal(await stream.finalContent(), 'Hello from only, request 1: Say hello');
  assert.equal(said, 'Hello from only, request 1: Say hello');
  const { usage } = await stream.finalChatCompletion();
  assert.ok(usage.prompt_tokens > 0);
  assert.equal((await stream.totalUsage()).total_tokens, usage.total_tokens);
});

scenario('tools in a stream: the runner calls them and asks again', async (t) => {
  const { sim, client } = await start(t);
  const chunk = (delta, finish_reason = null) => ({
    id: 'chatcmpl-1',
    object: 'chat.completion.chunk',
    created: 1,
    model: 'gpt-4o',
    choices: [{ index: 0, delta, finish_reason }],
    usage: null,
  });
  const call = (more) => chunk({ tool_calls: [{ index: 0, ...more }] });
  await sim.fault(
    'only',
    streamOf([
      chunk({ role: 'assistant', content: null }),
      call({ id: 'call_1', type: 'function', function: { name: 'add', arguments: '' } }),
      call({ function: { arguments: '{"a":2,' } }),
      call({ function: { arguments: '"b":3}' } }),
      chunk({}, 'tool_calls'),
      {
        ...chunk({}),
        choices: [],
        usage: { prompt_tokens: 20, completion_tokens: 9, total_tokens: 29 },
      },
    ]),
  );
  const asked = [];
  const add = {
    name: 'add',
    parameters: { type: 'object', properties: { a: { type: 'number' }, b: { type: 'number' } } },
    parse: JSON.parse,
    function: ({ a, b }) => {
      asked.push([a, b]);
      return String(a + b);
    },
  };
  const runner = client.chat.completions.runTools({
    model: 'gpt-4o',
    messages,
    tools: [{ type: 'function', function: add }],
    stream: true,
    stream_options: { include_usage: true },
  });
  assert.match(await runner.finalContent(), /^Hello from only/);
  assert.deepEqual(asked, [[2, 3]]);
  const final = (await runner.finalChatCompletion()).usage;
  const total = await runner.totalUsage();
  assert.equal(total.total_tokens, 29 + final.total_tokens);
  const [, second] = await sim.requests();
  const { role, tool_call_id, content } = JSON.parse(second.body).messages.at(-1);
  assert.deepEqual([role, tool_call_id, content], ['tool', 'call_1', '5']);
});

scenario('completions', async (t) => {
  const { client } = await start(t);
  const request = { model: 'gpt-3.5-turbo-instruct', prompt: 'Say hello' };
  const plain = await client.completions.create(request);
  assert.equal(plain.choices[0].text, 'Hello from only, request 1: Say hello');
  const { pieces } = await drained(await client.completions.create({ ...request, stream: true }));
  const text = pieces.map(({ choices }) => choices[0].text).join('');
  assert.equal(text, 'Hello from only, request 2: Say hello');
});

scenario('responses: the stream helper', async (t) => {
  const { client } = await start(t);
  const stream = client.responses.stream({ model: 'gpt-4o', input: 'Say hello' });
  const { pieces } = await drained(stream);
  assert.deepEqual(
    [pieces[0].type, pieces.at(-1).type],
    ['response.created', 'response.completed'],
  );
  const whole = await stream.finalResponse();
  assert.equal(whole.output_text, 'Hello from only, request 1: Say hello');
});

scenario('embeddings: in base64, as the SDK asks by itself, and as numbers', async (t) => {
  const { client } = await start(t);
  const request = { model: 'text-embedding-3-small', input: ['one', 'two'], dimensions: 8 };
  const packed = await client.embeddings.create(request);
  const numbers = await client.embeddings.create({ ...request, encoding_format: 'float' });
  assert.equal(numbers.data.length, 2);
  for (const [at, { embedding }] of numbers.data.entries()) {
    assert.equal(embedding.length, 8);
    const close = packed.data[at].embedding.every(
      (value, i) => Math.abs(value - embedding[i]) < 1e-4,
    );
    assert.ok(close, `${packed.data[at].embedding} is not ${embedding}`);
  }
});

scenario('images: generate, edit, createVariation', async (t) => {
  const { sim, client } = await start(t);
  const image = await toFile(new Uint8Array([137, 80, 78, 71]), 'cat.png', { type: 'image/png' });
  const model = 'gpt-image-1';
  const made = await client.images.generate({ model, prompt: 'a cat', n: 2 });
  assert.equal(made.data.length, 2);
  assert.ok(made.usage.total_tokens > 0);
  assert.equal((await client.images.edit({ model, image, prompt: 'a hat' })).data.length, 1);
  assert.equal((await client.images.createVariation({ model, image })).data.length, 1);
  assert.deepEqual(
    (await sim.requests()).map(({ target, status }) => [target, status]),
    ['generations', 'edits', 'variations'].map((each) => [`/v1/images/${each}`, 200]),
  );
});

scenario('audio: speech is binary, transcriptions and translations are forms', async (t) => {
  const { sim, client } = await start(t);
  const request = { model: 'tts-1', input: 'one two three', voice: 'alloy' };
  const direct = connect(sim, { key: sim.keys[0].secret });
  const bytes = async (from) =>
    Buffer.from(await (await from.audio.speech.create(request)).arrayBuffer());
  const spoken = await bytes(client);
  assert.equal(spoken.subarray(0, 3).toString(), 'ID3');
  assert.deepEqual(spoken, await bytes(direct));

  const file = await toFile(new Uint8Array(100_000).fill(13), 'speech.wav', { type: 'audio/wav' });
  const heard = await client.audio.transcriptions.create({ model: 'whisper-1', file });
  assert.match(heard.text, /speech\.wav$/);
  const text = await client.audio.transcriptions.create({
    model: 'whisper-1',
    file,
    response_format: 'text',
  });
  assert.match(text, /speech\.wav\n$/);
  assert.match(
    (await client.audio.translations.create({ model: 'whisper-1', file })).text,
    /speech/,
  );
});

scenario('moderations', async (t) => {
  const { client } = await start(t);
  const judged = await client.moderations.create({
    model: 'omni-moderation-latest',
    input: 'hello',
  });
  assert.deepEqual(
    judged.results.map(({ flagged }) => flagged),
    [false],
  );
});

scenario('models.list and models.retrieve', async (t) => {
  const { client } = await start(t);
  const names = [];
  for await (const { id } of client.models.list()) names.push(id);
  assert.deepEqual(names, ['gpt-4o']);
  assert.equal((await client.models.retrieve('gpt-4o')).id, 'gpt-4o');
  const { gateway } = await startBoth(t);
  await assert.rejects(connect(gateway).models.retrieve('gpt-0'), (error) => {
    assert.ok(error instanceof NotFoundError, String(error));
    assert.equal(error.code, 'unknown_model');
    return true;
  });
});

scenario('an error of ours tells nothing of the provider', async (t) => {
  const { sim, gateway } = await startBoth(t);
  await assert.rejects(chat.ask(connect(gateway), 'gpt-0'), (error) => {
    assert.ok(!error.message.includes('sim/'), error.message);
    assert.ok(!error.message.includes(sim.url), error.message);
    return true;
  });
});

scenario('a body without a model is a BadRequestError', async (t) => {
  const { sim, client } = await start(t);
  await assert.rejects(client.chat.completions.create({ messages }), (error) => {
    assert.ok(error instanceof BadRequestError, String(error));
    assert.equal(error.code, 'bad_request');
    return true;
  });
  assert.deepEqual(await sim.requests(), []);
});
