import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { launchChromium, openLink } from '../../support/chromium.ts';
import { Gateway } from '../../support/gateway.ts';

let browser: Browser;

beforeAll(async () => {
  browser = await launchChromium();
});

afterAll(async () => {
  await browser.close();
});

it('says that the gateway is stopping, and finds the one that takes its place', async () => {
  const first = await Gateway.start(['--source', 'test']);
  const link = await first.link();
  const { page } = await openLink(browser, link);
  await page.locator('oriel-desktop-view').waitFor();
  await expect.poll(() => first.log.some((line) => line.includes('"viewer joined"'))).toBe(true);
  const told = page.getByText('The gateway is stopping.').first().waitFor();
  expect(await first.terminate()).toBe(0);
  await told;
  const second = await Gateway.start(['--source', 'test', '--port', new URL(link).port]);
  try {
    // Logins do not outlive their gateway: the page has reached the new one when that asks for another.
    await page.getByText('The login is no longer valid.').first().waitFor();
  } finally {
    await page.context().close();
    await second.stop();
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
