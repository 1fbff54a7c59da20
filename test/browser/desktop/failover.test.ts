import type { Page } from 'playwright-core';
import { afterEach, describe, expect, it } from 'vitest';
import { logOut, type OpenedPage, type PageOptions } from '../../support/chromium.ts';
import { framesAfter, paintedDesktop } from '../../support/painted-desktop.ts';
import { probeOf } from '../../support/probe.ts';
import { expectRung, reasonAgainst } from '../../support/shown-rung.ts';
import {
  CHANGED_SCRIPTS,
  withDeadMediaSource,
  withoutCandidates,
  withoutGlobals,
} from '../../support/withheld.ts';

/** A loaded machine. */
const SEEN = { timeout: 20_000, interval: 100 };

// A small and slow picture: two cores carry desktop, encoder and browser at once.
const painted = paintedDesktop({
  framesPerSecond: 20,
  background: 'none',
  browserFlags: [CHANGED_SCRIPTS],
  flags: [
    ...['--webrtc', '--no-audio', '--video-frame-rate', '20'],
    ...['--desktop-width', '1280', '--desktop-height', '400'],
  ],
});
let opened: OpenedPage;

afterEach(() => logOut(opened));

async function open(options: PageOptions): Promise<Page> {
  opened = await painted.open({ transport: 'websocket', ...options });
  return opened.page;
}

const networkOf = (page: Page) => async () => (await probeOf(page).stats())?.network;

describe.each([
  { title: 'breaks', how: 'broken', why: 'Media Source broke twice' },
  { title: 'shows nothing', how: 'silent', why: 'It showed no picture within 1.5 s.' },
] as const)('Media Source that $title', ({ how, why }) => {
  it('gives way to WebRTC, and the page says so', async () => {
    const page = await open({
      prepare: async (empty) => {
        await withoutGlobals('VideoDecoder')(empty);
        await withDeadMediaSource(how)(empty);
      },
    });
    await expectRung(page, 'webRtc', 'WebRTC');
    await framesAfter(page, 20);
    expect(await reasonAgainst(page, 'mediaSource')).toContain(why);
    await expect.poll(networkOf(page), SEEN).toMatchObject({ transport: 'webrtc', reconnects: 0 });
  });
});

describe('WebRTC that gets through nowhere', () => {
  it('gives way to WebCodecs when a page begins with it, and the page says so', async () => {
    const page = await open({ rung: 'webRtc', prepare: withoutCandidates });
    await expectRung(page, 'webCodecs', 'WebCodecs');
    await framesAfter(page, 20);
    expect(await reasonAgainst(page, 'webRtc')).toContain('Nothing got through');
    expect(await networkOf(page)()).toMatchObject({ transport: 'websocket', reconnects: 0 });
  });

  it('leaves the picture where it is when it is chosen later, and the page says so', async () => {
    const page = await open({ prepare: withoutCandidates });
    await framesAfter(page, 5);
    await probeOf(page).apply({ rung: 'webRtc' });
    const reason = () => reasonAgainst(page, 'webRtc');
    await expect.poll(reason, SEEN).toContain('Nothing got through');
    await expectRung(page, 'webCodecs', 'WebCodecs');
    await framesAfter(page, 20);
    const network = { transport: 'websocket', reconnects: 0, moves: 0 };
    expect(await networkOf(page)()).toMatchObject(network);
  });
});
