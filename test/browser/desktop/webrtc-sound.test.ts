import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import {
  launchChromium,
  logOut,
  openLink,
  type OpenedPage,
  type PageOptions,
} from '../../support/chromium.ts';
import { Gateway } from '../../support/gateway.ts';
import { HEARD_RATE, levelOf, Loudspeaker } from '../../support/loudspeaker.ts';
import { probeOf } from '../../support/probe.ts';
import { analyzeTone } from '../../support/tone.ts';

/** A loaded machine. */
const SEEN = { timeout: 20_000, interval: 200 };

/** What counts as nothing, of the level at full volume: a tone that is muted leaves exact silence. */
const SILENCE = 0.001;

let gateway: Gateway;
let loudspeaker: Loudspeaker;
let browser: Browser;
let opened: OpenedPage;
let refusals = 0;

beforeAll(async () => {
  loudspeaker = await Loudspeaker.open();
  // A small and slow picture beside the tone: it is the sound that counts here.
  gateway = await Gateway.start([
    ...['--webrtc', '--source', 'test', '--video-frame-rate', '15'],
    ...['--desktop-width', '320', '--desktop-height', '180'],
  ]);
});

afterAll(async () => {
  await gateway.stop();
  await loudspeaker.close();
});

afterEach(async () => {
  await logOut(opened);
  await browser.close();
});

/** Opens a page that plays by WebRTC into the loudspeaker. */
async function open(flags: readonly string[] = [], options: PageOptions = {}): Promise<Page> {
  browser = await launchChromium(flags, undefined, loudspeaker.env);
  opened = await openLink(browser, await gateway.link(), { rung: 'webRtc', ...options });
  return opened.page;
}

/** Counts the times that the browser refused to play, past the page: to ask the page would count as a gesture of its user. */
async function countRefusals(page: Page): Promise<unknown> {
  await page.exposeFunction('playRefused', () => (refusals += 1));
  return page.addInitScript(() => {
    const { prototype } = HTMLMediaElement;
    const play: unknown = Reflect.get(prototype, 'play');
    prototype.play = function () {
      const playing = Reflect.apply(play as () => Promise<void>, this, []);
      playing.catch((error: unknown) => {
        const isRefused = error instanceof DOMException && error.name === 'NotAllowedError';
        if (isRefused) (Reflect.get(globalThis, 'playRefused') as () => void)();
      });
      return playing;
    };
  });
}

/** Waits for half a second of nothing but the tone; its level. A machine that stalls makes a gap in one half second, not in all. */
async function cleanLevel(): Promise<number> {
  let level = Number.NaN;
  const impurity = () => {
    const { heard } = loudspeaker;
    level = levelOf(heard);
    const { purity, frequencyHz } = analyzeTone(heard, HEARD_RATE, 1_000);
    return Math.max(Math.abs(purity - 1), Math.abs(frequencyHz - 1_000) / 1_000);
  };
  await expect.poll(impurity, SEEN).toBeLessThan(0.03);
  return level;
}

it('WebRTC plays the tone of the source, as loud as the user wants it', async () => {
  const page = await open();
  const { apply, stats } = probeOf(page);
  const full = await cleanLevel();
  const part = () => levelOf(loudspeaker.heard) / full;
  await apply({ volume: 0.5 });
  await expect.poll(() => Math.abs(part() - 0.5), SEEN).toBeLessThan(0.05);
  await apply({ muted: true });
  await expect.poll(part, SEEN).toBeLessThan(SILENCE);
  await expect.poll(async () => (await stats())?.audio.state, SEEN).toBe('muted');
  await apply({ muted: false, volume: 1 });
  await expect.poll(() => Math.abs(part() - 1), SEEN).toBeLessThan(0.1);
});

it('sound that the browser refuses to start begins with a click', async () => {
  const page = await open(['--autoplay-policy=document-user-activation-required'], {
    prepare: countRefusals,
  });
  await expect.poll(() => refusals, SEEN).toBeGreaterThan(0);
  const state = async () => (await probeOf(page).stats())?.audio.state;
  await expect.poll(state, SEEN).toBe('suspended');
  expect(levelOf(loudspeaker.heard)).toBeLessThan(SILENCE);
  await page.getByRole('button', { name: 'Click for sound' }).click();
  await expect.poll(state, SEEN).toBe('playing');
  await cleanLevel();
});
