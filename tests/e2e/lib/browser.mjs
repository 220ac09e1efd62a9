// A real browser: Debian's Chromium without a window, driven by playwright-core.
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';

import { chromium } from 'playwright-core';

import { folder } from './folder.mjs';
import { patience } from './wait.mjs';

const places = [process.env.CHROMIUM, '/usr/bin/chromium', '/usr/bin/chromium-browser'];
const executablePath = places.find((each) => each && existsSync(each));
if (!executablePath) throw new Error('the dashboard tests need Chromium (Debian: chromium)');

/** Where pictures of the pages go: build/artefacts/dashboard with ctest. */
const artefacts = process.env.KEYWHEEL_ARTEFACTS;

/** A refusal that a test provokes is a line on the console, too; nothing else may be. */
const refusal =
  /^Failed to load resource: (the server responded with a status of (401|404|409|412|422)|net::ERR_)/;

/** The dashboard of a gateway in a browser window of its own. */
class Dashboard {
  complaints = [];
  addresses = [];

  constructor(gateway, page) {
    this.gateway = gateway;
    this.page = page;
    page.on('console', (message) => {
      const text = message.text();
      if (['error', 'warning'].includes(message.type()) && !refusal.test(text))
        this.complaints.push(text);
    });
    page.on('pageerror', (error) => this.complaints.push(String(error)));
    page.on('request', (request) => this.addresses.push(request.url()));
  }

  async open(hash = '') {
    await this.page.goto(`${this.gateway.adminUrl}/${hash}`);
  }

  /** Gives the token in the form, and waits for the first page. */
  async logIn(token = this.gateway.token) {
    await this.page.getByLabel('Admin token').fill(token);
    await this.page.getByRole('button', { name: 'Log in' }).click();
    await this.page.locator('.connection.live').waitFor();
  }

  /** The card of a key on a model's page. */
  card(id) {
    return this.page.locator(`[data-key-id="${id}"]`);
  }

  get dialog() {
    return this.page.getByRole('dialog');
  }

  /** Submits the open dialog, and waits until it is closed. */
  async submit(action) {
    await this.dialog.getByRole('button', { name: action, exact: true }).click();
    await this.dialog.waitFor({ state: 'detached' });
  }

  async picture(name) {
    if (!artefacts) return;
    await mkdir(artefacts, { recursive: true });
    await this.page.screenshot({ path: join(artefacts, `${name}.png`), fullPage: true });
  }

  /** Fails if the secret is anywhere in the page, in storage that outlives the tab, or in an address. */
  async assertNowhere(secret) {
    const [markup, values, kept] = await this.page.evaluate(() => [
      document.documentElement.outerHTML,
      [...document.querySelectorAll('input')].map(({ value }) => value).join('\n'),
      JSON.stringify({ ...localStorage }) + document.cookie,
    ]);
    for (const text of [markup, values, kept, ...this.addresses, this.page.url()])
      assert.ok(!text.includes(secret), `a secret in ${text.slice(0, 200)}`);
  }

  /** Fails if the page is wider than the window. */
  async assertNoSidewaysScroll(what) {
    const [inner, outer] = await this.page.evaluate(() => [
      document.documentElement.scrollWidth,
      document.documentElement.clientWidth,
    ]);
    assert.ok(inner <= outer, `${what}: ${inner} px of content in ${outer} px`);
  }
}

/**
 * Opens the dashboard of `gateway` for the length of test `t`, which fails if the page complains of anything:
 * an error, a warning, a violation of its content security policy.
 * @param options playwright's, for the browser context: { viewport, colorScheme, … }
 */
export async function startDashboard(t, gateway, options = {}) {
  const home = await folder(t);
  const browser = await chromium.launch({
    executablePath,
    // Tests run as root in containers; the pages are our own.
    args: ['--no-sandbox', '--disable-dev-shm-usage'],
    env: { ...process.env, HOME: home, XDG_CONFIG_HOME: home, XDG_CACHE_HOME: home },
  });
  t.after(() => browser.close());
  const context = await browser.newContext({ viewport: { width: 1200, height: 800 }, ...options });
  context.setDefaultTimeout(patience);
  const page = await context.newPage();
  const result = new Dashboard(gateway, page);
  await page.addInitScript(() => {
    document.addEventListener('securitypolicyviolation', (event) =>
      console.error(`policy violated: ${event.violatedDirective} ${event.blockedURI}`),
    );
  });
  await result.open();
  t.after(() => assert.deepEqual(result.complaints, []));
  return result;
}
