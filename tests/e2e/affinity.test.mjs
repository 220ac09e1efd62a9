// What belongs to one organisation at its provider stays with the key that made it.
import assert from 'node:assert/strict';

import {
  configFor,
  dialects,
  scenario,
  startGateway,
  startSimulator,
  whole,
} from './lib/keywheel.mjs';

const responses = '/v1/responses';
const files = '/v1/files';

/** Two keys of two organisations at one provider, behind a gateway. */
async function startPair(t, { keys = ['a', 'b'], ...config } = {}) {
  const sim = await startSimulator(t, { keys });
  const gateway = await startGateway(t, configFor(sim, { provider: openai, ...config }));
  return { sim, gateway };
}

const openai = 'signals = "openai"';

const call = async (gateway, method, path, { body, headers } = {}) =>
  whole(await fetch(gateway.url + path, { method, body, headers }));

const get = (gateway, path, headers) => call(gateway, 'GET', path, { headers });
const remove = (gateway, path) => call(gateway, 'DELETE', path);

const respond = async (gateway, more = {}, headers = {}) =>
  whole(
    await gateway.post(responses, { model: 'gpt-4o', input: 'hello', ...more }, { headers }),
  );

/** The id of the response that a stream of events was about. */
function idInStream({ text }) {
  const [, id] = /"response":\s*{\s*"id":\s*"([^"]+)"/.exec(text);
  return id;
}

/** Streams a response: { …, id }. */
async function stream(gateway, more = {}) {
  const answer = await respond(gateway, { stream: true, ...more });
  assert.equal(answer.status, 200, answer.text);
  return { ...answer, id: idInStream(answer) };
}

async function upload(gateway, headers = {}) {
  const body = new FormData();
  body.set('purpose', 'user_data');
  body.set('file', new Blob(['one\ntwo\n']), 'lines.txt');
  const answer = await call(gateway, 'POST', files, { body, headers });
  assert.equal(answer.status, 200, answer.text);
  return { ...answer, id: answer.json.id };
}

function assertRefused(answer, status, code) {
  assert.equal(answer.status, status, answer.text);
  assert.equal(answer.json.error.code, code, answer.text);
  assert.equal(answer.key, null, 'nobody was asked');
}

const other = (key) => (key === 'sim/a' ? 'sim/b' : 'sim/a');
const nameOf = (key) => key.slice('sim/'.length);
const restOf = (seconds, times = 1) => ({
  status: 429,
  times,
  headers: { 'retry-after': String(seconds) },
});

// -- responses ------------------------------------------------------------------------------------

scenario('a response goes on where it began, plain and streamed, twenty at once', async (t) => {
  const { gateway } = await startPair(t);
  const conversation = async (number) => {
    const ask = async (more) => {
      if (number % 2) return stream(gateway, more);
      const answer = await respond(gateway, more);
      assert.equal(answer.status, 200, answer.text);
      return { ...answer, id: answer.json.id };
    };
    const first = await ask();
    let last = first;
    for (let turn = 0; turn < 5; ++turn) {
      last = await ask({ previous_response_id: last.id });
      assert.equal(last.key, first.key);
    }
    return first.key;
  };
  const keys = await Promise.all(Array.from({ length: 20 }, (_, i) => conversation(i)));
  assert.deepEqual([...new Set(keys)].sort(), ['sim/a', 'sim/b'], 'both began some');
});

scenario('a response is shown and deleted by who made it, and is gone then', async (t) => {
  const { gateway } = await startPair(t);
  const made = [await respond(gateway), await respond(gateway)];
  assert.notEqual(made[0].key, made[1].key);
  for (const { key, json } of made) {
    const path = `${responses}/${json.id}`;
    const shown = await get(gateway, path);
    assert.equal(shown.status, 200, shown.text);
    assert.equal(shown.json.id, json.id);
    assert.equal(shown.key, key);
    const gone = await remove(gateway, path);
    assert.equal(gone.status, 200, gone.text);
    assert.equal(gone.key, key);
    assertRefused(await get(gateway, path), 404, 'not_found');
    assertRefused(await respond(gateway, { previous_response_id: json.id }), 404, 'not_found');
  }
});

scenario('what two organisations made is not used together', async (t) => {
  const { gateway } = await startPair(t);
  const [one, two] = [await respond(gateway), await upload(gateway, { 'x-keywheel-key': 'sim/b' })];
  const first = one.key === 'sim/a' ? one : await respond(gateway, {}, { 'x-keywheel-key': 'sim/a' });
  const answer = await respond(gateway, {
    previous_response_id: first.json.id,
    input: [{ role: 'user', content: [{ type: 'input_file', file_id: two.id }] }],
  });
  assertRefused(answer, 400, 'bad_request');
  for (const id of [first.json.id, two.id]) assert.ok(answer.text.includes(id), answer.text);
  assert.ok(!answer.text.includes('sim/'), answer.text);
});

// -- the owner rests ------------------------------------------------------------------------------

scenario('while the owner rests others are served, and what is its own gets a 429', async (t) => {
  const { sim, gateway } = await startPair(t);
  const { key, json } = await respond(gateway);
  await sim.fault(nameOf(key), restOf(90));
  const struck = await respond(gateway, { previous_response_id: json.id });
  assert.equal(struck.status, 429, struck.text);
  const again = await respond(gateway, { previous_response_id: json.id });
  assertRefused(again, 429, 'no_key_available');
  const wait = Number(again.headers.get('retry-after'));
  assert.ok(wait > 60 && wait <= 91, `Retry-After: ${wait}`);
  for (let i = 0; i < 6; ++i) {
    const answer = await respond(gateway);
    assert.equal(answer.status, 200, answer.text);
    assert.equal(answer.key, other(key));
  }
});

scenario('what waits for its owner holds nobody up, and is served when that is back', async (t) => {
  const { sim, gateway } = await startPair(t);
  const { key, json } = await respond(gateway);
  await sim.fault(nameOf(key), restOf(6));
  let served = false;
  const waits = respond(gateway, { previous_response_id: json.id }).then((answer) => {
    served = true;
    return answer;
  });
  await gateway.waiting(1);
  for (let i = 0; i < 6; ++i) assert.equal((await respond(gateway)).key, other(key));
  assert.equal(served, false);
  const answer = await waits;
  assert.equal(answer.status, 200, answer.text);
  assert.equal(answer.key, key);
});

scenario('keys of one quota group share what they made', async (t) => {
  const sim = await startSimulator(t, {
    keys: [{ name: 'a', organization: 'org-1' }, { name: 'b', organization: 'org-1' }, 'c'],
  });
  const [a, b, c] = sim.keys;
  const group = { quota_group: 'team' };
  const keys = [{ ...a, ...group }, { ...b, ...group }, c];
  const gateway = await startGateway(t, configFor(sim, { keys, provider: openai }));
  const { json } = await respond(gateway, {}, { 'x-keywheel-key': 'sim/a' });
  assert.equal((await get(gateway, `${responses}/${json.id}`)).key, 'sim/a');
  const off = await gateway.admin('PATCH', '/api/v1/keys/sim/a', { enabled: false });
  assert.equal(off.status, 200);
  for (let i = 0; i < 4; ++i) {
    const answer = await respond(gateway, { previous_response_id: json.id });
    assert.equal(answer.status, 200, answer.text);
    assert.equal(answer.key, 'sim/b');
  }
});

// -- files ----------------------------------------------------------------------------------------

scenario('a file is used, shown and deleted by who it was given to', async (t) => {
  const { gateway } = await startPair(t);
  const made = [await upload(gateway), await upload(gateway)];
  assert.notEqual(made[0].key, made[1].key);
  for (const { key, id } of made) {
    const input = [{ role: 'user', content: [{ type: 'input_file', file_id: id }] }];
    for (let i = 0; i < 3; ++i) {
      const used = await respond(gateway, { input });
      assert.equal(used.status, 200, used.text);
      assert.equal(used.key, key);
    }
    const shown = await get(gateway, `${files}/${id}`);
    assert.equal(shown.status, 200, shown.text);
    assert.equal(shown.key, key);
    const gone = await remove(gateway, `${files}/${id}`);
    assert.equal(gone.status, 200, gone.text);
    assertRefused(await get(gateway, `${files}/${id}`), 404, 'not_found');
  }
});

scenario('a list is that of the key that is asked for', async (t) => {
  const { gateway } = await startPair(t);
  const { key, id } = await upload(gateway);
  const whose = await get(gateway, files);
  assertRefused(whose, 400, 'bad_request');
  assert.match(whose.json.error.message, /x-keywheel-key/);
  const own = await get(gateway, files, { 'x-keywheel-key': key });
  assert.deepEqual(own.json.data.map((file) => file.id), [id]);
  const others = await get(gateway, files, { 'x-keywheel-key': other(key) });
  assert.equal(others.status, 200, others.text);
  assert.deepEqual(others.json.data, []);
});

scenario('one key needs no book: its own lists, and ids from elsewhere, pass', async (t) => {
  const { gateway } = await startPair(t, { keys: ['a'] });
  assert.equal((await get(gateway, files)).status, 200);
  const answer = await get(gateway, `${files}/file-of-somebody`);
  assert.equal(answer.status, 404);
  assert.equal(answer.key, 'sim/a', 'the provider says so');
});

// -- batches, conversations, other dialects -------------------------------------------------------

const json = (body, headers) => ({
  body: JSON.stringify(body),
  headers: { 'content-type': 'application/json', ...headers },
});

/** A call that is to succeed, with the key `key` unless that is null. */
async function served(gateway, key, method, path, options) {
  const answer = await call(gateway, method, path, options);
  assert.equal(answer.status, 200, `${method} ${path}: ${answer.text}`);
  if (key !== null) assert.equal(answer.key, key, `${method} ${path}`);
  return answer;
}

scenario('a batch is where its file is, and its output is there, too', async (t) => {
  const { gateway } = await startPair(t);
  const made = [await upload(gateway), await upload(gateway)];
  assert.notEqual(made[0].key, made[1].key);
  for (const { key, id } of made) {
    const order = { input_file_id: id, endpoint: '/v1/responses', completion_window: '24h' };
    const begin = () => served(gateway, key, 'POST', '/v1/batches', json(order));
    const [batch, unwanted] = [(await begin()).json, (await begin()).json];
    const cancelled = `/v1/batches/${unwanted.id}/cancel`;
    assert.equal((await served(gateway, key, 'POST', cancelled)).json.status, 'cancelling');
    const done = await served(gateway, key, 'GET', `/v1/batches/${batch.id}`);
    assert.equal(done.json.status, 'completed');
    const output = `/v1/files/${done.json.output_file_id}/content`;
    assert.match((await served(gateway, key, 'GET', output)).text, /status_code/);
  }
  assertRefused(await get(gateway, '/v1/batches'), 400, 'bad_request');
});

scenario('a conversation, its items, and the cancel of a response stay where they are', async (t) => {
  const { gateway } = await startPair(t);
  const seen = new Set();
  for (let i = 0; i < 2; ++i) {
    const { key, json: made } = await served(gateway, null, 'POST', '/v1/conversations', json({}));
    seen.add(key);
    for (const conversation of [made.id, { id: made.id }])
      for (let turn = 0; turn < 2; ++turn)
        assert.equal((await respond(gateway, { conversation })).key, key);
    await served(gateway, key, 'GET', `/v1/conversations/${made.id}/items`);
    const first = await respond(gateway, { conversation: made.id });
    await served(gateway, key, 'GET', `${responses}/${first.json.id}/input_items`);
    await served(gateway, key, 'POST', `${responses}/${first.json.id}/cancel`);
    await served(gateway, key, 'DELETE', `/v1/conversations/${made.id}`);
    assertRefused(await get(gateway, `/v1/conversations/${made.id}`), 404, 'not_found');
  }
  assert.equal(seen.size, 2);
});

scenario("Gemini's files and cached contents stay where they are", async (t) => {
  const sim = await startSimulator(t, { keys: ['a', 'b'] });
  const gateway = await startGateway(t, configFor(sim, { dialect: dialects.gemini }));
  const ask = (more) => {
    const body = { ...dialects.gemini.body('hello'), ...more };
    return gateway.post(dialects.gemini.path(false), body).then(whole);
  };
  const seen = new Set();
  for (let i = 0; i < 2; ++i) {
    const caching = { model: 'models/gpt-4o', ...dialects.gemini.body('long') };
    const made = await served(gateway, null, 'POST', '/v1beta/cachedContents', json(caching));
    const { key } = made;
    seen.add(key);
    const cachedContent = made.json.name;
    assert.match(cachedContent, /^cachedContents\//);
    for (let turn = 0; turn < 3; ++turn) {
      const answer = await ask({ cachedContent });
      assert.equal(answer.status, 200, answer.text);
      assert.equal(answer.key, key);
    }
    await served(gateway, key, 'GET', `/v1beta/${cachedContent}`);
    const pinned = { 'x-keywheel-key': key, 'content-type': 'text/plain' };
    const upload = { body: 'bytes', headers: pinned };
    const { file } = (await served(gateway, key, 'POST', '/upload/v1beta/files', upload)).json;
    const fileData = { fileUri: `https://generativelanguage.googleapis.com/v1beta/${file.name}` };
    for (let turn = 0; turn < 3; ++turn) {
      const answer = await ask({ contents: [{ role: 'user', parts: [{ fileData }] }] });
      assert.equal(answer.status, 200, answer.text);
      assert.equal(answer.key, key);
    }
    for (const name of [file.name, cachedContent]) {
      await served(gateway, key, 'DELETE', `/v1beta/${name}`);
      assert.equal((await get(gateway, `/v1beta/${name}`)).json.error.status, 'NOT_FOUND');
    }
  }
  assert.equal(seen.size, 2);
});

scenario("Anthropic's batches and files stay where they are", async (t) => {
  const sim = await startSimulator(t, { keys: ['a', 'b'] });
  const gateway = await startGateway(t, configFor(sim, { dialect: dialects.anthropic }));
  const { headers } = dialects.anthropic;
  const batches = '/v1/messages/batches';
  const params = dialects.anthropic.body('hello', false);
  const seen = new Set();
  for (let i = 0; i < 2; ++i) {
    const order = json({ requests: [{ custom_id: 'one', params }] }, headers);
    const { key, json: made } = await served(gateway, null, 'POST', batches, order);
    seen.add(key);
    const mine = `${batches}/${made.id}`;
    await served(gateway, key, 'GET', mine, { headers });
    await served(gateway, key, 'GET', `${mine}/results`, { headers });
    await served(gateway, key, 'POST', `${mine}/cancel`, { headers });
    const file = await upload(gateway, { ...headers, 'x-keywheel-key': key });
    const document = { type: 'document', source: { type: 'file', file_id: file.id } };
    const body = { ...params, messages: [{ role: 'user', content: [document] }] };
    for (let turn = 0; turn < 3; ++turn)
      await served(gateway, key, 'POST', '/v1/messages', json(body, headers));
    await served(gateway, key, 'DELETE', mine, { headers });
    const gone = await get(gateway, mine, headers);
    assert.equal(gone.status, 404);
    assert.equal(gone.json.error.type, 'not_found_error');
  }
  assert.equal(seen.size, 2);
});

// -- what is not known ----------------------------------------------------------------------------

scenario('x-keywheel-key says who is to serve a call, and no other does', async (t) => {
  const { sim, gateway } = await startPair(t);
  for (const key of ['sim/b', 'sim/b', 'sim/a', 'sim/b'])
    assert.equal((await gateway.chat('hello', {}, { headers: { 'x-keywheel-key': key } })).key, key);
  const seen = (await sim.requests()).flatMap(({ headers }) => Object.keys(headers));
  assert.deepEqual(seen.filter((name) => name.toLowerCase().startsWith('x-keywheel')), []);
  await sim.fault('b', restOf(90));
  const pinned = () => gateway.chat('hello', {}, { headers: { 'x-keywheel-key': 'sim/b' } });
  assert.equal((await pinned()).status, 429);
  assertRefused(await pinned(), 429, 'no_key_available');
  assert.equal((await gateway.chat()).key, 'sim/a');
  const nobody = await gateway.chat('hello', {}, { headers: { 'x-keywheel-key': 'sim/z' } });
  assert.equal(nobody.status, 400, nobody.text);
});

const unknowns = {
  openai: { path: '/v1/files/file-nobody', shape: ({ error }) => error.code === 'not_found' },
  azure: {
    path: '/openai/files/file-nobody?api-version=2024-10-21',
    shape: ({ error }) => error.code === 'not_found',
  },
  anthropic: {
    path: '/v1/files/file_nobody',
    shape: ({ type, error }) => type === 'error' && error.type === 'not_found_error',
  },
  gemini: {
    path: '/v1beta/files/nobody',
    shape: ({ error }) => error.code === 404 && error.status === 'NOT_FOUND',
  },
};
for (const [name, { path, shape }] of Object.entries(unknowns))
  scenario(`an id that is not known gets a 404 in the shape of ${name}`, async (t) => {
    const sim = await startSimulator(t, { keys: ['a', 'b'] });
    const gateway = await startGateway(t, configFor(sim, { dialect: dialects[name] }));
    const answer = await get(gateway, path, dialects[name].headers);
    assert.equal(answer.status, 404, answer.text);
    assert.ok(shape(answer.json), answer.text);
    assert.match(answer.json.error.message, /x-keywheel-key/);
    assert.equal(answer.key, null);
  });

scenario('of two providers the one that knows the thing is found, else one must be named', async (t) => {
  const [sim, second] = [
    await startSimulator(t, { keys: ['a', 'b'] }),
    await startSimulator(t, { keys: ['a', 'b'] }),
  ];
  const keyOfSecond = ({ name, secret }) =>
    `[[providers.second.keys]]\nname = "${name}"\napi_key = "${secret}"`;
  const more = `[providers.second]
dialect = "openai"
signals = "openai"
base_url = "${second.url}/v1"
${second.keys.map(keyOfSecond).join('\n')}`;
  const gateway = await startGateway(t, configFor(sim, { provider: openai, more }));
  const body = new FormData();
  body.set('purpose', 'user_data');
  body.set('file', new Blob(['x']), 'x.txt');
  const unnamed = await call(gateway, 'POST', files, { body });
  assertRefused(unnamed, 400, 'bad_request');
  for (const word of ['second', 'sim', 'x-keywheel-provider'])
    assert.ok(unnamed.json.error.message.includes(word), unnamed.text);
  const { key, id } = await upload(gateway, { 'x-keywheel-provider': 'second' });
  assert.match(key, /^second\//);
  assert.equal((await get(gateway, `${files}/${id}`)).key, key);
});

// -- changes of the configuration -----------------------------------------------------------------

scenario('what a removed key made is not found, and comes back with the key', async (t) => {
  const sim = await startSimulator(t, { keys: ['a', 'b', 'c'] });
  const [a, b, c] = sim.keys;
  const all = { provider: openai };
  const gateway = await startGateway(t, configFor(sim, { ...all, keys: [a, b] }));
  const [first, second] = [await upload(gateway), await upload(gateway)];
  const ofA = first.key === 'sim/a' ? first : second;
  const ofB = first.key === 'sim/a' ? second : first;
  await gateway.apply(configFor(sim, { ...all, keys: [b, c] }));
  const lost = await get(gateway, `${files}/${ofA.id}`);
  assertRefused(lost, 404, 'not_found');
  assert.equal((await get(gateway, `${files}/${ofB.id}`)).status, 200);
  await gateway.apply(configFor(sim, { ...all, keys: [{ ...a, name: 'renamed' }, b] }));
  const found = await get(gateway, `${files}/${ofA.id}`);
  assert.equal(found.status, 200, found.text);
  assert.equal(found.key, 'sim/renamed');
});

scenario('a call that waits for a key goes on waiting when the secret is renewed', async (t) => {
  const sim = await startSimulator(t, {
    keys: [{ name: 'a', organization: 'org-1' }, 'b', { name: 'fresh', organization: 'org-1' }],
  });
  const [a, b, fresh] = sim.keys;
  const gateway = await startGateway(t, configFor(sim, { provider: openai, keys: [a, b] }));
  const { json } = await respond(gateway, {}, { 'x-keywheel-key': 'sim/a' });
  await sim.fault('a', restOf(25));
  const waits = respond(gateway, { previous_response_id: json.id });
  await gateway.waiting(1);
  const renewed = { ...fresh, name: 'a' };
  await gateway.apply(configFor(sim, { provider: openai, keys: [renewed, b] }));
  const answer = await waits;
  assert.equal(answer.status, 200, answer.text);
  assert.equal(answer.key, 'sim/a');
});

scenario('a provider that comes with a reload takes files, and goes with the next', async (t) => {
  const sim = await startSimulator(t, { keys: ['a', 'b'] });
  const second = await startSimulator(t, { keys: ['a'] });
  const more = `[providers.second]
dialect = "openai"
base_url = "${second.url}/v1"
api_key = "${second.keys[0].secret}"`;
  const gateway = await startGateway(t, configFor(sim, { provider: openai }));
  await upload(gateway);
  await gateway.apply(configFor(sim, { provider: openai, more }));
  const { key, id } = await upload(gateway, { 'x-keywheel-provider': 'second' });
  assert.equal(key, 'second/default');
  await gateway.apply(configFor(sim, { provider: openai }));
  assertRefused(await get(gateway, `${files}/${id}`), 404, 'not_found');
  assert.equal((await upload(gateway)).status, 200);
});

scenario('calls without a model are not among the models of the admin API', async (t) => {
  const { gateway } = await startPair(t);
  await upload(gateway);
  const { json } = await gateway.admin('GET', '/api/v1/models');
  assert.deepEqual(json.models.map(({ name }) => name), ['gpt-4o']);
});
