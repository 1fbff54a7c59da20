import type { Page } from 'playwright-core';
import { afterEach, describe, expect, it } from 'vitest';
import { logOut, type OpenedPage, type PageOptions } from '../../support/chromium.ts';
import { framesAfter, paintedDesktop } from '../../support/painted-desktop.ts';
import { probeOf } from '../../support/probe.ts';
import { expectRung, reasonAgainst } from '../../support/shown-rung.ts';
import { CHANGED_SCRIPTS, withoutGlobals, withSilentDecoder } from '../../support/withheld.ts';

const painted = paintedDesktop({
  framesPerSecond: 30,
  background: 'none',
  browserFlags: [CHANGED_SCRIPTS],
});
let opened: OpenedPage;

afterEach(() => logOut(opened));

async function open(options: PageOptions = {}): Promise<Page> {
  opened = await painted.open(options);
  return opened.page;
}

describe('a rung that fails', () => {
  it('says why where WebCodecs is missing', async () => {
    const page = await open({ prepare: withoutGlobals('VideoDecoder') });
    await expectRung(page, 'mediaSource', 'Media Source');
    expect(await reasonAgainst(page, 'webCodecs')).toContain(
      'WebCodecs is missing in this browser.',
    );
  });

  it('gives way to the next one 1.5 s after its first keyframe, in the same connection', async () => {
    const page = await open({ prepare: withSilentDecoder });
    await framesAfter(page, 20);
    await expectRung(page, 'mediaSource', 'Media Source');
    expect((await probeOf(page).stats())?.network).toMatchObject({ reconnects: 0, moves: 0 });
    expect(await reasonAgainst(page, 'webCodecs')).toContain('It showed no picture within 1.5 s.');
  });
});

describe('a rung that is pinned in the settings', () => {
  it('takes the picture over and gives it back, in the same connection', async () => {
    const page = await open();
    await framesAfter(page, 10);
    const connection = await probeOf(page).connection();
    for (const { rung, label } of [
      { rung: 'mediaSource', label: 'Media Source' },
      { rung: 'webCodecs', label: 'WebCodecs' },
    ] as const) {
      await page.keyboard.press('Control+Alt+Shift');
      await page.getByRole('button', { name: 'Settings', exact: true }).click();
      await page.getByLabel('Player', { exact: true }).selectOption({ label });
      await page.keyboard.press('Escape');
      await expectRung(page, rung, label);
      await framesAfter(page, 20);
    }
    expect(await probeOf(page).connection()).toBe(connection);
    expect((await probeOf(page).pattern())?.unreadable).toBe(0);
  });
});
