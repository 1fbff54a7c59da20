import type { Page } from 'playwright-core';
import { afterEach, describe, expect, it } from 'vitest';
import { logOut, type OpenedPage, type PageOptions } from '../../support/chromium.ts';
import { framesAfter, paintedDesktop } from '../../support/painted-desktop.ts';
import { probeOf } from '../../support/probe.ts';
import { TypedText } from '../../support/typed-text.ts';
import { CHANGED_SCRIPTS, withoutGlobals } from '../../support/withheld.ts';

const SENTENCE = 'The quick brown fox climbs down the ladder, rung by rung.';

/** Which element of the page has the picture. */
const PLACES = {
  webCodecs: 'canvas',
  mediaSource: 'mediaSource',
  mediaSourceSound: 'mediaSource',
} as const;

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

/** All of WebCodecs that a player could use. */
const WEB_CODECS = ['VideoDecoder', 'AudioDecoder', 'EncodedVideoChunk', 'EncodedAudioChunk'];

interface Lack {
  readonly missing: string;
  readonly names: readonly string[];
  readonly rung: keyof typeof PLACES;
  readonly label: string;
  readonly transport: string;
}

const LACKS: readonly Lack[] = [
  {
    ...{ missing: 'WebTransport', names: ['WebTransport'] },
    ...{ rung: 'webCodecs', label: 'WebCodecs', transport: 'WebSocket' },
  },
  {
    ...{ missing: 'VideoDecoder', names: ['VideoDecoder'] },
    ...{ rung: 'mediaSource', label: 'Media Source', transport: 'WebTransport' },
  },
  {
    ...{ missing: 'WebCodecs', names: WEB_CODECS },
    ...{ rung: 'mediaSourceSound', label: 'Media Source, sound too', transport: 'WebTransport' },
  },
  {
    ...{ missing: 'WebCodecs and WebTransport', names: [...WEB_CODECS, 'WebTransport'] },
    ...{ rung: 'mediaSourceSound', label: 'Media Source, sound too', transport: 'WebSocket' },
  },
];

describe.each(LACKS)('a browser without $missing', ({ names, rung, label, transport }) => {
  const prepare = withoutGlobals(...names);

  it(`plays by ${label} over ${transport}, with every pattern readable`, async () => {
    const page = await open({ prepare });
    await framesAfter(page, 20);
    expect((await probeOf(page).rungs())?.current).toBe(rung);
    const bar = page.locator('oriel-status-bar');
    await bar.getByText(label, { exact: true }).waitFor();
    await bar.getByText(transport, { exact: true }).waitFor();
    expect((await probeOf(page).pattern())?.unreadable).toBe(0);
  });

  it('types a sentence exactly', async () => {
    const terminal = await TypedText.open(painted.env);
    try {
      // Without the probe: reading pictures back in the page's own thread would hold up its input.
      const page = await open({ prepare, probe: false });
      const bar = page.locator('oriel-status-bar');
      await bar.getByText(label, { exact: true }).waitFor();
      await bar.getByText(transport, { exact: true }).waitFor();
      await page.locator(`oriel-desktop-view[place=${PLACES[rung]}]`).waitFor();
      await page.mouse.click(200, 200);
      await page.keyboard.type(SENTENCE, { delay: 5 });
      await terminal.expect(SENTENCE);
    } finally {
      await terminal.close();
    }
  });
});
