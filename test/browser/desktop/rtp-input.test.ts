import type { ChildProcess } from 'node:child_process';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { launchChromium, openLink } from '../../support/chromium.ts';
import { Gateway } from '../../support/gateway.ts';
import { probeOf } from '../../support/probe.ts';
import { rtpExample, runSender } from '../../support/rtp-document.ts';

let gateway: Gateway;
let sender: ChildProcess;
let browser: Browser;

beforeAll(async () => {
  const { flags, sender: line } = rtpExample('gst-launch-1.0');
  gateway = await Gateway.start(flags);
  sender = runSender(line);
  browser = await launchChromium();
});

afterAll(async () => {
  await browser.close();
  sender.kill('SIGKILL');
  await gateway.stop();
});

test('the picture of another encoder shows', async () => {
  const { page, console } = await openLink(browser, await gateway.link(), {
    transport: 'websocket',
  });
  const probe = probeOf(page);
  await expect
    .poll(async () => (await probe.stats())?.video, { timeout: 30_000 })
    .toMatchObject({ width: 640, height: 360, decodeErrors: 0 });
  const shot = await page.screenshot();
  // Colour bars and noise compress badly; an empty page of this size has less than 20 KB.
  expect(shot.length).toBeGreaterThan(30_000);
  expect(console.filter((line) => /^(error|pageerror)/.test(line))).toEqual([]);
});
