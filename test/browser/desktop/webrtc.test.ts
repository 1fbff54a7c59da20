import type { Page } from 'playwright-core';
import { afterEach, describe, expect, it } from 'vitest';
import { logOut, type OpenedPage } from '../../support/chromium.ts';
import { framesAfter } from '../../support/painted-desktop.ts';
import { probeOf } from '../../support/probe.ts';
import { TypedText } from '../../support/typed-text.ts';
import { webRtcDesktop } from '../../support/webrtc-desktop.ts';

const SENTENCE = 'The quick brown fox takes the last rung of the ladder.';

/** A loaded machine. */
const SEEN = { timeout: 20_000, interval: 100 };

const painted = webRtcDesktop();
let opened: OpenedPage;

afterEach(() => logOut(opened));

const bar = (page: Page) => page.locator('oriel-status-bar');

async function expectTransport(page: Page, label: string): Promise<void> {
  await bar(page).locator('.transport').getByText(label, { exact: true }).waitFor();
}

async function openPinned(probe = true): Promise<Page> {
  opened = await painted.open({ rung: 'webRtc', transport: 'websocket', probe });
  const { page } = opened;
  await expectTransport(page, 'WebRTC');
  await page.locator('oriel-desktop-view[place=webRtc]').waitFor();
  return page;
}

describe('WebRTC, pinned', () => {
  it('shows every picture, and the statistics of the browser’s own receiver', async () => {
    const page = await openPinned();
    await framesAfter(page, 30);
    const { pattern, rungs, stats } = probeOf(page);
    expect((await pattern())?.unreadable).toBe(0);
    expect((await rungs())?.current).toBe('webRtc');
    const shown = async () => (await stats())?.video;
    await expect.poll(shown, SEEN).toMatchObject({ sink: 'webRtc', width: 1280, height: 400 });
    await expect.poll(async () => (await shown())?.codec, SEEN).toMatch(/^avc1\./);
    await expect.poll(async () => (await shown())?.framesPerSecond ?? 0, SEEN).toBeGreaterThan(5);
    expect((await stats())?.network?.transport).toBe('webrtc');
    // What the gateway says of a picture and what the browser does are joined: its time is known from end to end.
    const measured = async () => (await shown())?.latency?.samples ?? 0;
    await expect.poll(measured, SEEN).toBeGreaterThan(20);
  });

  it('gives the picture to WebSocket and takes it back, in the same session', async () => {
    const page = await openPinned();
    await framesAfter(page, 10);
    await page.evaluate(() => Object.assign(globalThis, { isSamePage: true }));
    const joined = painted.logged('"viewer joined"').length;
    for (const { rung, label } of [
      { rung: 'WebCodecs', label: 'WebSocket' },
      { rung: 'WebRTC', label: 'WebRTC' },
    ]) {
      await page.keyboard.press('Control+Alt+Shift');
      await page.getByRole('button', { name: 'Settings', exact: true }).click();
      await page.getByLabel('Player', { exact: true }).selectOption({ label: rung });
      await page.keyboard.press('Escape');
      await expectTransport(page, label);
      await bar(page).locator('.rung').getByText(rung, { exact: true }).waitFor();
      await framesAfter(page, 20);
    }
    const network = async () => (await probeOf(page).stats())?.network;
    await expect.poll(network, SEEN).toMatchObject({ moves: 2, reconnects: 0 });
    expect(painted.logged('"viewer joined"').length).toBe(joined + 2);
    expect(await page.evaluate(() => 'isSamePage' in globalThis)).toBe(true);
    expect(await bar(page).locator('.phase').textContent()).toContain('Live');
    expect((await probeOf(page).pattern())?.unreadable).toBe(0);
  });

  it('types a sentence exactly', async () => {
    const terminal = await TypedText.open(painted.env);
    try {
      const page = await openPinned(false);
      await page.mouse.click(200, 300);
      await page.keyboard.type(SENTENCE, { delay: 5 });
      await terminal.expect(SENTENCE);
    } finally {
      await terminal.close();
    }
  });
});
