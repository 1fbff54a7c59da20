import type { Page } from 'playwright-core';
import { afterEach, describe, expect, it } from 'vitest';
import { openBreakable } from '../../support/breakable-page.ts';
import { BLOCK } from '../../../client/stats/pattern-probe.ts';
import { logOut, type OpenedPage } from '../../support/chromium.ts';
import { framesAfter, paintedDesktop } from '../../support/painted-desktop.ts';
import { probeOf } from '../../support/probe.ts';
import { TypedText } from '../../support/typed-text.ts';
import { XWitness } from '../../support/x-server.ts';

const SENTENCE = 'The quick brown fox moves to another transport without missing a letter.';

/** Longest time without a new picture across a move: about a keyframe's decoding, with room for a loaded machine. */
const LONGEST_GAP_MS = 1_000;

const painted = paintedDesktop({ framesPerSecond: 30, background: 'none' });
let opened: OpenedPage;

afterEach(() => logOut(opened));

async function openLive(transport: 'webtransport' | 'websocket'): Promise<Page> {
  opened = await painted.open({ transport });
  await framesAfter(opened.page, 5);
  return opened.page;
}

/** The longest time between two pictures shown since a moment, milliseconds. */
async function longestGapSince(page: Page, sinceMs: number): Promise<number> {
  const { shownAtMs = [] } = (await probeOf(page).pattern()) ?? {};
  const times = shownAtMs.filter((time) => time >= sinceMs);
  return Math.max(...times.map((time, i) => time - (times[i - 1] ?? time)));
}

/** Statistics are told twice a second, so that the last move shows in the next ones. */
async function expectMoves(page: Page, moves: number): Promise<void> {
  const network = async () => (await probeOf(page).stats())?.network;
  await expect.poll(network, { timeout: 5_000 }).toMatchObject({ moves, reconnects: 0 });
}

const pageTime = (page: Page): Promise<number> =>
  page.evaluate(() => performance.timeOrigin + performance.now());

const linkFact = (page: Page) => page.locator('oriel-status-bar .transport');

const joins = (): readonly string[] => painted.logged('"viewer joined"');

describe('a session that moves', () => {
  it('goes to WebSocket and back in the settings, and the picture goes on', async () => {
    const page = await openLive('webtransport');
    const began = await pageTime(page);
    const joined = joins().length;
    await page.evaluate(() => Object.assign(globalThis, { isSamePage: true }));
    for (const label of ['WebSocket', 'WebTransport'] as const) {
      await page.keyboard.press('Control+Alt+Shift');
      await page.getByRole('button', { name: 'Settings', exact: true }).click();
      await page.getByRole('radio', { name: label }).check({ force: true });
      await page.getByText(`Now over ${label}.`).first().waitFor();
      await page.keyboard.press('Escape');
      await framesAfter(page, 30);
      expect(await linkFact(page).textContent()).toBe(label);
    }
    expect(joins().length).toBe(joined + 2);
    expect(await page.evaluate(() => 'isSamePage' in globalThis)).toBe(true);
    await expectMoves(page, 2);
    const gap = await longestGapSince(page, began);
    process.stdout.write(`longest gap over two moves: ${gap.toFixed(0)} ms\n`);
    expect(gap).toBeLessThan(LONGEST_GAP_MS);
  });

  it('types a sentence exactly while it moves', async () => {
    const terminal = await TypedText.open(painted.env);
    try {
      const page = await openLive('webtransport');
      await page.mouse.click(200, 200);
      const half = Math.floor(SENTENCE.length / 2);
      await page.keyboard.type(SENTENCE.slice(0, 10));
      const move = probeOf(page).chooseTransport('websocket');
      await page.keyboard.type(SENTENCE.slice(10, half), { delay: 5 });
      expect(await move).toBe(true);
      const back = probeOf(page).chooseTransport('webtransport');
      await page.keyboard.type(SENTENCE.slice(half), { delay: 5 });
      expect(await back).toBe(true);
      await terminal.expect(SENTENCE);
    } finally {
      await terminal.close();
    }
  });

  it('keeps Shift held and control of the desktop', async () => {
    const { DISPLAY = '', XAUTHORITY } = painted.env;
    const witness = await XWitness.open(DISPLAY, XAUTHORITY, BLOCK);
    const page = await openLive('websocket');
    await page.mouse.move(400, 300);
    await page.keyboard.down('Shift');
    await witness.take('KeyPress', 1);
    expect(await probeOf(page).chooseTransport('webtransport')).toBe(true);
    await framesAfter(page, 30);
    expect(witness.events.filter(({ name }) => name === 'KeyRelease')).toEqual([]);
    await page.keyboard.up('Shift');
    await witness.take('KeyRelease', 1);
    expect(await page.locator('oriel-status-bar .phase').textContent()).toContain('Live');
    witness.close();
  });
});

describe('a session that loses UDP', () => {
  it('goes on over WebSocket within 2.5 s, and goes back by itself when UDP works again', async () => {
    const path = await openBreakable(painted.browser, await painted.link(), 'webtransport', {
      isPinned: false,
      upgradeSeconds: 1,
    });
    opened = path;
    const { page } = path;
    await framesAfter(page, 20);
    const cutAt = await pageTime(page);
    await path.cut();
    await page.getByText('Now over WebSocket.').first().waitFor();
    await framesAfter(page, 10);
    const gap = await longestGapSince(page, cutAt - 100);
    process.stdout.write(`longest gap at the loss of UDP: ${gap.toFixed(0)} ms\n`);
    expect(gap).toBeLessThan(2_500);
    await page.getByText('Now over WebTransport.').first().waitFor();
    await framesAfter(page, 10);
    await expectMoves(page, 2);
    await path.release();
  });
});
