// Azure OpenAI: `AzureOpenAI` for the classic deployments, `OpenAI` for the v1 base URL.
import assert from 'node:assert/strict';

import OpenAI, { AzureOpenAI, toFile } from 'openai';

import { dialects, scenario, startBoth } from './lib/keywheel.mjs';
import { chat, openaiErrors, responses } from './lib/openai_sdk.mjs';
import { drained, dummyKey } from './lib/sdk.mjs';
import { promisesTo } from './lib/sdk_promises.mjs';

const apiVersion = '2024-10-21';
const anyModel = '[models."*"]\nprovider = "sim"';
const messages = [{ role: 'user', content: 'Say hello' }];

function classic({ url }, { key = dummyKey, retries = 0, fetch, ...more } = {}) {
  const own = { endpoint: url, apiKey: key, apiVersion };
  return new AzureOpenAI({ ...own, maxRetries: retries, fetch, ...more });
}

function v1({ url }, { key = dummyKey, retries = 0, fetch } = {}) {
  return new OpenAI({ baseURL: `${url}/openai/v1`, apiKey: key, maxRetries: retries, fetch });
}

const v1Dialect = { ...dialects.azure, base: '/openai/v1' };
promisesTo({
  name: 'classic',
  dialect: dialects.azure,
  connect: classic,
  ...openaiErrors,
  ...chat,
});
promisesTo({
  name: 'v1 responses',
  dialect: v1Dialect,
  connect: v1,
  ...openaiErrors,
  ...responses,
});

async function start(t, connect, dialect = dialects.azure) {
  const config = { dialect, more: anyModel };
  const { sim, gateway } = await startBoth(t, { simulator: { keys: ['only'] }, config });
  return { sim, gateway, client: connect(gateway) };
}

/** Calls each of `paths`; `painter`: the client for images/edits. */
async function callAll(client, painter = client) {
  const file = await toFile(new Uint8Array(1000).fill(13), 'speech.wav', { type: 'audio/wav' });
  const image = await toFile(new Uint8Array([137, 80, 78, 71]), 'cat.png', { type: 'image/png' });
  const stream = client.chat.completions.stream({ model: 'gpt-4o', messages });
  assert.match(await stream.finalContent(), /Say hello$/);
  const { pieces } = await drained(
    await client.completions.create({ model: 'gpt-4o', prompt: 'Say hello', stream: true }),
  );
  assert.match(pieces.map(({ choices }) => choices[0].text).join(''), /Say hello$/);
  const model = 'text-embedding-3-small';
  const packed = await client.embeddings.create({ model, input: 'one', dimensions: 8 });
  assert.equal(packed.data[0].embedding.length, 8);
  const made = await client.images.generate({ model: 'gpt-image-1', prompt: 'a cat' });
  assert.equal(made.data.length, 1);
  const edited = await painter.images.edit({ model: 'gpt-image-1', image, prompt: 'a hat' });
  assert.equal(edited.data.length, 1);
  const speech = await client.audio.speech.create({ model: 'tts-1', input: 'one', voice: 'alloy' });
  assert.equal(
    Buffer.from(await speech.arrayBuffer())
      .subarray(0, 3)
      .toString(),
    'ID3',
  );
  for (const what of ['transcriptions', 'translations'])
    assert.match((await client.audio[what].create({ model: 'whisper-1', file })).text, /speech/);
}

const paths = [
  ['gpt-4o', 'chat/completions'],
  ['gpt-4o', 'completions'],
  ['text-embedding-3-small', 'embeddings'],
  ['gpt-image-1', 'images/generations'],
  ['gpt-image-1', 'images/edits'],
  ['tts-1', 'audio/speech'],
  ['whisper-1', 'audio/transcriptions'],
  ['whisper-1', 'audio/translations'],
];

scenario('classic: every endpoint, at its deployment', async (t) => {
  const { sim, gateway, client } = await start(t, classic);
  // Of a form with an image the SDK knows no model, so its deployment must be the client's.
  await callAll(client, classic(gateway, { deployment: 'gpt-image-1' }));
  const answer = await client.responses.create({ model: 'gpt-4o', input: 'Say hello' });
  assert.match(answer.output_text, /Say hello$/);
  const seen = (await sim.requests()).map(({ target }) => target);
  assert.deepEqual(seen, [
    ...paths.map(
      ([model, path]) => `/openai/deployments/${model}/${path}?api-version=${apiVersion}`,
    ),
    `/openai/responses?api-version=${apiVersion}`,
  ]);
});

scenario("classic: a client for one deployment, whatever the body's model", async (t) => {
  const { sim, gateway } = await start(t, classic);
  const client = classic(gateway, { deployment: 'gpt-4o' });
  const answer = await client.chat.completions.create({ model: 'another', messages });
  assert.equal(answer.model, 'gpt-4o');
  const [seen] = await sim.requests();
  assert.equal(
    seen.target,
    `/openai/deployments/gpt-4o/chat/completions?api-version=${apiVersion}`,
  );
  assert.equal(JSON.parse(seen.body).model, 'another', 'Azure ignores it, and so do we');
});

scenario('classic: a token of Entra instead of a key', async (t) => {
  const { sim, gateway } = await start(t, classic);
  const client = new AzureOpenAI({
    endpoint: gateway.url,
    azureADTokenProvider: async () => 'a-token-of-entra',
    apiVersion,
    maxRetries: 0,
  });
  assert.match((await chat.ask(client)).text, /^Hello from only/);
  const [seen] = await sim.requests();
  assert.ok(!JSON.stringify(seen).includes('a-token-of-entra'));
});

scenario('v1: every endpoint', async (t) => {
  const { sim, client } = await start(t, v1, v1Dialect);
  await callAll(client);
  const seen = (await sim.requests()).map(({ target }) => target);
  assert.deepEqual(
    seen,
    paths.map(([, path]) => `/openai/v1/${path}`),
  );
});

for (const [name, connect] of Object.entries({ classic, v1 }))
  scenario(`${name}: models.list and models.retrieve`, async (t) => {
    const { client } = await start(t, connect);
    const names = [];
    for await (const { id } of client.models.list()) names.push(id);
    assert.deepEqual(names, ['gpt-4o']);
    assert.equal((await client.models.retrieve('gpt-4o')).id, 'gpt-4o');
  });
