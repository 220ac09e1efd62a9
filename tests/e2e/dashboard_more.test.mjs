// The dashboard, in a real browser: secrets, models that go, conflicts that are settled, reloads, the audit log.
import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { startDashboard } from './lib/browser.mjs';
import { scenario, startBoth, waitFor } from './lib/keywheel.mjs';

async function opened(t, options = {}) {
  const both = await startBoth(t, { simulator: { keys: ['a', 'b'] }, ...options });
  const dashboard = await startDashboard(t, both.gateway);
  await dashboard.logIn();
  return { ...both, dashboard, page: dashboard.page };
}

const model = async ({ dashboard, page }) => {
  await page.getByRole('link', { name: 'gpt-4o', exact: true }).click();
  await dashboard.card('sim/a').waitFor();
};

scenario('a new secret: pasted, and by reference', async (t) => {
  const simulator = { keys: ['a', 'b', 'c'] };
  const config = { keys: ['a', 'b'].map((name) => ({ name, secret: `sk-e2e-${name}` })) };
  const all = await opened(t, { simulator, config });
  const { sim, gateway, dashboard, page } = all;
  await model(all);
  const old = sim.keys[0].secret;
  assert.ok((await gateway.text()).includes(old));
  await page.getByRole('button', { name: 'New secret for sim/a' }).click();
  await dashboard.dialog.getByRole('button', { name: 'Replace secret' }).click();
  await dashboard.dialog.getByText('Give the new secret.').waitFor();
  await page.getByLabel('Secret', { exact: true }).fill(sim.keys[2].secret);
  await dashboard.submit('Replace secret');
  await dashboard.assertNowhere(sim.keys[2].secret);
  assert.ok(!(await gateway.text()).includes(old));
  assert.match(await gateway.text(), /api_key = "file:[^"]*sim\.a[^"]*"/);

  const file = join(gateway.dir, 'of-the-team');
  await writeFile(file, `${old}\n`);
  await page.getByRole('button', { name: 'New secret for sim/a' }).click();
  await page.getByLabel('Secret from').selectOption('file');
  await page.getByLabel('Path of the file').fill(file);
  await dashboard.submit('Replace secret');
  assert.ok((await gateway.text()).includes(`api_key = "file:${file}"`));
  await waitFor('the key to serve', async () => (await gateway.chat()).key === 'sim/a');
});

scenario('delete a model: it asks first, and callers are refused then', async (t) => {
  const all = await opened(t);
  const { gateway, dashboard, page } = all;
  await model(all);
  const remove = page.getByRole('button', { name: 'Delete model' });
  await remove.click();
  await page.keyboard.press('Escape');
  await dashboard.dialog.waitFor({ state: 'detached' });
  assert.equal((await gateway.chat()).status, 200);
  await remove.click();
  await dashboard.submit('Delete model');
  await page.getByRole('heading', { level: 1, name: 'Models' }).waitFor();
  await page.getByText('There is no model yet.').waitFor();
  assert.equal((await gateway.chat()).status, 404);
  assert.doesNotMatch(await gateway.text(), /\[models\./);
});

scenario('somebody else was faster: mine can be saved anyway', async (t) => {
  const all = await opened(t);
  const { gateway, dashboard, page } = all;
  await model(all);
  await page.getByRole('button', { name: 'Settings of sim/a' }).click();
  await page.getByLabel('Weight').fill('7');
  await gateway.reloadedBy(() => gateway.admin('PATCH', '/api/v1/keys/sim/a', { weight: 3 }));
  await dashboard.card('sim/a').getByText('3', { exact: true }).waitFor();
  await dashboard.dialog.getByRole('button', { name: 'Save', exact: true }).click();
  await dashboard.dialog.getByText(/Somebody else changed the configuration/).waitFor();
  await page.getByRole('button', { name: 'Save mine anyway' }).click();
  await dashboard.dialog.waitFor({ state: 'detached' });
  assert.match(await gateway.text(), /weight = 7/);
});

scenario('reload from the file, and what needs a restart', async (t) => {
  const { gateway, page } = await opened(t);
  await page.getByRole('link', { name: 'Configuration' }).click();
  await page.getByText('nothing', { exact: true }).waitFor();
  const { generation } = await gateway.config();
  await page.getByRole('button', { name: 'Reload from the file' }).click();
  await waitFor('the reload', async () => (await gateway.config()).generation > generation);
  const other = (await gateway.text()).replace(/listen = "[^"]+"/, 'listen = "127.0.0.1:1"');
  await gateway.apply(other);
  await page.getByText('server.listen', { exact: true }).waitFor();
});

scenario('who changed what is listed, as it happens', async (t) => {
  const { gateway, page } = await opened(t);
  await gateway.admin('PATCH', '/api/v1/keys/sim/a', { weight: 2 }, {
    headers: { 'x-keywheel-user': 'ada' },
  });
  await page.getByRole('link', { name: 'Activity' }).click();
  const first = page.getByRole('row', { name: /\(ada\)/ });
  await first.getByText('sim/a').waitFor();
  await first.getByText('weight').waitFor();
  await gateway.admin('POST', '/api/v1/keys/sim/b/reset');
  await page.getByRole('row', { name: /reset key sim\/b/ }).waitFor();
});
