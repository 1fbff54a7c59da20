import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { launchChromium, openLink } from '../../support/chromium.ts';
import { Gateway } from '../../support/gateway.ts';
import { probeOf } from '../../support/probe.ts';
import { childrenOf } from '../../support/processes.ts';
import { detour } from '../../support/rtc-detour.ts';
import { UdpRelay } from '../../support/udp-relay.ts';

/** A loaded machine; silence counts as a loss after 2 s, and a try to come back may have to wait. */
const BACK = { timeout: 25_000, interval: 100 };

let directory: string;
let flags: readonly string[];
let gateway: Gateway;
let browser: Browser;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'oriel-key-'));
  const key = join(directory, 'key');
  await writeFile(key, randomBytes(32).toString('base64'));
  flags = [
    ...['--webrtc', '--source', 'test', '--video-frame-rate', '15', '--login-key-file', key],
    ...['--desktop-width', '320', '--desktop-height', '180'],
  ];
  gateway = await Gateway.start(flags);
  browser = await launchChromium();
});

afterAll(async () => {
  await browser.close();
  await gateway.stop();
  await rm(directory, { recursive: true });
});

const shown = async (page: Page): Promise<number> =>
  (await probeOf(page).stats())?.video?.shown ?? 0;

/** A page that plays by WebRTC. */
async function openPlaying(prepare?: (page: Page) => Promise<unknown>): Promise<Page> {
  const options = { rung: 'webRtc', ...(prepare && { prepare }) } as const;
  const { page } = await openLink(browser, await gateway.link(), options);
  await expect.poll(() => shown(page), BACK).toBeGreaterThan(10);
  await page.evaluate(() => Object.assign(globalThis, { isSamePage: true }));
  return page;
}

/** The page comes back by itself, by the same rung. Call it when nothing more can come of what was there before. */
async function expectBack(page: Page): Promise<void> {
  const before = await shown(page);
  const reconnects = async () => (await probeOf(page).stats())?.network?.reconnects ?? 0;
  await expect.poll(reconnects, BACK).toBeGreaterThan(0);
  // What was shown before the cut is told half a second late at most: eight pictures.
  await expect.poll(() => shown(page), BACK).toBeGreaterThan(before + 30);
  expect((await probeOf(page).stats())?.network?.transport).toBe('webrtc');
  expect((await probeOf(page).rungs())?.current).toBe('webRtc');
  expect(await page.evaluate(() => 'isSamePage' in globalThis)).toBe(true);
  await page.context().close();
}

it('comes back by WebRTC when the process of its library dies', async () => {
  const page = await openPlaying();
  const carrier = childrenOf(gateway.pid).find(({ commandLine }) =>
    commandLine.includes('peer-child'),
  );
  if (carrier === undefined) throw new Error('the gateway has no process of the library');
  process.kill(carrier.pid, 'SIGKILL');
  await expectBack(page);
});

it('comes back by WebRTC, on another path, when nothing passes on the one it had', async () => {
  const log = () => gateway.log.find((line) => line.includes('"webrtc is offered"')) ?? '';
  const port = Number(/"port":(\d+)/.exec(log())?.[1]);
  const relays = await Promise.all([UdpRelay.open(port), UdpRelay.open(port)]);
  try {
    const ports = relays.map((relay) => relay.port);
    const page = await openPlaying((prepared) => detour(prepared, ports));
    const [left] = relays;
    left.toClient = 'drop';
    left.toServer = 'drop';
    // As a browser does it that has lost a network: nothing tells the page, and ICE has no other pair to go to.
    await expectBack(page);
  } finally {
    for (const relay of relays) relay.close();
  }
});

it('comes back by WebRTC when the gateway was restarted', async () => {
  const page = await openPlaying();
  expect(await gateway.terminate()).toBe(0);
  gateway = await Gateway.start([...flags, '--port', new URL(page.url()).port]);
  await expectBack(page);
});
