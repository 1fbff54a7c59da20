import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { launchChromium, openLink } from '../../support/chromium.ts';
import { freePort } from '../../support/free-port.ts';
import { Gateway } from '../../support/gateway.ts';
import { documentedLocations, Nginx } from '../../support/nginx.ts';
import { probeOf } from '../../support/probe.ts';

let gateway: Gateway;
let nginx: Nginx;
let browser: Browser;
let port: number;

beforeAll(async () => {
  const flags = ['--source', 'test', '--base-path', '/desk', '--proxies-trusted', '127.0.0.1'];
  gateway = await Gateway.start(flags);
  port = await freePort();
  const upstream = new URL(await gateway.link()).host;
  const locations = documentedLocations('location /desk/ {').replace('127.0.0.1:8080', upstream);
  nginx = await Nginx.start(port, locations);
  browser = await launchChromium();
});

afterAll(async () => {
  await browser.close();
  await nginx.stop();
  await gateway.stop();
});

test('the page, the API and the WebSocket work behind nginx under a sub-path', async () => {
  const link = new URL(await gateway.link());
  expect(link.pathname).toBe('/desk/');
  link.port = String(port);
  const { page, console } = await openLink(browser, link.href, { transport: 'websocket' });
  expect(new URL(page.url()).pathname).toBe('/desk/');
  const probe = probeOf(page);
  await expect
    .poll(async () => (await probe.stats())?.video, { timeout: 30_000 })
    .toMatchObject({ width: 1280, height: 720, decodeErrors: 0 });
  expect(console.filter((line) => /^(error|pageerror)/.test(line))).toEqual([]);
});
