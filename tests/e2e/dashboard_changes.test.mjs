// The dashboard, in a real browser: what people change with it, and what is then in the file.
import assert from 'node:assert/strict';
import { readFile, stat } from 'node:fs/promises';
import { isAbsolute, join } from 'node:path';

import { startDashboard } from './lib/browser.mjs';
import { scenario, startBoth, waitFor } from './lib/keywheel.mjs';

const pasted = 'sk-e2e-pasted-into-the-form';

/** The dashboard of a fresh gateway, on the page of `model`. */
async function onModelPage(t, options = {}) {
  const both = await startBoth(t, { simulator: { keys: ['a', 'b'] }, ...options });
  const dashboard = await startDashboard(t, both.gateway);
  await dashboard.logIn();
  await dashboard.page.getByRole('link', { name: 'gpt-4o', exact: true }).click();
  await dashboard.card('sim/a').waitFor();
  return { ...both, dashboard, page: dashboard.page };
}

scenario('disable and enable a key', async (t) => {
  const { gateway, dashboard } = await onModelPage(t);
  const card = dashboard.card('sim/b');
  await card.getByRole('button', { name: 'Disable sim/b' }).click();
  await card.getByText('disabled', { exact: true }).waitFor();
  assert.match(await gateway.text(), /name = "b"[^[]*enabled = false/);
  await card.getByRole('button', { name: 'Enable sim/b' }).click();
  await card.getByText('available', { exact: true }).waitFor();
  assert.match(await gateway.text(), /name = "b"[^[]*enabled = true/);
});

scenario('change the settings of a key', async (t) => {
  const { gateway, dashboard, page } = await onModelPage(t);
  await page.getByRole('button', { name: 'Settings of sim/a' }).click();
  await page.getByLabel('Weight').fill('3');
  await page.getByLabel('Requests per minute').fill('500');
  await dashboard.picture('key-settings');
  await dashboard.submit('Save');
  await dashboard.card('sim/a').getByText('500 requests/min').waitFor();
  const text = await gateway.text();
  assert.match(text, /name = "a"[^[]*weight = 3/);
  assert.match(text, /name = "a"[^[]*rpm = 500/);
  assert.doesNotMatch(text, /tpm/);
});

scenario(
  'a mistake is shown in the dialog, with the server’s words, and nothing is written',
  async (t) => {
    const { gateway, dashboard, page } = await onModelPage(t);
    const before = await gateway.text();
    await page.getByRole('button', { name: 'Settings of sim/a' }).click();
    await page.getByLabel('Weight').fill('0');
    await dashboard.dialog.getByRole('button', { name: 'Save' }).click();
    const { json } = await gateway.admin('PATCH', '/api/v1/keys/sim/a', { weight: 0 });
    await dashboard.dialog.getByText(json.error.message).waitFor();
    assert.equal(await page.getByLabel('Weight').inputValue(), '0');
    assert.equal(await gateway.text(), before);
  },
);

scenario('configure load balancing from the list and from the model’s page', async (t) => {
  const { gateway, dashboard, page } = await onModelPage(t);
  await page.getByRole('button', { name: 'Configure load balancing of gpt-4o' }).click();
  await page.getByLabel('Strategy').selectOption('weighted');
  await page.getByLabel('Sticky').check();
  await dashboard.dialog.getByLabel('a', { exact: true }).fill('4');
  await dashboard.picture('balancing');
  await dashboard.submit('Save');
  const text = await gateway.text();
  assert.match(text, /^strategy = "weighted"$/m);
  assert.match(text, /^sticky = true$/m);
  assert.match(text, /name = "a"[^[]*weight = 4/);
  await page.getByRole('link', { name: 'Models', exact: true }).click();
  await page.getByRole('button', { name: 'Configure load balancing of gpt-4o' }).click();
  await page.getByLabel('Load balancing', { exact: true }).uncheck();
  await dashboard.submit('Save');
  await page
    .getByRole('row', { name: /gpt-4o/ })
    .getByText('off', { exact: true })
    .waitFor();
  assert.match(await gateway.text(), /^load_balancing = false$/m);
});

scenario(
  'load balancing with one key is refused, and that it needs two is said plainly',
  async (t) => {
    const { gateway, dashboard, page } = await onModelPage(t, { simulator: { keys: ['a'] } });
    await page.getByRole('button', { name: 'Configure load balancing of gpt-4o' }).click();
    await dashboard.dialog.getByText(/needs two usable keys, and there is 1 usable key/).waitFor();
    await page.getByLabel('Load balancing', { exact: true }).check();
    await dashboard.dialog.getByText(/This will be refused/).waitFor();
    await dashboard.dialog.getByRole('button', { name: 'Save' }).click();
    const { json } = await gateway.admin('PATCH', '/api/v1/models/gpt-4o', {
      load_balancing: true,
    });
    await dashboard.dialog
      .locator('.trouble, .field-error')
      .getByText(json.error.message)
      .waitFor();
    assert.doesNotMatch(await gateway.text(), /load_balancing/);
  },
);

scenario('add a key with a pasted secret: it serves, and is seen nowhere', async (t) => {
  const sim = { keys: ['a', 'b', { name: 'c', secret: pasted }] };
  const both = await startBoth(t, {
    simulator: sim,
    config: { keys: ['a', 'b'].map((name) => ({ name, secret: `sk-e2e-${name}` })) },
  });
  const { gateway } = both;
  const dashboard = await startDashboard(t, gateway);
  const { page } = dashboard;
  await dashboard.logIn();
  await page.getByRole('link', { name: 'gpt-4o' }).click();
  await page.getByRole('button', { name: 'Add key' }).click();
  await page.getByLabel('Name', { exact: true }).fill('c');
  const field = page.getByLabel('Secret', { exact: true });
  assert.equal(await field.getAttribute('type'), 'password');
  assert.equal(await field.getAttribute('autocomplete'), 'off');
  await field.fill(pasted);
  await dashboard.submit('Add key');
  await dashboard.card('sim/c').getByText('available', { exact: true }).waitFor();
  await dashboard.assertNowhere(pasted);
  const text = await gateway.text();
  assert.ok(!text.includes(pasted));
  const [, place] = /name = "c"[^[]*api_key = "file:([^"]+)"/.exec(text);
  const file = isAbsolute(place) ? place : join(gateway.dir, place);
  assert.equal((await stat(file)).mode & 0o777, 0o600);
  assert.equal((await readFile(file, 'utf8')).trim(), pasted);
  await waitFor('the new key to serve', async () => (await gateway.chat()).key === 'sim/c');
});

scenario('delete a key: it asks first', async (t) => {
  const { gateway, dashboard, page } = await onModelPage(t);
  const remove = page.getByRole('button', { name: 'Delete sim/b' });
  await remove.click();
  await dashboard.picture('delete-key');
  await page.keyboard.press('Enter'); // the focus is on "Cancel"
  await dashboard.dialog.waitFor({ state: 'detached' });
  assert.match(await gateway.text(), /name = "b"/);
  await remove.click();
  await dashboard.submit('Delete key');
  await dashboard.card('sim/b').waitFor({ state: 'detached' });
  assert.doesNotMatch(await gateway.text(), /name = "b"/);
});

scenario('add a model with a new provider, two keys and load balancing in one go', async (t) => {
  const { sim, gateway, dashboard, page } = await onModelPage(t);
  await page.getByRole('link', { name: 'Models', exact: true }).click();
  await page.getByRole('button', { name: 'Add model' }).click();
  await dashboard.dialog.getByLabel('Name', { exact: true }).first().fill('mine');
  await page.getByLabel('Provider', { exact: true }).selectOption({ label: 'A new provider…' });
  const provider = dashboard.dialog.getByRole('group', { name: 'New provider' });
  await provider.getByLabel('Name').fill('second');
  await provider.getByLabel('Base URL').fill(`${sim.url}/v1`);
  await page.getByLabel('Load balancing', { exact: true }).check();
  await dashboard.dialog.getByText(/This will be refused/).waitFor();
  await page.getByRole('button', { name: 'Add a key with it' }).click();
  await dashboard.dialog.getByText('It needs two usable keys; there are 2 usable keys.').waitFor();
  const keys = dashboard.dialog.getByRole('group', { name: 'New key' });
  for (const [i, { name, secret }] of sim.keys.entries()) {
    await keys.nth(i).getByLabel('Name').fill(name);
    await keys.nth(i).getByLabel('Secret', { exact: true }).fill(secret);
  }
  await page.getByLabel('Strategy').selectOption('least_in_flight');
  await dashboard.picture('add-model');
  const { generation } = await gateway.config();
  await dashboard.submit('Add model');
  await page.getByRole('heading', { level: 1, name: 'mine' }).waitFor();
  await dashboard.card('second/b').getByText('available', { exact: true }).waitFor();
  assert.equal((await gateway.config()).generation, generation + 1);
  for (const { secret } of sim.keys) await dashboard.assertNowhere(secret);
  const text = await gateway.text();
  assert.match(text, /\[providers\.second\]/);
  assert.match(text, /\[models\.mine\][^[]*strategy = "least_in_flight"/);
  assert.match((await gateway.chat('hello', { model: 'mine' })).key, /^second\//);
});

scenario('somebody else was faster: the input stays, and theirs can be loaded', async (t) => {
  const { gateway, dashboard, page } = await onModelPage(t);
  await page.getByRole('button', { name: 'Settings of sim/a' }).click();
  await page.getByLabel('Weight').fill('7');
  await gateway.reloadedBy(() => gateway.admin('PATCH', '/api/v1/keys/sim/a', { rpm: 60 }));
  await dashboard.card('sim/a').getByText('60 requests/min').waitFor();
  await dashboard.dialog.getByRole('button', { name: 'Save', exact: true }).click();
  await dashboard.dialog.getByText(/Somebody else changed the configuration/).waitFor();
  await dashboard.picture('conflict');
  assert.equal(await page.getByLabel('Weight').inputValue(), '7');
  assert.doesNotMatch(await gateway.text(), /weight/);
  await page.getByRole('button', { name: 'Load what is in force' }).click();
  assert.equal(await page.getByLabel('Weight').inputValue(), '1');
  assert.equal(await page.getByLabel('Requests per minute').inputValue(), '60');
  await page.getByLabel('Weight').fill('8');
  await dashboard.submit('Save');
  const text = await gateway.text();
  assert.match(text, /weight = 8/);
  assert.match(text, /rpm = 60/);
});
