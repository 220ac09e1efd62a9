// GET /metrics, and usage by key, model and client: exact numbers after known calls.
import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';

import {
  configFor,
  connect,
  chatBody,
  chatPath,
  postRequest,
  scenario,
  startBoth,
  startGateway,
  startSimulator,
  waitFor,
} from './lib/keywheel.mjs';
import { promtool, scrape } from './lib/prometheus.mjs';

const calls = (page) => page.all('keywheel_calls_total', 'model', 'outcome', 'status');
const attempts = (page) => page.all('keywheel_attempts_total', 'key', 'outcome');

/** Scrapes until `when` holds: what ends a call is counted a moment after its client has seen it. */
function scrapeWhen(gateway, what, when) {
  return waitFor(what, async () => {
    const page = await scrape(gateway);
    return when(page) && page;
  });
}

scenario('/metrics needs the token and speaks the text format', async (t) => {
  const { gateway } = await startBoth(t);
  assert.equal((await gateway.admin('GET', '/metrics', undefined, { token: null })).status, 401);
  assert.equal((await gateway.admin('POST', '/metrics', {})).status, 405);
  const { headers } = await gateway.admin('GET', '/metrics');
  assert.equal(headers.get('content-type'), 'text/plain; version=0.0.4; charset=utf-8');
});

scenario('every kind of call, counted exactly', async (t) => {
  const sim = await startSimulator(t, { keys: ['a', 'b'], options: { tokens: 20 } });
  const gateway = await startGateway(t, configFor(sim));

  // Two that are answered, one by each key.
  await gateway.chat();
  await gateway.chat();
  // One that a refuses, and b answers.
  await sim.fault('a', { status: 429, headers: { 'retry-after': '600' }, times: 1 });
  assert.deepEqual((await gateway.chat()).key, 'sim/b');
  // One whose stream breaks after content; only b is left.
  await sim.fault('b', { kind: 'cut_stream', after: 5, times: 1 });
  await (await gateway.post(chatPath, chatBody('hello', { stream: true }))).text().catch(() => '');
  // One for a model that there is not.
  assert.equal((await gateway.chat('hello', { model: 'nobody' })).status, 404);
  // One whose client leaves.
  await sim.fault('b', { kind: 'never_answer', times: 1 });
  const client = await connect(t, gateway.port);
  client.send(postRequest(chatPath, chatBody()));
  await waitFor('the call under way', async () => (await gateway.key('b')).in_flight === 1);
  assert.equal((await scrape(gateway)).value('keywheel_in_flight', { key: 'sim/b' }), 1);
  client.socket.destroy();

  const page = await scrapeWhen(
    gateway,
    'the end of the last call',
    (seen) => seen.value('keywheel_attempts_total', { key: 'sim/b', outcome: 'abandoned' }) === 1,
  );
  assert.deepEqual(calls(page), {
    'gpt-4o,answered,2xx': 3,
    'gpt-4o,broken,2xx': 1,
    ',refused,4xx': 1,
    'gpt-4o,left,none': 1,
  });
  assert.deepEqual(attempts(page), {
    'sim/a,answered': 1,
    'sim/a,refused': 1,
    'sim/b,answered': 2,
    'sim/b,failed': 1,
    'sim/b,abandoned': 1,
  });
  assert.deepEqual(page.all('keywheel_cooldowns_total', 'key', 'provider', 'scope', 'reason'), {
    'sim/a,sim,key_model,rate_limit': 1,
  });
  assert.deepEqual(page.all('keywheel_key_state', 'key', 'state'), {
    'sim/a,cooling': 1,
    'sim/b,available': 1,
  });
  assert.deepEqual(page.all('keywheel_in_flight', 'key'), {});
  const counts = (name, labels) => page.value(`${name}_count`, labels);
  assert.equal(counts('keywheel_call_seconds', { model: 'gpt-4o' }), 5);
  assert.equal(counts('keywheel_call_seconds', { model: '' }), 1);
  assert.equal(counts('keywheel_time_to_first_byte_seconds', { model: 'gpt-4o' }), 4);
  assert.equal(counts('keywheel_added_latency_seconds'), 4);
  assert.equal(counts('keywheel_wait_seconds'), 0);
  const added = page.value('keywheel_added_latency_seconds_sum');
  const first = page.value('keywheel_time_to_first_byte_seconds_sum', { model: 'gpt-4o' });
  assert.ok(added > 0 && added < first, `${added} of ${first}`);
  assert.match(page.text, /keywheel_build_info\{version="\d+\.\d+\.\d+"\} 1\n/);
  assert.ok(page.value('keywheel_open_connections') >= 0);
  const now = Date.now() / 1000;
  assert.ok(Math.abs(page.value('process_start_time_seconds') - now) < 120);
  assert.ok(page.value('process_resident_memory_bytes') > 1_000_000);
  assert.ok(page.value('process_cpu_seconds_total') > 0);
  assert.ok(page.value('process_open_fds') > 5);

  const { code, output } = await promtool(['check', 'metrics'], page.text);
  assert.equal(code, 0, output);
  assert.equal(output, '');
  for (const { secret } of sim.keys) assert.ok(!page.text.includes(secret));
});

scenario('time at the provider and in the waiting line is not ours', async (t) => {
  const sim = await startSimulator(t, { keys: ['a'], options: { latency: '300ms' } });
  const gateway = await startGateway(t, configFor(sim, { keys: [{ ...sim.keys[0], max_in_flight: 1 }] }));
  await Promise.all([gateway.chat(), gateway.chat()]);
  const page = await scrape(gateway);
  assert.equal(page.value('keywheel_wait_seconds_count'), 1);
  assert.ok(page.value('keywheel_wait_seconds_sum') > 0.1);
  assert.ok(page.value('keywheel_wait_seconds_sum') < page.value('keywheel_call_seconds_sum', { model: 'gpt-4o' }) - 0.5);
  assert.equal(page.value('keywheel_added_latency_seconds_count'), 2);
  assert.ok(page.value('keywheel_added_latency_seconds_sum') < 0.3);
});

scenario('reloads, good and bad', async (t) => {
  const { gateway } = await startBoth(t);
  const toml = await gateway.text();
  assert.equal((await scrape(gateway)).value('keywheel_config_generation'), 1);
  await gateway.apply(`${toml}\n[waiting_line]\nmax_calls = 7\n`);
  await writeFile(gateway.file, `${toml}\nnonsense`);
  const page = await scrapeWhen(
    gateway,
    'the refusal',
    (seen) => seen.value('keywheel_reloads_total', { result: 'refused' }) === 1,
  );
  assert.equal(page.value('keywheel_reloads_total', { result: 'accepted' }), 1);
  assert.equal(page.value('keywheel_config_generation'), 2);
});

scenario('calls in line are a gauge', async (t) => {
  const sim = await startSimulator(t, { keys: ['a'] });
  const key = { ...sim.keys[0], max_in_flight: 1 };
  const gateway = await startGateway(t, configFor(sim, { keys: [key] }));
  await sim.fault('a', { kind: 'never_answer', times: 1 });
  const [first, second] = [await connect(t, gateway.port), await connect(t, gateway.port)];
  first.send(postRequest(chatPath, chatBody()));
  await waitFor('the call under way', async () => (await gateway.key('a')).in_flight === 1);
  second.send(postRequest(chatPath, chatBody()));
  await gateway.waiting(1);
  const page = await scrape(gateway);
  assert.equal(page.value('keywheel_waiting', { model: 'gpt-4o' }), 1);
  assert.equal(page.value('keywheel_open_connections'), 2);
});

scenario('usage by key, model and client', async (t) => {
  const sim = await startSimulator(t, { keys: ['a'] });
  const clients = ['ci', 'web'].map((name) => `[[clients]]\nname = "${name}"\ntoken = "token-${name}"`);
  const more = `[models."text-*"]\nprovider = "sim"\n\n${clients.join('\n')}\n`;
  const gateway = await startGateway(t, configFor(sim, { more }));
  const as = (name) => ({ headers: { authorization: `Bearer token-${name}` } });
  const answers = [
    ['gpt-4o', 'ci', await gateway.chat('one two', {}, as('ci'))],
    ['gpt-4o', 'ci', await gateway.chat('three', {}, as('ci'))],
    ['text-x', 'ci', await gateway.chat('four', { model: 'text-x' }, as('ci'))],
    ['gpt-4o', 'web', await gateway.chat('five', {}, as('web'))],
  ];
  const expected = {};
  for (const [model, client, { status, json, text }] of answers) {
    assert.equal(status, 200, text);
    const row = (expected[`${model},${client}`] ??= { input: 0, output: 0, requests: 0 });
    row.input += json.usage.prompt_tokens;
    row.output += json.usage.completion_tokens;
    row.requests += 1;
  }
  const { usage, requests, input_tokens: input } = await gateway.key('a');
  assert.equal(usage.length, 3);
  for (const row of usage) {
    assert.deepEqual(Object.keys(row), [
      'model', 'client', 'input_tokens', 'cached_tokens', 'output_tokens', 'reasoning_tokens',
      'requests',
    ]); // prettier-ignore
    assert.deepEqual(
      { input: row.input_tokens, output: row.output_tokens, requests: row.requests },
      expected[`${row.model},${row.client}`],
    );
  }
  const sum = (field) => usage.reduce((total, row) => total + row[field], 0);
  assert.equal(sum('requests'), requests);
  assert.equal(sum('input_tokens'), input);
  const page = await scrape(gateway);
  const of = (model, kind) => page.value('keywheel_tokens_total', { key: 'sim/a', model, kind });
  assert.equal(of('gpt-4o', 'input'), expected['gpt-4o,ci'].input + expected['gpt-4o,web'].input);
  assert.equal(of('text-x', 'output'), expected['text-x,ci'].output);
});

scenario('who has no name is counted under none', async (t) => {
  const { gateway } = await startBoth(t);
  const { key } = await gateway.chat();
  const { usage } = await gateway.key(key.split('/')[1]);
  assert.deepEqual(usage.map(({ model, client }) => [model, client]), [['gpt-4o', '']]);
});

scenario('a name that is no UTF-8 spoils nothing', async (t) => {
  const sim = await startSimulator(t, { keys: ['a'] });
  const more = '[models."x-*"]\nprovider = "sim"\n';
  const gateway = await startGateway(t, configFor(sim, { more }));
  const client = await connect(t, gateway.port);
  client.send(
    `POST /openai/deployments/x-%ff%22%0a/chat/completions HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\n{}`,
  );
  await client.response();
  const { text } = await scrape(gateway).catch(async () => gateway.admin('GET', '/metrics'));
  const { code, output } = await promtool(['check', 'metrics'], text);
  assert.equal(code, 0, output);
});
