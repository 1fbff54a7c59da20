import type { Page } from 'playwright-core';
import { afterEach, describe, expect, it } from 'vitest';
import { BLOCK } from '../../../client/stats/pattern-probe.ts';
import { logOut, type OpenedPage } from '../../support/chromium.ts';
import { framesAfter } from '../../support/painted-desktop.ts';
import { probeOf } from '../../support/probe.ts';
import { webRtcDesktop } from '../../support/webrtc-desktop.ts';
import { XWitness } from '../../support/x-server.ts';

/** A loaded machine. */
const SEEN = { timeout: 20_000, interval: 100 };

const painted = webRtcDesktop();
let opened: OpenedPage;

afterEach(() => logOut(opened));

/** Of a browser that has none of them; only the page is asked, so that its workers may keep theirs. */
const withoutPlayers = (page: Page): Promise<unknown> =>
  page.addInitScript(() => {
    for (const name of ['WebTransport', 'VideoDecoder', 'MediaSource', 'ManagedMediaSource'])
      Reflect.deleteProperty(globalThis, name);
  });

const linkOf = (page: Page) => page.locator('oriel-status-bar .transport');

describe('the rung of WebRTC', () => {
  it('is taken by itself where nothing else plays, and the page says why nothing better', async () => {
    opened = await painted.open({ prepare: withoutPlayers });
    const { page } = opened;
    await linkOf(page).getByText('WebRTC', { exact: true }).waitFor();
    await framesAfter(page, 20);
    const { current, rungs = [] } = (await probeOf(page).rungs()) ?? {};
    expect(current).toBe('webRtc');
    const reasons = JSON.stringify(rungs);
    expect(reasons).toContain('WebCodecs is missing in this browser.');
    expect(reasons).toContain('This browser has no Media Source.');
    expect((await probeOf(page).pattern())?.unreadable).toBe(0);
  });

  it('takes a session over and gives it back with control and the key that is held', async () => {
    const { DISPLAY = '', XAUTHORITY } = painted.env;
    const witness = await XWitness.open(DISPLAY, XAUTHORITY, BLOCK);
    opened = await painted.open({ transport: 'websocket' });
    const { page } = opened;
    await framesAfter(page, 5);
    const watching = await painted.open({ transport: 'websocket', probe: false });
    const other = watching.page.locator('oriel-status-bar .phase');
    await other.getByText('Watching').waitFor();
    await page.mouse.move(400, 200);
    await page.keyboard.down('Shift');
    await witness.take('KeyPress', 1);
    for (const { rung, transport } of [
      { rung: 'webRtc', transport: 'webrtc' },
      { rung: 'auto', transport: 'websocket' },
    ] as const) {
      await probeOf(page).apply({ rung });
      const network = async () => (await probeOf(page).stats())?.network;
      await expect.poll(network, SEEN).toMatchObject({ transport, reconnects: 0 });
      await framesAfter(page, 20);
    }
    expect(witness.events.filter(({ name }) => name === 'KeyRelease')).toEqual([]);
    await page.keyboard.up('Shift');
    await witness.take('KeyRelease', 1);
    expect(await other.textContent()).toContain('Watching');
    witness.close();
    await logOut(watching);
  });
});
