import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { launchChromium, openLink } from '../../support/chromium.ts';
import { Gateway } from '../../support/gateway.ts';
import { probeOf } from '../../support/probe.ts';

let browser: Browser;

beforeAll(async () => {
  browser = await launchChromium();
});

afterAll(async () => {
  await browser.close();
});

/** Pictures that the page has shown. */
const shown = async (page: Page): Promise<number> =>
  (await probeOf(page).stats())?.video?.shown ?? 0;

/** A gateway on the port of one that is gone, with a page that saw its end. */
async function restartedUnder(page: Page, first: Gateway, flags: readonly string[]) {
  await page.locator('oriel-desktop-view').waitFor();
  // The gateway counts a viewer before the page has chosen its transport: only a page that shows something is told for certain.
  await expect.poll(() => shown(page), { timeout: 20_000 }).toBeGreaterThan(0);
  expect(await first.terminate()).toBe(0);
  await page.getByText('The gateway is stopping.').first().waitFor();
  return Gateway.start([...flags, '--port', new URL(page.url()).port]);
}

it('says that the gateway is stopping, and finds the one that takes its place', async () => {
  const flags = ['--source', 'test'];
  const first = await Gateway.start(flags);
  const { page } = await openLink(browser, await first.link());
  const second = await restartedUnder(page, first, flags);
  try {
    // Without a key that both have, logins do not outlive their gateway: the page has reached the new one when that asks for another.
    await page.getByText('The login is no longer valid.').first().waitFor();
  } finally {
    await page.context().close();
    await second.stop();
  }
});

it('a login outlives its gateway where both have the same key, unless it was ended', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'oriel-key-'));
  const key = join(directory, 'key');
  await writeFile(key, randomBytes(32).toString('base64'));
  const flags = ['--source', 'test', '--login-key-file', key];
  const first = await Gateway.start(flags);
  const { page } = await openLink(browser, await first.link());
  const second = await restartedUnder(page, first, flags);
  try {
    const before = await shown(page);
    await expect
      .poll(() => second.log.some((line) => line.includes('"viewer joined"')), { timeout: 20_000 })
      .toBe(true);
    await expect.poll(() => shown(page), { timeout: 20_000 }).toBeGreaterThan(before);
    // The text of the cookie is kept by somebody; what logs out makes it worthless.
    const cookies = await page.context().cookies();
    await page.evaluate(() => fetch('/api/logout', { method: 'POST' }));
    await page.context().addCookies(cookies);
    const answer = await page.evaluate(async () => (await fetch('/api/session')).status);
    expect(answer).toBe(401);
  } finally {
    await page.context().close();
    await second.stop();
    await rm(directory, { recursive: true });
  }
});

it('warns before a login is ended, and says why it was', async () => {
  const gateway = await Gateway.start(['--source', 'test', '--max-seconds', '6']);
  const { page } = await openLink(browser, await gateway.link());
  try {
    await page
      .getByText(/^This session ends in \d seconds?: it may last for 6 seconds\.$/)
      .waitFor();
    await page.getByText('A session may last for 6 seconds.').waitFor();
  } finally {
    await page.context().close();
    await gateway.stop();
  }
});
