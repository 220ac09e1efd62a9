// The dashboard's pure modules.
import assert from 'node:assert/strict';
import test from 'node:test';

const from = (name) => import(new URL(`../../src/dashboard/${name}.js`, import.meta.url));
const { EventReader } = await from('sse');
const { countdown, percent, shortCount, scopeText, when } = await from('format');
const { parseHash, modelHref } = await from('router');
const { fits, freeKeys, keysOf, shares, stateOf, usableKeys } = await from('derive');
const { delayBefore } = await from('live');
const { Store } = await from('store');
const { path } = await from('api');

test('a stream of events, cut anywhere', () => {
  const stream =
    'retry: 2000\r\n\r\n: a comment\n\nevent: key\ndata: {"a":\ndata: 1}\n\ndata:bare\r\rid: 7\n\nevent: lost\n\nevent: half\ndata: x';
  const wanted = [
    { name: 'key', data: '{"a":\n1}' },
    { name: 'message', data: 'bare' },
  ];
  for (let cut = 0; cut <= stream.length; ++cut) {
    const reader = new EventReader();
    const events = [...reader.push(stream.slice(0, cut)), ...reader.push(stream.slice(cut))];
    assert.deepEqual(events, wanted, `cut at ${cut}`);
    assert.equal(reader.retry, 2000);
  }
});

test('a time left is rounded up, so that 0 means over', () => {
  for (const [ms, text] of [
    [-5, '0 s'],
    [0, '0 s'],
    [1, '1 s'],
    [59_000, '59 s'],
    [59_001, '1:00'],
    [125_000, '2:05'],
    [3_609_000, '1:00:09'],
  ])
    assert.equal(countdown(ms), text, `${ms}`);
});

test('numbers, shares, scopes, times', () => {
  assert.equal(shortCount(9_999), '9,999');
  assert.equal(shortCount(1_234_567), '1.2M');
  assert.equal(percent(null), '–');
  assert.equal(percent(0.334), '33 %');
  assert.equal(scopeText({ scope: 'key_model', model: 'm' }), 'this key, for m');
  assert.equal(scopeText({ scope: 'some_thing' }), 'some thing');
  const noon = new Date(2026, 10, 25, 12, 3, 4);
  assert.equal(when(noon.toISOString(), noon), '12:03:04');
  assert.equal(when(noon.toISOString(), new Date(2026, 10, 26)), '2026-11-25 12:03:04');
  assert.equal(when('never'), 'never');
});

test('addresses of pages; a name may have anything in it', () => {
  for (const name of ['gpt-4o', 'a/b c', 'text-*', 'ü%#?'])
    assert.deepEqual(parseHash(modelHref(name)), { page: 'model', model: name });
  assert.equal(path('keys', 'a/b', 'ü'), '/api/v1/keys/a%2Fb/%C3%BC');
  assert.deepEqual(parseHash('#/keys'), { page: 'keys' });
  for (const nowhere of [
    '',
    '#',
    '#/',
    '#/nothing',
    '#/keys/x',
    '#/models/%E0%A4%A',
    '#/models/a/b',
  ])
    assert.deepEqual(parseHash(nowhere), { page: 'models' }, nowhere);
});

test('attempts to connect come ever later, and never in step', () => {
  assert.deepEqual(
    [1, 2, 3, 6, 100].map((n) => delayBefore(n, 0)),
    [500, 1000, 2000, 15_000, 15_000],
  );
  assert.equal(delayBefore(1, 0.999), 375);
});

const cooldown = {
  scope: 'key_model',
  model: 'm',
  reason: 'rate_limit',
  source: 'retry-after',
  remaining_ms: 5000,
};

function storeWith(keys, model = {}) {
  const store = new Store();
  const configured = keys.map(({ name, enabled = true, models = [] }) => ({
    name,
    enabled,
    models,
    weight: 1,
  }));
  store.apply(
    'snapshot',
    {
      config: {
        generation: 3,
        config: { providers: { p: { keys: configured } }, models: { m: {} } },
      },
      keys: keys.map((key) => ({
        id: `p/${key.name}`,
        provider: 'p',
        state: 'available',
        cooldowns: [],
        ...key,
      })),
      models: [{ name: 'm', provider: 'p', keys: [], ...model }],
    },
    1_000_000,
  );
  return store;
}

test('a cooldown ends by this machine’s clock', () => {
  const [key] = storeWith([{ name: 'a', cooldowns: [cooldown] }]).keys;
  assert.equal(key.cooldowns[0].deadline, 1_005_000);
});

test('the keys of a model: in file order, with those that are not in rotation', () => {
  const store = storeWith(
    [
      { name: 'z' },
      { name: 'off', enabled: false, state: 'disabled' },
      { name: 'other', models: ['x-*'] },
      { name: 'a', state: 'cooling', cooldowns: [{ ...cooldown, probing: true }] },
    ],
    {
      keys: [
        { id: 'p/a', state: 'cooling' },
        { id: 'p/z', state: 'available' },
      ],
    },
  );
  assert.deepEqual(
    keysOf(store, store.models[0]).map(({ key, state, inRotation }) => [
      key.name,
      state,
      inRotation,
    ]),
    [
      ['z', 'available', true],
      ['off', 'disabled', false],
      ['a', 'probing', true],
    ],
  );
  assert.deepEqual(freeKeys(store.models[0]), { free: 1, all: 2 });
  assert.deepEqual(
    usableKeys(store, 'p', 'm').map(({ name }) => name),
    ['z', 'a'],
  );
});

test('a cooldown for another model is no state of this one', () => {
  const key = { state: 'cooling', cooldowns: [{ ...cooldown, model: 'x', probing: true }] };
  assert.equal(stateOf(key, 'm', 'available'), 'available');
  assert.equal(stateOf(key, 'm', 'cooling'), 'cooling');
  assert.equal(stateOf(key), 'probing');
});

test('patterns: only the star is special', () => {
  assert.ok(fits('gpt-*', 'gpt-4.1'));
  assert.ok(!fits('gpt-4.1', 'gpt-4x1'));
  assert.ok(!fits('a*b', 'abc'));
});

test('shares of the last hour', () => {
  const history = new Map([
    ['a', { requests: [1, 2] }],
    ['b', { requests: [0, 1] }],
  ]);
  assert.deepEqual(
    [...shares(history, ['a', 'b', 'c'])],
    [
      ['a', 0.75],
      ['b', 0.25],
      ['c', 0],
    ],
  );
  assert.deepEqual([...shares(new Map(), ['a'])], [['a', null]]);
});

test('a change is done when the page has seen its generation', async () => {
  const store = new Store();
  const snapshot = (generation) =>
    store.apply('snapshot', { config: { generation }, keys: [], models: [] });
  snapshot(3);
  await store.reached(3, 60_000);
  let done = false;
  const reached = store.reached(5, 60_000).then(() => (done = true));
  snapshot(4);
  await new Promise(setImmediate);
  assert.equal(done, false);
  snapshot(6);
  await reached;
  await store.reached(7, 1); // patience has an end
});
