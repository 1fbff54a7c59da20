import type { Page } from 'playwright-core';
import { afterEach, describe, expect, it } from 'vitest';
import { logOut, type OpenedPage } from '../../support/chromium.ts';
import { paintedDesktop } from '../../support/painted-desktop.ts';
import { probeOf } from '../../support/probe.ts';
import { XWitness } from '../../support/x-server.ts';

/** At 15 frames a second 300 kbit/s are enough for a quarter of the 720p pixels: half the width, half the height. */
const LOW_END = ['--no-audio', '--video-bitrate-kbps', '300'];

const painted = paintedDesktop({ flags: LOW_END, framesPerSecond: 30, background: 'none' });
let opened: OpenedPage;

afterEach(() => logOut(opened));

/** Opens the desktop and waits until its pictures are half as wide as it. */
async function openScaled(viewport: { width: number; height: number }): Promise<Page> {
  opened = await painted.open({ viewport });
  const { page } = opened;
  const width = async () => (await probeOf(page).stats())?.video?.width;
  await expect.poll(width, { timeout: 30_000 }).toBe(640);
  return page;
}

describe('a picture at half the size of its desktop', () => {
  it('fills the same place, and came without another connection', async () => {
    const page = await openScaled({ width: 1280, height: 800 });
    const box = await page.locator('canvas').boundingBox();
    expect(box).toMatchObject({ width: 1280, height: 720 });
    const joins = painted.logged('"viewer joined"');
    expect(joins).toHaveLength(1);
    expect((await probeOf(page).stats())?.video).toMatchObject({ height: 360, decodeErrors: 0 });
  });

  it.each([
    { width: 1280, height: 800 },
    { width: 900, height: 1000 },
  ])('takes clicks on the right pixel of the desktop in $width × $height', async (viewport) => {
    const { DISPLAY = '', XAUTHORITY } = painted.env;
    const page = await openScaled(viewport);
    const witness = await XWitness.open(DISPLAY, XAUTHORITY);
    const box = await page.locator('canvas').boundingBox();
    if (box === null) throw new Error('the page shows no canvas');
    const scale = box.width / 1280;
    const places = [
      { x: 17, y: 33 },
      { x: 301, y: 222 },
      { x: 1277, y: 718 },
    ];
    for (const { x, y } of places) {
      await page.mouse.click(box.x + (x + 0.5) * scale, box.y + (y + 0.5) * scale);
    }
    const presses = await witness.take('ButtonPress', places.length);
    expect(presses.map(({ rootx, rooty }) => ({ x: rootx, y: rooty }))).toEqual(places);
    witness.close();
  });
});
