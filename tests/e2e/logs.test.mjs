// What a gateway logs, in which form, and what it never logs.
import assert from 'node:assert/strict';
import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';

import { configFor, scenario, startBoth, startGateway, startSimulator, waitFor } from './lib/keywheel.mjs';

const trace = '4bf92f3577b34da6a3ce929d0e0e4736';
const traceparent = `00-${trace}-00f067aa0ba902b7-01`;

const withLog = (lines) => ({ config: { more: `[log]\n${lines}\n` } });
/** The id that the client was told: its own unless the provider gave one. */
const idOf = (answer) => answer.headers.get('x-request-id');
const lines = (text) => text.split('\n').filter(Boolean);

/** Waits for the line of a call in the log of a gateway that logs JSON. */
function callLine(gateway, id) {
  return waitFor(`the line of ${id}`, () =>
    lines(gateway.process.stderr)
      .filter((line) => line.endsWith('}'))
      .map((line) => JSON.parse(line))
      .find(({ event, request_id: of }) => event === 'call' && of === id),
  );
}

scenario('JSON: one object a line, with all there is to know of a call', async (t) => {
  const { sim, gateway } = await startBoth(t, withLog('format = "json"'));
  await sim.fault('a', { status: 429, headers: { 'retry-after': '600' } });
  const headers = { traceparent, tracestate: 'a=b', 'x-request-id': 'mine-1' };
  const answer = await gateway.chat('a private question', {}, { headers });
  const { time, total_ms: total, first_byte_ms: first, client, ...rest } = await callLine(gateway, idOf(answer));
  assert.match(time, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
  assert.equal(client, '127.0.0.1');
  assert.ok(first > 0 && first <= total);
  assert.deepEqual(rest, {
    level: 'info',
    event: 'call',
    request_id: idOf(answer),
    trace_id: trace,
    method: 'POST',
    path: '/v1/chat/completions',
    model: 'gpt-4o',
    key: answer.key,
    attempts: answer.attempts,
    status: 200,
    outcome: 'answered',
    wait_ms: 0,
    bytes: Buffer.byteLength(answer.text),
    input_tokens: answer.json.usage.prompt_tokens,
    cached_tokens: 0,
    output_tokens: answer.json.usage.completion_tokens,
    reasoning_tokens: 0,
  });
  const [{ headers: seen }] = (await sim.requests()).slice(-1);
  const find = (name) =>
    Array.isArray(seen) ? seen.find(([each]) => each.toLowerCase() === name)?.[1] : seen[name];
  assert.equal(find('traceparent'), traceparent);
  assert.equal(find('tracestate'), 'a=b');

  await gateway.chat('x', { model: 'nobody' }, { headers: { 'x-request-id': 'mine-2' } });
  const refused = await callLine(gateway, 'mine-2');
  assert.deepEqual(
    [refused.status, refused.outcome, refused.key, refused.input_tokens, refused.trace_id],
    [404, 'refused', null, null, null],
  );

  gateway.process.signal('SIGTERM');
  await gateway.process.end;
  const all = lines(gateway.process.stderr).map((line) => JSON.parse(line));
  assert.ok(all.some(({ message }) => /rests for model gpt-4o/.test(message ?? '')));
  assert.ok(all.every((each) => each.level && each.time && (each.message || each.event)));
  for (const secret of [...sim.keys.map((key) => key.secret), gateway.token, 'private question'])
    assert.ok(!gateway.process.stderr.includes(secret));
});

scenario('text is the default, and has the same', async (t) => {
  const { gateway } = await startBoth(t);
  await gateway.chat('x', {}, { headers: { traceparent } });
  const line = await waitFor('the line', () =>
    lines(gateway.process.stderr).find((each) => each.includes(' outcome=')),
  );
  assert.match(line, /^\S+Z info request_id=\S+ .* outcome=answered .* output_tokens=\d+ /);
  assert.match(line, new RegExp(` trace_id=${trace}$`));
});

scenario('a traceparent that is none goes nowhere', async (t) => {
  const { sim, gateway } = await startBoth(t);
  await gateway.chat('x', {}, { headers: { traceparent: traceparent.replace(trace, '0'.repeat(32)), tracestate: 'a=b' } });
  const [{ headers }] = (await sim.requests()).slice(-1);
  assert.ok(!/trace(parent|state)/i.test(JSON.stringify(headers)));
});

scenario('the level is changeable at run time', async (t) => {
  const { gateway } = await startBoth(t, withLog('level = "warning"'));
  const patch = (level) => gateway.admin('PATCH', '/api/v1/log', { level });
  assert.deepEqual((await gateway.admin('GET', '/api/v1/log')).json, { level: 'warning' });
  const quiet = await gateway.chat();
  assert.deepEqual((await patch('info')).json, { level: 'info' });
  const loud = await gateway.chat();
  await waitFor('the line', () => gateway.process.stderr.includes(idOf(loud)));
  assert.ok(!gateway.process.stderr.includes(idOf(quiet)));
  // The file says something new.
  await gateway.apply((await gateway.text()).replace('level = "warning"', 'level = "error"'));
  assert.deepEqual((await gateway.admin('GET', '/api/v1/log')).json, { level: 'error' });
  for (const [status, body] of [
    [422, { level: 'loud' }],
    [422, { level: 1 }],
    [422, { level: 'info', more: 1 }],
    [400, '[]'],
    [400, '{'],
  ])
    assert.equal((await gateway.admin('PATCH', '/api/v1/log', body)).status, status, `${body}`);
  assert.deepEqual((await gateway.admin('GET', '/api/v1/log')).json, { level: 'error' });
});

scenario('a given --log-level wins over the file', async (t) => {
  const { gateway } = await startBoth(t, { ...withLog('level = "error"'), args: ['--log-level', 'debug'] });
  assert.deepEqual((await gateway.admin('GET', '/api/v1/log')).json, { level: 'debug' });
});

scenario('prompts are logged only if asked for, at debug, and cut', async (t) => {
  const long = 'p'.repeat(40_000);
  for (const [more, logged] of [
    ['level = "debug"', false],
    ['level = "info"\nprompts = true', false],
    ['level = "debug"\nprompts = true', true],
    ['level = "debug"\nprompts = true\nformat = "json"', true],
  ]) {
    const { gateway } = await startBoth(t, withLog(more));
    await gateway.chat(`secret plan ${long}`, {}, { headers: { 'x-request-id': 'mine-4' } });
    await waitFor('the line', () => /(attempts=|"attempts":)1/.test(gateway.process.stderr));
    assert.equal(gateway.process.stderr.includes('secret plan'), logged, more);
    const runs = gateway.process.stderr.match(/p{1000,}/g) ?? [];
    assert.ok(runs.every((run) => run.length < 16_385), more);
  }
});

scenario('a file that is rotated', async (t) => {
  const { gateway } = await startBoth(t, withLog('file = "logs/keywheel.log"\nmax_size = "4KiB"\nmax_files = 2'));
  for (let i = 0; i < 60; ++i) await gateway.chat();
  const dir = join(gateway.dir, 'logs');
  await waitFor('three files', async () => (await readdir(dir)).length === 3);
  for (const name of await readdir(dir))
    assert.ok((await readFile(join(dir, name))).length <= 4096, name);
  assert.ok(!gateway.process.stderr.includes('request_id='));
});

scenario('a file that cannot be is an error at start', async (t) => {
  const sim = await startSimulator(t);
  const toml = configFor(sim, { more: '[log]\nfile = "/proc/nothing/keywheel.log"\n' });
  await assert.rejects(startGateway(t, toml));
});
