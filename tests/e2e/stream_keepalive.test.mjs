// server.stream_keepalive: comments while a streamed call waits, and what errors become after them.
import assert from 'node:assert/strict';

import OpenAI from 'openai';

import {
  ask,
  codeOf,
  configFor,
  connect,
  dialects,
  postRequest,
  scenario,
  startGateway,
  startSimulator,
  waitFor,
} from './lib/keywheel.mjs';

const comment = ': keep-alive\n\n';

/** A gateway that sends a comment every 50 ms, with a provider behind it. */
async function startWith(t, dialect, { keys = ['a', 'b'], options, ...config } = {}) {
  const sim = await startSimulator(t, { keys, options });
  const server = ['stream_keepalive = "50ms"', config.server ?? ''].join('\n');
  const gateway = await startGateway(t, configFor(sim, { dialect, ...config, server }));
  return { sim, gateway };
}

/** A streamed call on a raw connection, read to the end: { status, headers, body }. */
async function stream(t, gateway, dialect) {
  const client = await connect(t, gateway.port);
  const headers = Object.entries(dialect.headers ?? {}).map(([name, value]) => `${name}: ${value}`);
  client.send(postRequest(dialect.path(true), JSON.stringify(dialect.body('hi', true)), headers));
  const answer = await client.response();
  // Invariant 6, and the connection is as good as before.
  assert.equal(client.text, '');
  assert.ok(!client.closed);
  return answer;
}

/** That comments came first, and what came after them. */
function afterComments({ status, headers, body }) {
  assert.equal(status, 200, body);
  assert.match(headers['content-type'], /^text\/event-stream/);
  assert.ok(headers['x-request-id']);
  assert.equal(headers['x-keywheel-key'], undefined, 'nobody knew the key when the head went out');
  assert.ok(body.startsWith(comment), body);
  const rest = body.replace(/^(: keep-alive\n\n)+/, '');
  assert.ok(!rest.includes(comment), 'the bytes of the provider pass untouched');
  return rest;
}

/** The data of the one event that is left. */
function errorIn(rest, dialect) {
  const names = { anthropic: 'event: error\n', responses: 'event: error\n' };
  const name = Object.keys(dialects).find((each) => dialects[each] === dialect);
  const found = /^(event: error\n)?data: (\{.*\})\n\n$/.exec(rest);
  assert.ok(found, rest);
  assert.equal(found[1], names[name]);
  const data = JSON.parse(found[2]);
  assert.ok(data.error, rest);
  return data;
}

async function assertFree({ sim, gateway }) {
  for (const { name } of sim.keys)
    await waitFor(`the lease of ${name}`, async () => (await gateway.key(name)).in_flight === 0);
}

for (const [name, dialect] of Object.entries(dialects)) {
  scenario(`${name}: a slow provider: comments, then its stream`, async (t) => {
    const both = await startWith(t, dialect, { options: { latency: '400ms', tokens: 5 } });
    const rest = afterComments(await stream(t, both.gateway, dialect));
    const quick = await startWith(t, dialect, { options: { tokens: 5 } });
    const answer = await ask(quick.gateway, dialect, 'hi', { stream: true });
    assert.match(answer.key, /^sim\//);
    const events = (text) => text.match(/^data: /gm).length;
    assert.equal(events(rest), events(answer.text));
    await assertFree(both);
  });

  scenario(`${name}: a key that fails, a slow one: the latter's stream, one head`, async (t) => {
    const both = await startWith(t, dialect);
    await both.sim.fault('a', { kind: 'stream_error', after: 0, times: 1 });
    await both.sim.fault('b', { kind: 'latency', delay: '300ms', times: 1 });
    const rest = afterComments(await stream(t, both.gateway, dialect));
    assert.ok(!rest.includes('event: error'), rest);
    assert.ok(rest.includes('data: '), rest);
    assert.deepEqual(await both.sim.counts(), [1, 1]);
    assert.equal((await both.gateway.key('a')).errors, 1);
    await assertFree(both);
  });

  scenario(`${name}: in line for a key that rests: comments, then its stream`, async (t) => {
    const both = await startWith(t, dialect, { keys: ['only'] });
    const headers = { 'retry-after': '1' };
    await both.sim.fault('only', { status: 429, headers, times: 1 });
    const rest = afterComments(await stream(t, both.gateway, dialect));
    assert.ok(rest.includes('data: '), rest);
    assert.deepEqual(await both.sim.counts(), [2]);
    await assertFree(both);
  });

  scenario(`${name}: refused while in line: an error event of ours`, async (t) => {
    const both = await startWith(t, dialect, { keys: ['only'], server: 'request_timeout = "1s"' });
    await both.sim.fault('only', { kind: 'never_answer' });
    const rest = afterComments(await stream(t, both.gateway, dialect));
    const data = errorIn(rest, dialect);
    assert.equal(codeOf(dialect, { json: data }), 'deadline_exceeded');
    await assertFree(both);
  });

  scenario(`${name}: a provider's error: its own words as an event`, async (t) => {
    const both = await startWith(t, dialect, { keys: ['only'] });
    const body = JSON.stringify(
      dialect.kind === 'anthropic'
        ? { type: 'error', error: { type: 'invalid_request_error', message: 'no such tool' } }
        : { error: { code: 400, message: 'no such tool', status: 'INVALID_ARGUMENT' } },
      null,
      2,
    );
    const headers = { 'content-type': 'application/json' };
    await both.sim.fault('only', { status: 429, headers: { 'retry-after': '1' }, times: 1 });
    await both.sim.fault('only', { status: 400, headers, body });
    const rest = afterComments(await stream(t, both.gateway, dialect));
    assert.equal(errorIn(rest, dialect).error.message, 'no such tool');
    assert.equal((await both.gateway.key('only')).state, 'available');
    await assertFree(both);
  });
}

scenario('an answer that is quick has its own head', async (t) => {
  const sim = await startSimulator(t, { keys: ['a'] });
  const server = 'stream_keepalive = "20s"';
  const gateway = await startGateway(t, configFor(sim, { server }));
  const answer = await gateway.chat('hello', { stream: true });
  assert.deepEqual([answer.status, answer.key], [200, 'sim/a']);
  assert.ok(!answer.text.includes(': keep-alive'));
});

scenario('a call that asks for no stream gets no comments', async (t) => {
  const options = { latency: '300ms' };
  const { gateway } = await startWith(t, dialects.openai, { options });
  const answer = await gateway.chat();
  assert.equal(answer.status, 200);
  assert.ok(answer.json.choices, answer.text);
  assert.match(answer.key, /^sim\//);
});

scenario('a client that leaves after comments frees its key', async (t) => {
  const both = await startWith(t, dialects.openai, { keys: ['only'] });
  await both.sim.fault('only', { kind: 'never_answer' });
  const client = await connect(t, both.gateway.port);
  const body = JSON.stringify(dialects.openai.body('hi', true));
  client.send(postRequest(dialects.openai.path(true), body));
  await client.sees(comment + '\r\n');
  client.leave();
  await waitFor('the end', async () => (await both.sim.counts('aborted'))[0] === 1);
  await assertFree(both);
  assert.equal((await both.gateway.key('only')).errors, 0);
});

for (const api of ['chat', 'responses']) {
  const begin = (url) => {
    const client = new OpenAI({ baseURL: `${url}/v1`, apiKey: 'none', maxRetries: 0 });
    const messages = [{ role: 'user', content: 'hi' }];
    return api === 'chat'
      ? client.chat.completions.create({ model: 'gpt-4o', messages, stream: true })
      : client.responses.create({ model: 'gpt-4o', input: 'hi', stream: true });
  };

  scenario(`the openai package (${api}) does not mind comments`, async (t) => {
    const options = { latency: '400ms', tokens: 7 };
    const { gateway } = await startWith(t, dialects.openai, { options });
    let count = 0;
    for await (const event of await begin(gateway.url)) count += event ? 1 : 0;
    assert.ok(count >= 7, `${count} events`);
  });

  scenario(`the openai package (${api}) raises for an error after comments`, async (t) => {
    const server = 'request_timeout = "1s"';
    const { sim, gateway } = await startWith(t, dialects.openai, { keys: ['only'], server });
    await sim.fault('only', { kind: 'never_answer' });
    await assert.rejects(
      async () => {
        for await (const event of await begin(gateway.url)) assert.fail(JSON.stringify(event));
      },
      (error) => error instanceof OpenAI.APIError && error.code === 'deadline_exceeded',
    );
  });
}
