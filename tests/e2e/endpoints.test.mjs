// Every endpoint of the data port, with the vendor's own SDK where it has one for it: forms with
// files, binary answers, and each dialect's paths.
import assert from 'node:assert/strict';

import OpenAI, { AzureOpenAI, BadRequestError, NotFoundError, toFile } from 'openai';

import {
  configFor,
  errorOf,
  scenario,
  startGateway,
  startSimulator,
  whole,
} from './lib/keywheel.mjs';
import './lib/sdk.mjs';

const apiVersion = '2024-10-21';

/** Models with another name at the provider, and a provider of each dialect. */
function moreFor(sim) {
  const provider = (dialect, path) => `
[providers.${dialect}]
dialect = "${dialect}"
base_url = "${sim.url}${path}"
api_key = "${sim.keys[0].secret}"
`;
  const model = (name, of, upstream) => `
[models."${name}"]
provider = "${of}"
upstream_model = "${upstream}"
`;
  return [
    provider('anthropic', ''),
    provider('gemini', ''),
    provider('azure', '/openai'),
    model('whisper', 'sim', 'whisper-1'),
    model('painter', 'sim', 'gpt-image-1'),
    model('voice', 'sim', 'tts-1'),
    model('judge', 'sim', 'omni-moderation-latest'),
    model('ranker', 'sim', 'rerank-v3'),
    model('claude', 'anthropic', 'claude-sonnet-4'),
    model('gemini', 'gemini', 'gemini-2.5-pro'),
    model('deployed', 'azure', 'gpt4o-eu'),
  ].join('');
}

/** Gateway, simulator and an SDK that knows the gateway only. */
async function start(t, simulator = {}) {
  const sim = await startSimulator(t, simulator);
  const gateway = await startGateway(t, configFor(sim, { more: moreFor(sim) }));
  const client = new OpenAI({
    baseURL: `${gateway.url}/v1`,
    apiKey: 'not-a-real-key',
    maxRetries: 0,
  });
  return { sim, gateway, client };
}

/** The one request that the provider saw. */
async function seen(sim) {
  const requests = await sim.requests();
  assert.equal(requests.length, 1);
  return requests[0];
}

function wav(bytes = 1000) {
  return toFile(new Uint8Array(bytes).fill(13), 'speech.wav', { type: 'audio/wav' });
}

scenario('audio.transcriptions and audio.translations', async (t) => {
  const { sim, client } = await start(t);
  for (const what of ['transcriptions', 'translations']) {
    await sim.clearRequests();
    const call = client.audio[what].create({
      file: await wav(),
      model: 'whisper',
      prompt: 'model',
    });
    const { data, response } = await call.withResponse();
    assert.match(data.text, /speech\.wav/);
    assert.match(response.headers.get('x-keywheel-key'), /^sim\/[abc]$/);
    const request = await seen(sim);
    assert.equal(request.target, `/v1/audio/${what}`);
    assert.match(request.body, /name="model"\r\n\r\nwhisper-1\r\n--/);
    assert.doesNotMatch(request.body, /\r\nwhisper\r\n/);
  }
});

scenario('a large file arrives whole, and the next key gets it again', async (t) => {
  const { sim, client } = await start(t, { keys: ['a', 'b'] });
  await sim.fault('*', { status: 429, headers: { 'retry-after': '60' } });
  const size = 8_000_000;
  const call = client.audio.transcriptions.create({ file: await wav(size), model: 'whisper' });
  const { data, response } = await call.withResponse();
  assert.match(data.text, /speech\.wav/);
  assert.equal(response.headers.get('x-keywheel-attempts'), '2');
  const lengths = (await sim.requests()).map((each) => Number(headerOf(each, 'content-length')));
  assert.equal(lengths.length, 2);
  assert.equal(lengths[0], lengths[1]);
  assert.ok(lengths[0] > size && lengths[0] < size + 1000, `${lengths[0]}`);
});

function headerOf(request, name) {
  const fields = Array.isArray(request.headers) ? request.headers : Object.entries(request.headers);
  return fields.find(([key]) => key.toLowerCase() === name)?.[1];
}

scenario('images: generations, edits, variations', async (t) => {
  const { sim, client } = await start(t);
  const image = await toFile(new Uint8Array([137, 80, 78, 71, 13, 10]), 'cat.png', {
    type: 'image/png',
  });
  for (const [operation, call] of [
    ['generations', () => client.images.generate({ model: 'painter', prompt: 'a cat' })],
    ['edits', () => client.images.edit({ model: 'painter', image, prompt: 'a hat' })],
    ['variations', () => client.images.createVariation({ model: 'painter', image })],
  ]) {
    await sim.clearRequests();
    assert.equal((await call()).data.length, 1, operation);
    const request = await seen(sim);
    assert.equal(request.target, `/v1/images/${operation}`);
    assert.match(request.body, /gpt-image-1/);
  }
});

scenario('audio.speech is passed through byte for byte', async (t) => {
  const { sim, client } = await start(t);
  const request = { model: 'tts-1', input: 'one two three', voice: 'alloy' };
  const direct = new OpenAI({ baseURL: `${sim.url}/v1`, apiKey: sim.keys[0].secret });
  const expected = Buffer.from(await (await direct.audio.speech.create(request)).arrayBuffer());
  const answer = await client.audio.speech.create({ ...request, model: 'voice' });
  assert.deepEqual(Buffer.from(await answer.arrayBuffer()), expected);
  assert.equal(expected.subarray(0, 3).toString(), 'ID3');
});

scenario('responses, moderations and rerank', async (t) => {
  const { sim, gateway, client } = await start(t);
  const response = await client.responses.create({ model: 'gpt-4o', input: 'hello' });
  assert.equal(response.object, 'response');
  const types = [];
  const stream = await client.responses.create({ model: 'gpt-4o', input: 'hello', stream: true });
  for await (const event of stream) types.push(event.type);
  assert.equal(types[0], 'response.created');
  assert.equal(types.at(-1), 'response.completed');
  const judged = await client.moderations.create({ model: 'judge', input: 'hello' });
  assert.equal(judged.results.length, 1);
  await sim.clearRequests();
  const ranked = await whole(
    await gateway.post('/v1/rerank', { model: 'ranker', query: 'q', documents: ['x', 'y'] }),
  );
  assert.equal(ranked.status, 200);
  assert.equal(ranked.json.results.length, 2);
  assert.equal(JSON.parse((await seen(sim)).body).model, 'rerank-v3');
});

scenario('a form that names no model to call is a bad request', async (t) => {
  const { sim, gateway, client } = await start(t);
  await assert.rejects(client.audio.transcriptions.create({ file: await wav() }), (error) => {
    assert.ok(error instanceof BadRequestError, String(error));
    assert.equal(error.code, 'bad_request');
    assert.match(error.message, /no field "model"/);
    return true;
  });
  const unknown = client.audio.transcriptions.create({ file: await wav(), model: 'gpt-0' });
  await assert.rejects(unknown, NotFoundError);
  for (const type of ['application/octet-stream', 'multipart/form-data']) {
    const answer = await whole(
      await gateway.post('/v1/audio/transcriptions', 'x', { headers: { 'content-type': type } }),
    );
    assert.equal(answer.status, 400);
    assert.equal(errorOf(answer).code, 'bad_request');
  }
  assert.deepEqual(await sim.requests(), []);
});

scenario("Azure's classic paths", async (t) => {
  const { sim, gateway } = await start(t);
  const azure = new AzureOpenAI({
    endpoint: gateway.url,
    apiKey: 'not-a-real-key',
    apiVersion,
    maxRetries: 0,
  });
  const messages = [{ role: 'user', content: 'hello' }];
  const chat = await azure.chat.completions.create({ model: 'deployed', messages });
  assert.equal(chat.object, 'chat.completion');
  const response = await azure.responses.create({ model: 'deployed', input: 'hello' });
  assert.equal(response.object, 'response');
  const form = new FormData();
  form.append('file', new Blob(['RIFF']), 'speech.wav');
  const heard = await fetch(
    `${gateway.url}/openai/deployments/deployed/audio/transcriptions?api-version=${apiVersion}`,
    { method: 'POST', body: form },
  );
  assert.equal(heard.status, 200, await heard.text());
  assert.deepEqual(
    (await sim.requests()).map((each) => each.target),
    [
      `/openai/deployments/gpt4o-eu/chat/completions?api-version=${apiVersion}`,
      `/openai/responses?api-version=${apiVersion}`,
      `/openai/deployments/gpt4o-eu/audio/transcriptions?api-version=${apiVersion}`,
    ],
  );
  assert.equal(JSON.parse((await sim.requests())[1].body).model, 'gpt4o-eu');
});

scenario("Azure's v1 paths", async (t) => {
  const { sim, gateway } = await start(t);
  const client = new OpenAI({ baseURL: `${gateway.url}/openai/v1`, apiKey: 'x', maxRetries: 0 });
  const messages = [{ role: 'user', content: 'hello' }];
  assert.ok((await client.chat.completions.create({ model: 'gpt-4o', messages })).id);
  const heard = await client.audio.transcriptions.create({ file: await wav(), model: 'whisper' });
  assert.match(heard.text, /speech\.wav/);
  assert.equal((await client.models.retrieve('gpt-4o')).id, 'gpt-4o');
  assert.deepEqual(
    (await sim.requests()).map((each) => each.target),
    ['/v1/chat/completions', '/v1/audio/transcriptions'],
  );
});

scenario('Anthropic: messages and count_tokens', async (t) => {
  const { sim, gateway } = await start(t);
  const headers = { 'anthropic-version': '2023-06-01' };
  const body = { model: 'claude', max_tokens: 9, messages: [{ role: 'user', content: 'hello' }] };
  const message = await whole(await gateway.post('/v1/messages', body, { headers }));
  assert.equal(message.json.type, 'message');
  const count = await whole(await gateway.post('/v1/messages/count_tokens', body, { headers }));
  assert.ok(count.json.input_tokens > 0);
  for (const request of await sim.requests())
    assert.equal(JSON.parse(request.body).model, 'claude-sonnet-4');
});

scenario('Gemini: every method, at a base URL without a path', async (t) => {
  const { sim, gateway } = await start(t);
  const contents = [{ role: 'user', parts: [{ text: 'hello' }] }];
  const content = contents[0];
  const requests = [{ model: 'models/gemini-2.5-pro', content }];
  for (const [method, body, member] of [
    ['generateContent', { contents }, 'candidates'],
    ['embedContent', { content }, 'embedding'],
    ['batchEmbedContents', { requests }, 'embeddings'],
    ['countTokens', { contents }, 'totalTokens'],
  ]) {
    await sim.clearRequests();
    const answer = await whole(await gateway.post(`/v1beta/models/gemini:${method}`, body));
    assert.equal(answer.status, 200, answer.text);
    assert.ok(answer.json[member], method);
    assert.equal((await seen(sim)).target, `/v1beta/models/gemini-2.5-pro:${method}`);
  }
  const stream = await whole(
    await gateway.post('/v1beta/models/gemini:streamGenerateContent?alt=sse', { contents }),
  );
  assert.match(stream.text, /^data: \{/);
});

scenario("models are listed in each dialect's shape", async (t) => {
  const { gateway } = await start(t);
  const list = async (path, headers = {}) =>
    (await whole(await fetch(gateway.url + path, { headers }))).json;
  const openai = await list('/v1/models');
  assert.equal(openai.object, 'list');
  const names = openai.data.map((each) => each.id);
  assert.ok(names.includes('whisper') && names.includes('claude'), String(names));
  assert.deepEqual(await list('/openai/v1/models'), openai);
  assert.deepEqual(await list(`/openai/models?api-version=${apiVersion}`), openai);
  const anthropic = await list('/v1/models', { 'anthropic-version': '2023-06-01' });
  assert.equal(anthropic.has_more, false);
  assert.equal(anthropic.first_id, names[0]);
  assert.equal(anthropic.last_id, names.at(-1));
  const gemini = await list('/v1beta/models');
  assert.equal(gemini.models[0].name, `models/${names[0]}`);
  assert.equal((await list('/v1beta/models/gemini')).name, 'models/gemini');
});
