// The OpenAPI document tells the truth: every answer fits it, and everything in it can be asked for.
import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';

import { Validator } from '@seriousme/openapi-schema-validator';

import { watch } from './lib/events.mjs';
import { connect, scenario, startBoth } from './lib/keywheel.mjs';
import { Description } from './lib/openapi.mjs';

/** A configuration in which every optional thing is there. */
const rich = {
  provider: 'signals = "openai"',
  model: 'max_attempts = 2\nload_balancing = true\n[models.gpt-4o.cooldown]\nrate_limit = "30s"',
  more: `[models."gpt-*"]
provider = "sim"

[[providers.sim.keys]]
name = "resting"
api_key = "sk-resting-of-the-test-0123456789"
enabled = false
weight = 2
quota_group = "g"
models = ["gpt-4o"]
base_url = "http://127.0.0.1:9/v1"
upstream_model = "gpt4o-eu"
max_in_flight = 5
rpm = 10
tpm = 1000
rpd = 100
tpd = 10000

[providers.sim.quota_groups.g]
rpm = 1000

[[clients]]
name = "ci"
token = "kw-client-of-the-test-0123456789"
models = ["gpt-4o", "gpt-*"]
`,
};

/** What stands for the parameters in a path. */
const samples = { model: 'gpt-4o', provider: 'sim', name: 'a', file: 'index.html' };
const targetOf = (template, values = samples) =>
  template.replace(/\{(\w+)\}/g, (_, name) => encodeURIComponent(values[name]));

async function start(t, options = {}) {
  const both = await startBoth(t, { config: rich, ...options });
  const { json, headers } = await both.gateway.admin('GET', '/api/v1/openapi.json');
  assert.equal(headers.get('content-type'), 'application/json');
  const description = new Description(json);
  /** Asks, and asserts that the answer is as described and has the status. */
  const ask = async (method, template, status, { body, values, query = '', ...more } = {}) => {
    const target = targetOf(template, { ...samples, ...values }) + query;
    const answer = await both.gateway.admin(method, target, body, more);
    assert.equal(answer.status, status, `${method} ${target}: ${answer.text}`);
    description.assertAnswers(method, template, answer);
    return answer;
  };
  return { ...both, description, ask };
}

const asClient = { headers: { authorization: 'Bearer kw-client-of-the-test-0123456789' } };

scenario('the document is an OpenAPI 3.1 document', async (t) => {
  const { description } = await start(t);
  const { valid, errors } = await new Validator().validate(structuredClone(description.document));
  assert.ok(valid, JSON.stringify(errors, null, 1));
  const ids = Object.values(description.document.paths).flatMap((path) =>
    Object.values(path).map(({ operationId }) => operationId),
  );
  assert.equal(new Set(ids).size, ids.length, 'operations have ids of their own');
});

scenario('each path has the methods that the document gives it', async (t) => {
  const { gateway, description } = await start(t);
  for (const [template, methods] of Object.entries(description.document.paths)) {
    const answer = await gateway.admin('PROPFIND', targetOf(template));
    assert.equal(answer.status, 405, template);
    const described = Object.keys(methods).map((each) => each.toUpperCase());
    if (described.includes('GET')) described.push('HEAD');
    assert.deepEqual(answer.headers.get('allow').split(', ').sort(), described.sort(), template);
  }
});

scenario('everything that can be asked for is answered as described', async (t) => {
  const { sim, gateway, description, ask } = await start(t);
  await sim.fault('b', { status: 429, headers: { 'retry-after': '300' } });
  for (let i = 0; i < 3; ++i) await gateway.chat('hello', {}, asClient);
  await gateway.chat('hello', { model: 'gpt-other' }, asClient);
  await writeFile(gateway.file, `${await gateway.text()}\n[nonsense]\n`);
  await ask('POST', '/api/v1/reload', 422);
  for (const [template, { get }] of Object.entries(description.document.paths))
    if (get && !template.endsWith('/events')) await ask('GET', template, 200);
  assert.equal((await gateway.key('b')).state, 'cooling');
  assert.ok((await gateway.config()).last_error.line > 0);
  await ask('GET', '/api/v1/models/{model}', 200, { values: { model: 'gpt-*' } });
  await ask('GET', '/api/v1/models/{model}', 200, { values: { model: 'gpt-other' } });
  await ask('GET', '/api/v1/history', 200, { query: '?minutes=5' });
});

scenario('each kind of mistake is answered as described', async (t) => {
  const { gateway, ask } = await start(t);
  const code = async (expected, ...question) =>
    assert.equal((await ask(...question)).json.error.code, expected, question.join(' '));
  const key = '/api/v1/keys/{provider}/{name}';
  const model = '/api/v1/models/{model}';
  await code('not_authorized', 'GET', '/api/v1/keys', 401, { token: null });
  await code('not_authorized', 'GET', '/metrics', 401, { token: 'wrong' });
  const elsewhere = { headers: { origin: 'https://elsewhere.example' } };
  await code('bad_origin', 'GET', '/api/v1/keys', 403, elsewhere);
  await code('not_found', 'GET', key, 404, { values: { name: 'none' } });
  await code('not_found', 'GET', model, 404, { values: { model: 'none' } });
  await code('not_found', 'GET', '/assets/{file}', 404, { values: { file: 'none.js' } });
  await code('not_found', 'PATCH', key, 404, { values: { name: 'none' }, body: { weight: 2 } });
  await code('bad_request', 'PATCH', key, 400, { body: '{"weight":' });
  await code('bad_request', 'PATCH', key, 400, { body: { weight: 2 }, query: '?dry-run=true' });
  await code('bad_request', 'GET', '/api/v1/events', 400, { query: '?only=nothing' });
  await code('bad_request', 'GET', '/api/v1/history', 400, { query: '?minutes=0' });
  await code('bad_request', 'GET', '/api/v1/audit', 400, { query: '?limit=0' });
  await code('invalid', 'PATCH', key, 422, { body: { wieght: 2 } });
  await code('invalid', 'PATCH', key, 422, { body: { weight: 100_000 } });
  await code('invalid', 'PATCH', model, 422, { body: { strategy: 'by_chance' } });
  await code('invalid', 'PATCH', '/api/v1/log', 422, { body: { level: 'loud' } });
  const text = { body: '{}', headers: { 'content-type': 'text/plain' } };
  await code('unsupported_media_type', 'PATCH', key, 415, text);
  await code('unsupported_media_type', 'POST', '/api/v1/models', 415, text);
  await code('body_too_large', 'PATCH', key, 413, { body: ' '.repeat((1 << 20) + 1) });
  const again = { body: { name: 'a', api_key: 'sk-again-0123456789' } };
  await code('exists', 'POST', '/api/v1/keys/{provider}', 409, again);
  const stale = { body: { weight: 2 }, headers: { 'if-match': '"99"' } };
  await code('generation_mismatch', 'PATCH', key, 412, stale);
  assert.equal((await gateway.config()).generation, 1, 'nothing of this changes anything');
  const socket = await connect(t, gateway.adminPort);
  const { status, json } = await socket
    .send('GET /api/v1/keys HTTP/1.1\r\nHost: rebound.example\r\n\r\n')
    .response();
  assert.deepEqual([status, json.error.code], [403, 'bad_host']);
});

scenario('changes are asked for and answered as described, tried first and then done', async (t) => {
  const { gateway, description, ask } = await start(t);
  const newKey = { name: 'd', api_key: 'sk-new-0123456789-dddd', weight: 2, models: ['gpt-4o'] };
  const newModel = {
    name: 'other',
    provider: 'elsewhere',
    strategy: 'weighted',
    cooldown: { max: '10m' },
    keys: [{ name: 'x', api_key: 'sk-new-0123456789-xxxx' }],
    new_provider: { dialect: 'openai', base_url: 'http://127.0.0.1:9/v1' },
  };
  const key = '/api/v1/keys/{provider}/{name}';
  const added = { values: { name: 'd' } };
  for (const [method, template, status, more] of [
    ['PATCH', key, 200, { body: { weight: 3, rpm: 60, models: ['gpt-4o'], enabled: false } }],
    ['PATCH', key, 200, { body: { rpm: null } }],
    ['PATCH', '/api/v1/models/{model}', 200, { body: { sticky: true, cooldown: { max: '1h' } } }],
    ['POST', '/api/v1/keys/{provider}', 201, { body: newKey }],
    ['PATCH', key, 200, { ...added, body: { api_key: 'sk-next-0123456789-eeee', store: 'config' } }],
    ['DELETE', key, 200, added],
    ['POST', '/api/v1/models', 201, { body: newModel }],
    ['DELETE', '/api/v1/models/{model}', 200, { values: { model: 'other' } }],
  ]) {
    if (more.body)
      description.assertFits(
        more.body,
        ...['paths', template, method.toLowerCase()],
        ...['requestBody', 'content', 'application/json', 'schema'],
      );
    const { generation } = await gateway.config();
    const tried = await ask(method, template, 200, { ...more, query: '?dry_run=true' });
    assert.equal(tried.json.dry_run, true, `${method} ${template}`);
    assert.ok(tried.json.changes.length > 0, `${method} ${template}`);
    assert.equal((await gateway.config()).generation, generation, 'tried only');
    const done = await ask(method, template, status, more);
    assert.equal(done.json.generation, generation + 1, `${method} ${template}`);
  }
  await ask('POST', `${key}/reset`, 200);
  await ask('POST', '/api/v1/reload', 200);
  await ask('PATCH', '/api/v1/log', 200, { body: { level: 'debug' } });
  assert.equal((await ask('GET', '/api/v1/log', 200)).json.level, 'debug');
  const { entries } = (await ask('GET', '/api/v1/audit', 200)).json;
  assert.ok(entries.length >= 8);
});

scenario('what the document does not describe is refused', async (t) => {
  const { description, ask } = await start(t);
  const body = ['requestBody', 'content', 'application/json', 'schema'];
  for (const [method, template, wrong] of [
    ['PATCH', '/api/v1/keys/{provider}/{name}', { colour: 'red' }],
    ['PATCH', '/api/v1/keys/{provider}/{name}', { enabled: 'yes' }],
    ['PATCH', '/api/v1/models/{model}', { sticky: 1 }],
    ['PATCH', '/api/v1/models/{model}', { cooldown: { minimum: '1s' } }],
    ['POST', '/api/v1/keys/{provider}', { name: 'd' }],
    ['POST', '/api/v1/models', { name: 'm' }],
  ]) {
    assert.ok(!description.fits(wrong, 'paths', template, method.toLowerCase(), ...body), template);
    await ask(method, template, 422, { body: wrong });
  }
});

scenario('events are as described', async (t) => {
  const { sim, gateway, description } = await start(t);
  const events = await watch(t, gateway);
  const kinds = description.document.paths['/api/v1/events'].get['x-events'];
  const next = async (name, fits) => {
    const data = await events.next(name, fits);
    description.assertFits(data, ...kinds[name].$ref.slice(2).split('/'));
    return data;
  };
  await next('snapshot');
  await sim.fault('b', { status: 429, headers: { 'retry-after': '300' } });
  for (let i = 0; i < 3; ++i) await gateway.chat('hello', {}, asClient);
  await next('key', ({ to }) => to === 'cooling');
  await next('cooldown', ({ what }) => what === 'begins');
  await gateway.admin('PATCH', '/api/v1/keys/sim/a', { weight: 2 });
  await next('config', ({ error }) => !error);
  await next('audit', ({ target }) => target === 'sim/a');
  await writeFile(gateway.file, `${await gateway.text()}\n[nonsense]\n`);
  await next('config', ({ error }) => error);
  await next('snapshot', ({ config }) => config.last_error);
});
