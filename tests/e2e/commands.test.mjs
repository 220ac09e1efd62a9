// The commands that use the admin port, and `keywheel check`.
import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { folder, run, scenario, startBoth } from './lib/keywheel.mjs';

scenario('keywheel models, keys: tables for people, JSON for programs', async (t) => {
  const { sim, gateway } = await startBoth(t);
  await sim.fault('a', { status: 429, headers: { 'retry-after': '300' } });
  await gateway.chat();
  const keys = await gateway.cli(t, ['keys']);
  assert.equal(keys.code, 0, keys.stderr);
  for (const text of ['sim/a', 'cooling', 'sim/b', 'available'])
    assert.ok(keys.stdout.includes(text), keys.stdout);
  const models = await gateway.cli(t, ['models']);
  assert.equal(models.code, 0, models.stderr);
  assert.match(models.stdout, /gpt-4o/);
  const json = JSON.parse((await gateway.cli(t, ['keys', '--json'])).stdout);
  assert.deepEqual(
    json.keys.map(({ state }) => state),
    ['cooling', 'available', 'available'],
  );
  assert.equal(
    JSON.parse((await gateway.cli(t, ['models', '--json'])).stdout).models[0].name,
    'gpt-4o',
  );
});

scenario('keywheel key disable, enable, reset', async (t) => {
  const { sim, gateway } = await startBoth(t);
  const off = await gateway.cli(t, ['key', 'disable', 'sim/b']);
  assert.equal(off.code, 0, off.stderr);
  assert.match(off.stdout, /sim\/b disabled/);
  assert.equal((await gateway.key('b')).state, 'disabled');
  assert.match(await gateway.text(), /^enabled = false$/m);
  assert.equal((await gateway.cli(t, ['key', 'enable', 'sim/b'])).code, 0);
  assert.equal((await gateway.key('b')).state, 'available');

  await sim.fault('*', { status: 429, headers: { 'retry-after': '300' } });
  await gateway.chat();
  const { keys } = (await gateway.admin('GET', '/api/v1/keys')).json;
  const { id, name } = keys.find(({ state }) => state === 'cooling');
  assert.equal((await gateway.cli(t, ['key', 'reset', id])).code, 0);
  assert.deepEqual((await gateway.key(name)).cooldowns, []);
});

scenario('exit codes: usage 2, no gateway 3, refused 4', async (t) => {
  const { gateway } = await startBoth(t);
  assert.equal((await gateway.cli(t, ['key', 'explode', 'sim/a'])).code, 2);
  assert.equal((await gateway.cli(t, ['key', 'disable', 'no-slash'])).code, 2);
  const unknown = await gateway.cli(t, ['key', 'disable', 'sim/nobody']);
  assert.equal(unknown.code, 4);
  assert.match(unknown.stderr, /sim\/nobody|no key/);
  assert.equal((await gateway.cli(t, ['keys'], { KEYWHEEL_ADMIN_TOKEN: 'wrong' })).code, 4);
  gateway.process.signal('SIGTERM');
  await gateway.process.end;
  const nobody = await gateway.cli(t, ['keys']);
  assert.equal(nobody.code, 3);
  assert.ok(nobody.stderr.includes(gateway.adminUrl), nobody.stderr);
});

scenario('keywheel check tells every mistake with line and column', async (t) => {
  const dir = await folder(t);
  const file = join(dir, 'keywheel.toml');
  await writeFile(
    file,
    '[providers.x]\ndialect = "openai"\nbase_url = "http://127.0.0.1:1/v1"\napi_key = "sk-x"\ncolour = 1\n[models.m]\nprovider = "y"\n',
  );
  const bad = await run(t, ['check', '-c', file], { dir });
  assert.equal(bad.code, 1);
  const told = bad.stdout + bad.stderr;
  assert.match(told, /keywheel\.toml:5:\d+: /);
  assert.match(told, /keywheel\.toml:7:\d+: /);
  assert.ok(!told.includes('sk-x'), told);
  await writeFile(
    file,
    (await readFile(file, 'utf8')).replace('colour = 1\n', '').replace('"y"', '"x"'),
  );
  assert.equal((await run(t, ['check', '-c', file], { dir })).code, 0);
});
