import { expect, it } from 'vitest';
import { offerUdpPort } from '../../support/breakable-page.ts';
import { logOut } from '../../support/chromium.ts';
import { paintedDesktop } from '../../support/painted-desktop.ts';
import { probeOf } from '../../support/probe.ts';
import { UdpRelay } from '../../support/udp-relay.ts';

/** A round trip of 60 ms with 4 % loss each way: CUBIC carries about 1 Mbit/s there, as Reno does (RFC 9438, section 4.3). */
const LOSSY = { delayMs: 30, lossOneIn: 25 };

const painted = paintedDesktop({ framesPerSecond: 30, background: 'moving' });

async function openThrough(relay: UdpRelay) {
  const opened = await painted.open({
    prepare: (page) => offerUdpPort(page, () => relay.port),
  });
  const { framesRead, stats } = probeOf(opened.page);
  await expect.poll(framesRead, { timeout: 20_000 }).toBeGreaterThan(5);
  // Statistics are told twice a second.
  await expect.poll(async () => (await stats())?.network?.transport).toBe('webtransport');
  relay.impairment = LOSSY;
  return opened;
}

const asked = (): readonly string[] => painted.logged('"a move is asked for"');

it('a session whose WebTransport starves goes on over WebSocket, and the page says why', async () => {
  const relay = await UdpRelay.open(Number(new URL(await painted.link()).port));
  const opened = await openThrough(relay);
  const { page } = opened;
  await page
    .getByText(/Now over WebSocket\. WebTransport lost \d+\.\d % of its packets/)
    .first()
    .waitFor({ timeout: 40_000 });
  expect(asked()).toHaveLength(1);
  const { framesRead, stats } = probeOf(page);
  const before = await framesRead();
  await expect.poll(framesRead, { timeout: 10_000 }).toBeGreaterThan(before + 30);
  expect((await stats())?.network).toMatchObject({
    transport: 'websocket',
    moves: 1,
    reconnects: 0,
  });
  await logOut(opened);
  relay.close();
});
