// A real Prometheus loads what tools/ has for it, scrapes a real gateway, and knows each metric.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { cp, readFile, writeFile } from 'node:fs/promises';
import net from 'node:net';
import { join } from 'node:path';

import { folder, scenario, startBoth, waitFor } from './lib/keywheel.mjs';
import { promtool, scrape } from './lib/prometheus.mjs';

const tools = join(import.meta.dirname ?? new URL('.', import.meta.url).pathname, '../../tools');
const rules = (name) => join(tools, 'prometheus', name);

/** A port that was free a moment ago: Prometheus takes none of its own choice. */
function freePort() {
  return new Promise((resolve, reject) => {
    const probe = net.createServer().on('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address();
      probe.close(() => resolve(port));
    });
  });
}

/** Starts Prometheus with the example, made to scrape `gateway`; resolves to its URL. */
async function startPrometheus(t, gateway) {
  const dir = await folder(t);
  await cp(rules('alerts.yml'), join(dir, 'alerts.yml'));
  await writeFile(join(dir, 'keywheel-token'), gateway.token, { mode: 0o600 });
  const example = await readFile(rules('prometheus.yml'), 'utf8');
  const config = example
    .replace('127.0.0.1:4101', `127.0.0.1:${gateway.adminPort}`)
    .replace('scrape_interval: 15s', 'scrape_interval: 1s');
  await writeFile(join(dir, 'prometheus.yml'), config);
  const checked = await promtool(['check', 'config', join(dir, 'prometheus.yml')]);
  assert.equal(checked.code, 0, checked.output);
  const port = await freePort();
  const child = spawn(
    'prometheus',
    [
      '--config.file=prometheus.yml',
      '--storage.tsdb.path=data',
      `--web.listen-address=127.0.0.1:${port}`,
    ],
    { cwd: dir, stdio: ['ignore', 'ignore', 'pipe'] },
  );
  let output = '';
  child.stderr.setEncoding('utf8').on('data', (text) => (output += text));
  let ended = false;
  const end = new Promise((resolve) => child.on('close', resolve)).then(() => (ended = true));
  t.after(async () => {
    if (!ended) child.kill('SIGKILL');
    await end;
  });
  const url = `http://127.0.0.1:${port}`;
  await waitFor('Prometheus', async () => {
    if (ended) throw new Error(`prometheus ended: ${output}`);
    return (await fetch(`${url}/-/ready`).catch(() => ({ ok: false }))).ok;
  });
  return {
    query: async (expression) => {
      const answer = await fetch(`${url}/api/v1/query?query=${encodeURIComponent(expression)}`);
      const { status, data, error } = await answer.json();
      assert.equal(status, 'success', `${expression}: ${error}`);
      return data.result;
    },
    rules: async () => (await (await fetch(`${url}/api/v1/rules`)).json()).data.groups,
  };
}

/** Every expression of the dashboard, with Grafana's variables filled in. */
async function expressions() {
  const board = JSON.parse(await readFile(join(tools, 'grafana/keywheel.json'), 'utf8'));
  const all = board.panels.flatMap(({ targets }) => targets.map(({ expr }) => expr));
  return all.map((each) => each.replaceAll('$__rate_interval', '1m').replaceAll('$instance', '.*'));
}

/** The metrics that a text names. */
const namesIn = (text) => new Set(text.match(/\b(keywheel|process)_[a-z_]+\b/g));

scenario('the alert rules are sound and do what their tests say', async () => {
  for (const args of [
    ['check', 'rules', rules('alerts.yml')],
    ['test', 'rules', rules('alerts_test.yml')],
  ]) {
    const { code, output } = await promtool(args);
    assert.equal(code, 0, output);
  }
});

scenario('dashboard and rules name only what is exported', async (t) => {
  const { sim, gateway } = await startBoth(t);
  await sim.fault('a', { status: 429 });
  for (let i = 0; i < 3; ++i) await gateway.chat();
  const { names } = await scrape(gateway);
  const shown = await expressions();
  assert.ok(shown.length > 15);
  const alerts = (await readFile(rules('alerts.yml'), 'utf8')).matchAll(/expr: ((?:.|\n {10})*)/g);
  const used = [...shown, ...[...alerts].map(([, expression]) => expression)];
  for (const expression of used) {
    const named = namesIn(expression.replace(/"[^"]*"/g, '""'));
    assert.ok(named.size > 0 || /^up/.test(expression), expression);
    for (const name of named) assert.ok(names.has(name), `${name} in ${expression}`);
  }
});

scenario('Prometheus scrapes a gateway and loads the rules', async (t) => {
  const { gateway } = await startBoth(t);
  await gateway.chat();
  const prometheus = await startPrometheus(t, gateway);
  const up = await waitFor('a scrape', async () => {
    const [found] = await prometheus.query('up{job="keywheel"}');
    return found?.value[1] === '1' && found;
  });
  assert.equal(up.metric.instance, `127.0.0.1:${gateway.adminPort}`);
  const [{ value }] = await prometheus.query('sum(keywheel_calls_total{outcome="answered"})');
  assert.equal(value[1], '1');
  for (const expression of await expressions()) await prometheus.query(expression);
  const groups = await prometheus.rules();
  assert.deepEqual(
    groups.map(({ name, rules: all }) => [name, all.length]),
    [['keywheel', 6]],
  );
  for (const { rules: all } of groups) for (const rule of all) assert.notEqual(rule.health, 'err');
});
