// The dashboard, in a real browser: who may see it, what it shows, that it follows the gateway.
import assert from 'node:assert/strict';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { startDashboard } from './lib/browser.mjs';
import {
  configFor,
  scenario,
  startBoth,
  startGateway,
  startSimulator,
  waitFor,
} from './lib/keywheel.mjs';

const two = { keys: ['a', 'b'] };

/** The dashboard of a fresh gateway, logged in. */
async function loggedIn(t, { browser, ...options } = {}) {
  const both = await startBoth(t, { simulator: two, ...options });
  const dashboard = await startDashboard(t, both.gateway, browser);
  await dashboard.logIn();
  return { ...both, dashboard, page: dashboard.page };
}

/** As loggedIn(), for a gateway that has the same admin port again after it was ended and started anew. */
async function onFixedPort(t) {
  const sim = await startSimulator(t, two);
  const gateway = await startGateway(t, configFor(sim));
  const listen = /(\[admin\]\nlisten = "127\.0\.0\.1:)0/;
  await writeFile(gateway.file, configFor(sim).replace(listen, `$1${gateway.adminPort}`));
  const dashboard = await startDashboard(t, gateway);
  await dashboard.logIn();
  return { gateway, dashboard, page: dashboard.page };
}

/** Seconds left, as a card of a key says. */
async function secondsLeft(card) {
  const text = await card.getByRole('timer').textContent();
  const parts = text.replace(' s', '').split(':').map(Number);
  return parts.reduce((sum, each) => sum * 60 + each, 0);
}

// -- who may see it -----------------------------------------------------------------------------

scenario('a wrong token is refused beside the field, the right one logs in', async (t) => {
  const { gateway } = await startBoth(t, { simulator: two });
  const dashboard = await startDashboard(t, gateway);
  const { page } = dashboard;
  await dashboard.picture('login');
  await page.getByRole('button', { name: 'Log in' }).click();
  await page.getByText('Give the admin token.').waitFor();
  await page.getByLabel('Admin token').fill('wrong');
  await page.keyboard.press('Enter');
  await page.getByText('does not accept this token').waitFor();
  assert.equal(await page.getByLabel('Admin token').getAttribute('aria-invalid'), 'true');
  await dashboard.logIn();
  await page.getByRole('link', { name: 'gpt-4o' }).waitFor();
  await dashboard.assertNowhere(gateway.token);
});

scenario('the token outlives a reload of the page, but not logging out, nor the tab', async (t) => {
  const { gateway, dashboard, page } = await loggedIn(t);
  await page.reload();
  await page.locator('.connection.live').waitFor();
  const other = await page.context().newPage();
  await other.goto(gateway.adminUrl);
  await other.getByLabel('Admin token').waitFor();
  await other.close();
  await page.getByRole('button', { name: 'Log out' }).click();
  await page.getByLabel('Admin token').waitFor();
  assert.equal(await page.evaluate(() => sessionStorage.length), 0);
  await page.reload();
  await page.getByLabel('Admin token').waitFor();
  await dashboard.assertNowhere(gateway.token);
});

scenario(
  'a token that no longer holds brings the form back, and the old one is forgotten',
  async (t) => {
    const { gateway, dashboard, page } = await onFixedPort(t);
    await gateway.process.kill();
    await rm(join(gateway.dir, 'state/admin-token'));
    const again = await startGateway(t, null, { dir: gateway.dir });
    assert.notEqual(again.token, gateway.token);
    await page.getByText('The gateway no longer accepts the token.').waitFor();
    assert.equal(await page.evaluate(() => sessionStorage.length), 0);
    await dashboard.logIn(again.token);
    await page.getByRole('link', { name: 'gpt-4o' }).waitFor();
  },
);

scenario('the pages come with a strict policy, and anybody may load them', async (t) => {
  const { gateway } = await startBoth(t, { simulator: two });
  const { status, headers, text } = await gateway.admin('GET', '/', undefined, { token: null });
  assert.equal(status, 200);
  assert.doesNotMatch(text, /style=|<style|<script>|onclick/);
  const policy = headers.get('content-security-policy');
  for (const part of [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self'",
    "connect-src 'self'",
  ])
    assert.ok(policy.split(/; */).includes(part), `${part} in ${policy}`);
});

// -- what it shows ------------------------------------------------------------------------------

scenario('a key that meets its limit is seen to cool, and its time to run down', async (t) => {
  const { sim, gateway, dashboard, page } = await loggedIn(t);
  await page.getByRole('link', { name: 'gpt-4o' }).click();
  const card = dashboard.card('sim/a');
  await card.getByText('available', { exact: true }).waitFor();
  await sim.fault('a', { status: 429, headers: { 'retry-after': '300' } });
  while ((await gateway.chat()).key !== 'sim/b');
  await card.getByText('cooling', { exact: true }).waitFor();
  const line = await card.locator('.cooldown').textContent();
  assert.match(line, /rate limit.*says retry-after.*this key, for gpt-4o.*until \d\d:\d\d:\d\d/);
  const first = await secondsLeft(card);
  assert.ok(first > 200 && first <= 301, `${first} s`);
  await waitFor('two ticks', async () => (await secondsLeft(card)) <= first - 2);
  await dashboard.picture('model-cooling');
  await card.getByRole('button', { name: 'Reset sim/a' }).click();
  await card.getByText('available', { exact: true }).waitFor();
  assert.equal(await card.locator('.cooldown').count(), 0);
  assert.equal((await gateway.key('a')).state, 'available');
});

scenario('the list: balancing, keys, requests, and a filter', async (t) => {
  const more = '[models.small]\nprovider = "sim"\nload_balancing = false';
  const { gateway, dashboard, page } = await loggedIn(t, { config: { more } });
  const row = (name) => page.getByRole('row', { name: new RegExp(`^${name}\\b`) });
  const cells = (name) => row(name).getByRole('cell').allTextContents();
  await row('gpt-4o').waitFor();
  assert.deepEqual((await cells('gpt-4o')).slice(0, 3), ['sim', 'on round robin', '2 / 2']);
  assert.match((await cells('small'))[1], /^off/);
  for (let i = 0; i < 3; ++i) await gateway.chat();
  await waitFor('the requests', async () => (await cells('gpt-4o'))[4] === '3');
  await dashboard.picture('models');
  await page.getByLabel('Filter').fill('SMA');
  await row('gpt-4o').waitFor({ state: 'detached' });
  await page.getByText('1 of 2').waitFor();
  // Updates neither bring the row back nor take what was typed.
  await gateway.chat();
  assert.equal(await page.getByLabel('Filter').inputValue(), 'SMA');
  await page.getByLabel('Filter').fill('nothing like it');
  await page.getByText('No model fits the filter.').waitFor();
});

scenario('what a file says is text, never markup', async (t) => {
  const name = '<img/src=x/onerror=alert(1)>';
  const more = `[models."${name}"]\nprovider = "sim"`;
  const { page } = await loggedIn(t, { config: { more } });
  await page.getByRole('link', { name }).click();
  await page.getByRole('heading', { level: 1, name }).waitFor();
  assert.equal(await page.locator('img').count(), 0);
});

scenario(
  'a bad edit by hand is shown with its line on every page, until it is mended',
  async (t) => {
    const { gateway, dashboard, page } = await loggedIn(t);
    const good = await gateway.text();
    const line = good.split('\n').length;
    await writeFile(gateway.file, `${good}nonsense here\n`);
    const alert = page.getByRole('alert').filter({ hasText: 'has an error' });
    await alert.waitFor();
    const { last_error: error } = await gateway.config();
    assert.equal(error.line, line);
    for (const name of ['Models', 'Keys', 'Configuration', 'Activity']) {
      await page.getByRole('link', { name, exact: true }).click();
      await page.getByRole('heading', { level: 1, name }).waitFor();
      assert.ok(
        (await alert.textContent()).includes(
          `keywheel.toml:${line}:${error.column}: ${error.message}`,
        ),
      );
    }
    await dashboard.picture('config-error');
    await page.getByRole('link', { name: 'Configuration', exact: true }).click();
    await page.getByText(`Line ${line}, column ${error.column}`).waitFor();
    await writeFile(gateway.file, good);
    await alert.waitFor({ state: 'detached' });
  },
);

scenario('a lost connection is said, and comes back by itself', async (t) => {
  const { gateway, dashboard } = await onFixedPort(t);
  await dashboard.page.getByRole('link', { name: 'gpt-4o' }).waitFor();
  await gateway.process.kill();
  await dashboard.page.getByRole('alert').filter({ hasText: 'Connection lost' }).waitFor();
  await dashboard.page.getByText('not connected').waitFor();
  await dashboard.picture('connection-lost');
  await startGateway(t, null, { dir: gateway.dir });
  await dashboard.page.locator('.connection.live').waitFor();
  assert.equal(await dashboard.page.getByText('Connection lost').count(), 0);
  await dashboard.page.getByRole('link', { name: 'gpt-4o' }).waitFor();
});

// -- for everybody ------------------------------------------------------------------------------

for (const colorScheme of ['light', 'dark'])
  scenario(`at phone width, in ${colorScheme}, nothing sticks out`, async (t) => {
    const viewport = { width: 360, height: 740 };
    const more = `[models."a-model-with-a-name-as-long-as-nobody-would-call-it-${'x'.repeat(40)}"]\nprovider = "sim"`;
    const { sim, gateway, dashboard, page } = await loggedIn(t, {
      config: { more },
      browser: { colorScheme, viewport },
    });
    await sim.fault('a', { status: 429, headers: { 'retry-after': '300' } });
    for (let i = 0; i < 2; ++i) await gateway.chat();
    const look = async (what) => {
      await dashboard.assertNoSidewaysScroll(what);
      await dashboard.picture(`phone-${colorScheme}-${what}`);
    };
    await page.getByRole('link', { name: 'gpt-4o', exact: true }).waitFor();
    await look('models');
    await page.getByRole('button', { name: 'Add model' }).click();
    await look('add-model');
    await page.keyboard.press('Escape');
    await page.getByRole('link', { name: 'gpt-4o', exact: true }).click();
    await dashboard.card('sim/a').getByText('cooling', { exact: true }).waitFor();
    await look('model');
    for (const name of ['Keys', 'Configuration', 'Activity']) {
      await page.getByRole('link', { name, exact: true }).click();
      await page.getByRole('heading', { level: 1, name }).waitFor();
      await look(name.toLowerCase());
    }
    const ground = await page.evaluate(() => getComputedStyle(document.body).backgroundColor);
    assert.equal(ground, colorScheme === 'dark' ? 'rgb(18, 21, 26)' : 'rgb(246, 247, 249)');
    await page.getByLabel('Theme').selectOption(colorScheme === 'dark' ? 'light' : 'dark');
    assert.notEqual(
      await page.evaluate(() => getComputedStyle(document.body).backgroundColor),
      ground,
    );
  });

scenario('with the keyboard alone: log in, open a dialog, leave it, disable a key', async (t) => {
  const { gateway } = await startBoth(t, { simulator: two });
  const { page } = await startDashboard(t, gateway);
  const focused = () =>
    page.evaluate(() => {
      const { activeElement: it } = document;
      return it.getAttribute('aria-label') ?? it.textContent;
    });
  /** Presses Tab until what has the focus is called `name`, and sees that it looks so. */
  const tabTo = async (name) => {
    for (let i = 0; i < 60; ++i) {
      await page.keyboard.press('Tab');
      if ((await focused()) !== name) continue;
      const outline = await page.evaluate(
        () => getComputedStyle(document.activeElement).outlineStyle,
      );
      assert.equal(outline, 'solid', `the focus on ${name} is seen`);
      return;
    }
    assert.fail(`Tab never comes to ${name}`);
  };
  await page.keyboard.type(gateway.token);
  await page.keyboard.press('Enter');
  await page.getByRole('link', { name: 'gpt-4o' }).waitFor();
  await tabTo('Configure load balancing of gpt-4o');
  await page.keyboard.press('Enter');
  await page.getByRole('dialog').waitFor();
  assert.equal(await page.evaluate(() => document.activeElement.name), 'load_balancing');
  await page.keyboard.press('Escape');
  await page.getByRole('dialog').waitFor({ state: 'detached' });
  assert.equal(await focused(), 'Configure load balancing of gpt-4o');
  await page.keyboard.press('Shift+Tab');
  assert.equal(await focused(), 'gpt-4o');
  await page.keyboard.press('Enter');
  await waitFor(
    'the focus on the heading',
    async () => (await focused()) === 'gpt-4o' && page.url().endsWith('gpt-4o'),
  );
  await tabTo('Disable sim/b');
  await page.keyboard.press('Enter');
  await waitFor(
    'the key to be disabled',
    async () => (await gateway.key('b')).state === 'disabled',
  );
  await waitFor('the announcement', async () =>
    (await page.locator('#announcer').textContent()).includes('sim/b'),
  );
  // The button that had the focus is now the one that undoes it.
  await waitFor('the other button', async () => (await focused()) === 'Enable sim/b');
});
