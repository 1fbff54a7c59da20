/** A display that goes away under a gateway that goes on: the page says why its picture stands still. */
import { afterAll, beforeAll, it } from 'vitest';
import type { Browser } from 'playwright-core';
import { launchChromium, logOut, openLink } from '../../support/chromium.ts';
import { Gateway } from '../../support/gateway.ts';
import { startXServer, type TestXServer } from '../../support/x-server.ts';

let browser: Browser;
let server: TestXServer;
let gateway: Gateway;

beforeAll(async () => {
  browser = await launchChromium();
  server = await startXServer();
  gateway = await Gateway.start(['--display', server.display, '--no-audio']);
});

afterAll(async () => {
  await browser.close();
  await gateway.stop();
  await server.close();
});

it('is said over the picture, and goes when the display is back', async () => {
  const opened = await openLink(browser, await gateway.link());
  const { page } = opened;
  await page.getByText('Live', { exact: true }).waitFor();
  const words = page.getByRole('status').getByText('The desktop does not answer');
  server.process.kill('SIGKILL');
  await words.waitFor();
  server = await server.restart();
  await words.waitFor({ state: 'detached' });
  await logOut(opened);
});
