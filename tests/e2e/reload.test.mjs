// A person edits the file while traffic flows.
import assert from 'node:assert/strict';
import { mkdir, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import {
  configFor,
  folder,
  scenario,
  startBoth,
  startGateway,
  startSimulator,
  waitFor,
} from './lib/keywheel.mjs';

/** The configuration with the keys of `names` alone, in that order. */
function only(sim, names, more) {
  const keys = names.map((name) => sim.keys.find((key) => key.name === name));
  return configFor(sim, { ...more, keys });
}

/** The configuration with every key, of which `on` alone is enabled. */
function oneEnabled(sim, on) {
  return configFor(sim, { keys: sim.keys.map((key) => ({ ...key, enabled: key.name === on })) });
}

/** The keys that serve the next `count` calls. */
async function nextKeys(gateway, count) {
  const result = [];
  for (let i = 0; i < count; ++i) {
    const answer = await gateway.chat();
    assert.equal(answer.status, 200);
    result.push(answer.key.slice('sim/'.length));
  }
  return result.sort().join('');
}

/** Starts with a and b; `change(gateway, toml)` must bring c and take a away. */
async function noticed(t, change) {
  const sim = await startSimulator(t);
  const gateway = await startGateway(t, only(sim, ['a', 'b']));
  assert.equal(await nextKeys(gateway, 4), 'aabb');
  await gateway.reloadedBy(() => change(gateway, only(sim, ['b', 'c'])));
  assert.equal(await nextKeys(gateway, 4), 'bbcc');
  assert.equal((await gateway.config()).last_error, null);
  return gateway;
}

scenario('an editor that writes in place', async (t) => {
  await noticed(t, ({ file }, toml) => writeFile(file, toml));
});

scenario('an editor that renames a new file over the old one, twice', async (t) => {
  const replace = async ({ file }, toml) => {
    await writeFile(`${file}~`, toml);
    await rename(`${file}~`, file);
  };
  const gateway = await noticed(t, replace);
  const generation = await gateway.reloadedBy(async () =>
    replace(gateway, `${await gateway.text()}\n# more\n[models.two]\nprovider = "sim"\n`),
  );
  assert.ok(generation >= 3);
  assert.equal((await gateway.model('two')).provider, 'sim');
});

scenario('an editor that removes the file before it writes the new one', async (t) => {
  await noticed(t, async ({ file }, toml) => {
    await rm(file);
    await writeFile(file, toml);
  });
});

scenario('a mounted volume whose symbolic link is swapped, twice', async (t) => {
  const sim = await startSimulator(t);
  const dir = await folder(t);
  const publish = async (version, toml) => {
    await mkdir(join(dir, version));
    await writeFile(join(dir, version, 'keywheel.toml'), toml);
    await symlink(version, join(dir, '..data_tmp'));
    await rename(join(dir, '..data_tmp'), join(dir, '..data'));
  };
  await publish('..1', only(sim, ['a', 'b']));
  await symlink('..data/keywheel.toml', join(dir, 'keywheel.toml'));
  const gateway = await startGateway(t, null, { dir });
  assert.equal(await nextKeys(gateway, 2), 'ab');
  await gateway.reloadedBy(() => publish('..2', only(sim, ['b', 'c'])));
  assert.equal(await nextKeys(gateway, 2), 'bc');
  await rm(join(dir, '..1'), { recursive: true });
  await gateway.reloadedBy(() => publish('..3', only(sim, ['c', 'a'])));
  assert.equal(await nextKeys(gateway, 2), 'ac');
});

scenario('a secret in a file of its own: SIGHUP reads it again', async (t) => {
  const sim = await startSimulator(t);
  const dir = await folder(t);
  await writeFile(join(dir, 'secret'), 'sk-e2e-mistyped\n');
  const keys = [{ name: 'x', api_key: 'file:secret' }];
  const gateway = await startGateway(t, configFor(sim, { keys }), { dir });
  assert.equal((await gateway.chat()).status, 502);
  await writeFile(join(dir, 'secret'), `${sim.keys[0].secret}\n`);
  await gateway.reloadedBy(() => gateway.process.signal('SIGHUP'));
  assert.equal((await gateway.chat()).status, 200);
});

scenario(
  'POST /api/v1/reload and `keywheel reload` answer when the file is in force',
  async (t) => {
    const sim = await startSimulator(t);
    const gateway = await startGateway(t, only(sim, ['a']));
    await writeFile(gateway.file, only(sim, ['b']));
    const answer = await gateway.admin('POST', '/api/v1/reload');
    assert.equal(answer.status, 200);
    assert.ok(answer.json.generation >= 2);
    assert.equal(await nextKeys(gateway, 2), 'bb');

    await writeFile(gateway.file, only(sim, ['c']));
    const { code, stderr } = await gateway.cli(t, ['reload']);
    assert.equal(code, 0, stderr);
    assert.equal(await nextKeys(gateway, 2), 'cc');
  },
);

scenario('invariant 1: a disabled or removed key gets no call from that instant', async (t) => {
  const sim = await startSimulator(t);
  const gateway = await startGateway(t, configFor(sim));
  let running = true;
  const failures = [];
  const callers = Array.from({ length: 16 }, async () => {
    while (running) {
      const { status, text } = await gateway.chat();
      if (status !== 200) failures.push(text);
    }
  });
  const quiet = async (name, change) => {
    await change();
    // What was with the key before the change may still be on its way to the provider.
    await waitFor('the last leases', async () => ((await gateway.key(name)).in_flight ?? 0) === 0);
    const index = sim.keys.findIndex((key) => key.name === name);
    const before = await sim.counts();
    await waitFor('200 calls', async () => {
      const now = await sim.counts();
      return now.reduce((a, b) => a + b) - before.reduce((a, b) => a + b) > 200;
    });
    assert.equal((await sim.counts())[index], before[index], `calls with ${name}`);
  };
  const disabled = sim.keys.map((key) => ({ ...key, enabled: key.name !== 'b' }));
  await quiet('b', () => gateway.apply(configFor(sim, { keys: disabled })));
  await quiet('a', () => gateway.apply(configFor(sim, { keys: disabled.slice(1) })));
  running = false;
  await Promise.all(callers);
  assert.deepEqual(failures, []);
});

scenario('a removed key finishes the call it has', async (t) => {
  const { sim, gateway } = await startBoth(t, {
    simulator: { keys: ['a', 'b'], options: { tokens: 40, event_interval: '50ms' } },
  });
  const call = gateway.chat('slow', { stream: true });
  await waitFor('the call', async () => (await sim.counts('in_flight'))[0] === 1);
  await gateway.apply(only(sim, ['b']));
  assert.equal((await gateway.chat()).key, 'sim/b');
  const answer = await call;
  assert.equal(answer.key, 'sim/a');
  assert.ok(answer.text.endsWith('data: [DONE]\n\n'), answer.text.slice(-100));
  await waitFor(
    'the key to be gone',
    async () => (await gateway.admin('GET', '/api/v1/keys/sim/a')).status === 404,
  );
});

scenario(
  'a broken file changes nothing and is reported with its line, until it is mended',
  async (t) => {
    const { sim, gateway } = await startBoth(t);
    const good = await gateway.text();
    const { generation } = await gateway.config();
    const broken = good.replace('dialect = "openai"', 'dialect = "opnai"');
    const line = broken.split('\n').findIndex((each) => each.includes('opnai')) + 1;
    await writeFile(gateway.file, broken);
    const error = await waitFor('the error', async () => (await gateway.config()).last_error);
    assert.equal(error.line, line);
    assert.ok(error.column >= 1);
    assert.match(error.message, /opnai|dialect/);
    assert.equal((await gateway.config()).generation, generation);
    assert.equal(await nextKeys(gateway, 3), 'abc');
    assert.match(gateway.process.output, new RegExp(`keywheel\\.toml:${line}:`));

    const answer = await gateway.admin('POST', '/api/v1/reload');
    assert.equal(answer.status, 422);
    assert.equal(answer.json.error.line, line);
    const refused = await gateway.cli(t, ['reload']);
    assert.notEqual(refused.code, 0);
    assert.match(refused.stderr, new RegExp(`keywheel\\.toml:${line}:`));

    await writeFile(gateway.file, 'this is = not [ TOML');
    const syntax = await waitFor('the other error', async () => {
      const { last_error: last } = await gateway.config();
      return last?.line === 1 && last;
    });
    assert.ok(syntax.message.length > 0);

    await gateway.apply(`${good}\n# mended\n[models.two]\nprovider = "sim"\n`);
    assert.equal((await gateway.config()).last_error, null);
    assert.equal(await nextKeys(gateway, 3), 'abc');
    assert.deepEqual(await sim.counts(), [2, 2, 2]);
  },
);

scenario('cooldowns and counters survive a reload that reorders the keys', async (t) => {
  const { sim, gateway } = await startBoth(t);
  await sim.fault('b', { status: 429, headers: { 'retry-after': '300' } });
  await nextKeys(gateway, 4);
  const before = await gateway.key('b');
  assert.equal(before.state, 'cooling');
  await gateway.apply(
    only(sim, ['c', 'b', 'a'], { more: '# reordered\n[models.two]\nprovider = "sim"' }),
  );
  const after = await gateway.key('b');
  assert.equal(after.state, 'cooling');
  assert.equal(after.requests, before.requests);
  assert.ok(
    Math.abs(Date.parse(after.cooldowns[0].until) - Date.parse(before.cooldowns[0].until)) < 1000,
  );
  assert.equal(await nextKeys(gateway, 4), 'aacc');
});

scenario('invariant 10: no call of 32 callers fails in 50 reloads', async (t) => {
  const sim = await startSimulator(t, { keys: ['a', 'b', 'c', 'd'], options: { jitter: '10ms' } });
  const gateway = await startGateway(t, configFor(sim));
  let running = true;
  let served = 0;
  const failures = [];
  const callers = Array.from({ length: 32 }, async (_, caller) => {
    while (running) {
      const { status, text } = await gateway.chat(`caller ${caller}`, { stream: caller % 2 === 0 });
      if (status === 200) ++served;
      else failures.push(`${status} ${text}`);
    }
  });
  // Keys come and go, change places and are disabled; at any time one at least is there.
  const variants = [
    ['a', 'b'],
    ['b', 'a', 'c'],
    ['d'],
    ['d', 'c', 'b', 'a'],
    ['a'],
    ['c', 'd'],
    ['b'],
  ].map((names, i) => {
    const keys = names.map((name) => sim.keys.find((key) => key.name === name));
    const disabled = keys.map((key, at) => ({ ...key, enabled: at === 0 }));
    return configFor(sim, {
      keys: i % 2 ? disabled : keys,
      model: i % 3 ? '' : 'upstream_model = "gpt-x"',
    });
  });
  const start = (await gateway.config()).generation;
  for (let i = 0; i < 50; ++i) {
    const before = served;
    await gateway.apply(variants[i % variants.length]);
    await waitFor('some calls', () => served > before + 8 || failures.length > 0);
  }
  running = false;
  await Promise.all(callers);
  assert.deepEqual(failures.slice(0, 5), []);
  assert.ok((await gateway.config()).generation >= start + 50);
  assert.equal(await readFile(gateway.file, 'utf8'), variants[49 % variants.length]);
});

for (const [how, variants] of [
  ['removed and another added', (sim) => [only(sim, ['a']), only(sim, ['b'])]],
  ['disabled and another enabled', (sim) => ['a', 'b'].map((on) => oneEnabled(sim, on))],
]) {
  scenario(`invariant 10: the only key is ${how}, 50 times, under traffic`, async (t) => {
    const sim = await startSimulator(t, { keys: ['a', 'b'] });
    const texts = variants(sim);
    const gateway = await startGateway(t, texts[0]);
    const failures = [];
    let running = true;
    let served = 0;
    const callers = Array.from({ length: 32 }, async () => {
      while (running) {
        const { status, text } = await gateway.chat();
        if (status === 200) ++served;
        else failures.push(`${status} ${text}`);
      }
    });
    for (let i = 1; i <= 50; ++i) {
      const before = served + failures.length;
      await writeFile(gateway.file, texts[i % 2]);
      assert.equal((await gateway.admin('POST', '/api/v1/reload')).status, 200);
      await waitFor('some calls', () => served + failures.length > before + 8);
    }
    running = false;
    await Promise.all(callers);
    assert.deepEqual(failures.slice(0, 5), [], `${failures.length} of ${served + failures.length}`);
  });
}
