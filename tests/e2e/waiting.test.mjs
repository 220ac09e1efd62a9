// What a call gets while every key rests.
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

/** A gateway whose only key has just been told to rest for `ms`. */
async function resting(t, ms, more = '') {
  const { sim, gateway } = await startBoth(t, {
    simulator: { keys: ['only'] },
    config: { more: `[models.claude]\nprovider = "sim"\n${more}` },
  });
  await sim.fault('only', { status: 429, headers: { 'retry-after-ms': String(ms) } });
  return { sim, gateway };
}

async function contents(sim) {
  return (await sim.requests()).map(({ body }) => JSON.parse(body).messages[0].content);
}

scenario('a short rest: the call waits and is served', async (t) => {
  const { sim, gateway } = await resting(t, 500);
  const answer = await gateway.chat();
  assert.equal(answer.status, 200);
  assert.equal(answer.key, 'sim/only');
  assert.equal(answer.attempts, 2);
  assert.deepEqual(await sim.counts(), [2]);
});

scenario('all who wait are served when the key is back', async (t) => {
  const { sim, gateway } = await resting(t, 2000);
  const calls = [gateway.chat('0')];
  await gateway.waiting(1);
  for (let i = 1; i < 8; ++i) {
    calls.push(gateway.chat(String(i)));
    await gateway.waiting(i + 1);
  }
  const answers = await Promise.all(calls);
  assert.deepEqual([...new Set(answers.map(({ status }) => status))], [200]);
  const seen = (await contents(sim)).slice(1).sort(); // without the one that was refused
  assert.deepEqual(seen, ['0', '1', '2', '3', '4', '5', '6', '7']);
  await gateway.waiting(0);
});

scenario('those who wait are served first come, first served', async (t) => {
  const sim = await startSimulator(t, { keys: ['only'] });
  const keys = [{ ...sim.keys[0], max_in_flight: 1 }];
  const gateway = await startGateway(t, configFor(sim, { keys }));
  await sim.fault('only', { kind: 'latency', delay: '1500ms' });
  const calls = [gateway.chat('0')];
  await waitFor('the first', async () => (await sim.counts())[0] === 1);
  for (let i = 1; i < 8; ++i) {
    calls.push(gateway.chat(String(i)));
    await gateway.waiting(i);
  }
  await Promise.all(calls);
  assert.deepEqual(await contents(sim), ['0', '1', '2', '3', '4', '5', '6', '7']);
});

scenario('a long rest: 429 at once, in the shape of OpenAI', async (t) => {
  const { sim, gateway } = await resting(t, 300_000);
  for (const attempts of [1, 1]) {
    const answer = await gateway.chat();
    assert.equal(answer.status, 429);
    const seconds = Number(answer.headers.get('retry-after'));
    const ms = Number(answer.headers.get('retry-after-ms'));
    assert.ok(ms > 200_000 && ms <= 301_000, `retry-after-ms: ${ms}`);
    assert.equal(seconds, Math.ceil(ms / 1000));
    assert.match(answer.headers.get('content-type'), /^application\/json/);
    const error = errorOf(answer);
    assert.equal(error.code, 'no_key_available');
    assert.equal(error.type, 'rate_limit_error');
    assert.equal(error.param, null);
    assert.match(error.message, /gpt-4o/);
    assert.equal((await sim.counts())[0], attempts); // the second one was not even tried
  }
  assert.equal((await gateway.key('only')).state, 'cooling'); // so it was said long before its end
});

scenario("a refusal has the shape of the caller's dialect: anthropic", async (t) => {
  const { gateway } = await resting(t, 300_000);
  const body = { model: 'claude-0', max_tokens: 9, messages: [{ role: 'user', content: 'hello' }] };
  const answer = await gateway.post('/v1/messages', body);
  assert.equal(answer.status, 404);
  const json = await answer.json();
  assert.equal(json.type, 'error');
  assert.equal(json.error.type, 'not_found_error');
  assert.match(json.error.message, /claude-0/);
});

scenario('max_wait = "0s": nobody waits', async (t) => {
  const { gateway } = await resting(t, 5000, '[waiting_line]\nmax_wait = "0s"');
  const answer = await gateway.chat();
  assert.equal(answer.status, 429);
  assert.equal(errorOf(answer).code, 'no_key_available');
  assert.ok(Number(answer.headers.get('retry-after-ms')) <= 5500); // the named rest, and a tenth
});

scenario('a full line: 429 waiting_line_full', async (t) => {
  const { sim, gateway } = await resting(t, 10_000, '[waiting_line]\nmax_calls = 2');
  const left = new AbortController();
  const calls = [];
  for (let i = 1; i <= 2; ++i) {
    calls.push(gateway.chat(String(i), {}, { signal: left.signal }));
    await gateway.waiting(i);
  }
  const answer = await gateway.chat('one too many');
  assert.equal(answer.status, 429);
  assert.equal(errorOf(answer).code, 'waiting_line_full');
  assert.ok(Number(answer.headers.get('retry-after-ms')) > 0);
  left.abort();
  await Promise.allSettled(calls);
  await gateway.waiting(0);
  assert.deepEqual(await sim.counts(), [1]);
});

scenario('a client that leaves frees its place in the line', async (t) => {
  const { sim, gateway } = await resting(t, 4000);
  const first = gateway.chat('first');
  await gateway.waiting(1);
  const client = await connect(t, gateway.port);
  client.send(postRequest(chatPath, chatBody('left')));
  await gateway.waiting(2);
  const last = gateway.chat('last');
  await gateway.waiting(3);
  client.leave();
  await gateway.waiting(2);
  assert.deepEqual([(await first).status, (await last).status], [200, 200]);
  assert.ok(!(await contents(sim)).includes('left'));
});

scenario('a key that comes back early, or is new, serves those who wait', async (t) => {
  const { sim, gateway } = await resting(t, 25_000);
  const first = gateway.chat('first');
  await gateway.waiting(1);
  assert.equal((await gateway.admin('POST', '/api/v1/keys/sim/only/reset')).status, 200);
  assert.equal((await first).status, 200);

  await sim.fault('only', { status: 429, headers: { 'retry-after': '25' } });
  const second = gateway.chat('second');
  await gateway.waiting(1);
  const other = await startSimulator(t, { keys: ['new'] });
  const keys = [...sim.keys, { ...other.keys[0], base_url: `${other.url}/v1` }];
  await gateway.apply(configFor(sim, { keys }));
  const answer = await second;
  assert.equal(answer.status, 200);
  assert.equal(answer.key, 'sim/new');
});

scenario('a call does not wait beyond its own deadline', async (t) => {
  const sim = await startSimulator(t, { keys: ['only'] });
  const keys = [{ ...sim.keys[0], max_in_flight: 1 }];
  const gateway = await startGateway(t, configFor(sim, { keys, server: 'request_timeout = "1s"' }));
  await sim.fault('only', { kind: 'never_answer', times: -1 });
  const answers = await Promise.all([gateway.chat('first'), gateway.chat('second')]);
  assert.deepEqual(
    answers.map(({ status }) => status),
    [504, 504],
  );
  assert.deepEqual(
    answers.map((answer) => errorOf(answer).code),
    ['deadline_exceeded', 'deadline_exceeded'],
  );
});
