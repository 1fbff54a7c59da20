/** Every setting of the stream, changed in a real browser while the stream runs, and seen by its effect. */
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { UserChange } from '../../../client/settings/user-settings.ts';
import { launchChromium, logOut, openLink, type OpenedPage } from '../../support/chromium.ts';
import { Gateway } from '../../support/gateway.ts';
import { probeOf } from '../../support/probe.ts';
import { waitUntil } from '../../support/wait.ts';

/** For an effect to show on a loaded machine. */
const patience = { timeout: 20_000, interval: 200 };

const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[values.length >> 1] ?? Number.NaN;

const gaps = (moments: readonly number[]): number[] =>
  moments.slice(1).map((moment, at) => moment - (moments[at] ?? 0));

let gateway: Gateway;
let browser: Browser;

beforeAll(async () => {
  // A small picture: two cores carry encoder and browser at once.
  gateway = await Gateway.start([
    ...['--source', 'test', '--desktop-width', '320', '--desktop-height', '240'],
    ...['--video-frame-rate', '60', '--video-bitrate-kbps', '2000'],
    ...['--stream-locked', 'quality'],
  ]);
  browser = await launchChromium();
});

afterAll(async () => {
  await browser.close();
  await gateway.stop();
});

describe.each(['webtransport', 'websocket'] as const)('over %s', (transport) => {
  let opened: OpenedPage;
  let probe: ReturnType<typeof probeOf>;
  let connection: string | undefined;
  const tookMs: Record<string, number> = {};

  /** Applies a change that is taken as it is, and notes how long the answer took. */
  const apply = async (change: UserChange): Promise<void> => {
    const { settings, refused, tookMs: took } = await probe.apply(change);
    expect(refused).toEqual({});
    expect(settings).toMatchObject(change);
    tookMs[JSON.stringify(change)] = Math.round(took);
    // What was under way belongs to the settings before.
    await probe.arrivals();
  };

  beforeAll(async () => {
    opened = await openLink(browser, await gateway.link(), { transport });
    probe = probeOf(opened.page);
    await waitUntil(async () => ((await probe.stats())?.video?.shown ?? 0) > 10, 40_000);
    connection = await probe.connection();
    expect(connection).toBeDefined();
  }, 60_000);

  afterAll(() => logOut(opened));

  it('the gateway says what holds and what it offers', async () => {
    const stream = await probe.stream();
    expect(stream).toMatchObject({
      controls: true,
      desktop: { width: 320, height: 240 },
      settings: { mode: 'balanced', transport },
      video: { name: 'h264', width: 320, height: 240 },
      policy: { locked: ['quality'] },
    });
    expect(stream?.offers.codecs).toContain('h264');
  });

  it('the mode: budgets of pictures and sound', async () => {
    const budgets = async () => {
      const arrived = await probe.arrivals();
      return [arrived?.video.budgetMs.at(-1), arrived?.audio.budgetMs.at(-1)];
    };
    await apply({ mode: 'movie' });
    await expect.poll(budgets, patience).toEqual([1000, 600]);
    const custom = { delayTargetMs: 15, videoBudgetMs: 130, audioBudgetMs: 90 };
    await apply({ mode: 'custom', custom });
    await expect.poll(budgets, patience).toEqual([130, 90]);
    await apply({ mode: 'balanced' });
    await expect.poll(budgets, patience).toEqual([150, 120]);
  });

  it('the frame rate', async () => {
    const gap = async () => median(gaps((await probe.arrivals())?.video.capturedAtMs ?? []));
    await apply({ maxFrameRate: 10 });
    await expect.poll(gap, { ...patience, interval: 1_000 }).toBeGreaterThan(90);
    expect((await probe.stream())?.video.frameRate).toBe(10);
    await apply({ maxFrameRate: 'auto' });
    await expect.poll(gap, { ...patience, interval: 1_000 }).toBeLessThan(40);
  });

  it('the size of the picture, while the desktop keeps its own', async () => {
    const width = async () => (await probe.stats())?.video?.width;
    await apply({ scale: 0.5 });
    await expect.poll(width, patience).toBe(160);
    expect((await probe.stream())?.desktop).toEqual({ width: 320, height: 240 });
    await apply({ scale: 'auto' });
    await expect.poll(width, patience).toBe(320);
  });

  it('the codec', async () => {
    const codec = async () => (await probe.stats())?.video?.codec;
    const before = await codec();
    await apply({ codec: 'vp8' });
    await expect.poll(codec, patience).toBe('vp8');
    expect((await probe.stream())?.video.name).toBe('vp8');
    await apply({ codec: 'auto' });
    await expect.poll(codec, patience).toBe(before);
  });

  it('the bit rate', async () => {
    const kbps = async (): Promise<number> => {
      const video = (await probe.arrivals())?.video;
      const moments = video?.capturedAtMs ?? [];
      const spanMs = (moments.at(-1) ?? 0) - (moments[0] ?? 0);
      const bytes = (video?.bytes ?? []).slice(1).reduce((sum, each) => sum + each, 0);
      return spanMs > 500 ? (bytes * 8) / spanMs : Number.NaN;
    };
    await apply({ maxBitrateKbps: 100 });
    await expect.poll(kbps, { ...patience, interval: 1_500 }).toBeLessThan(140);
    await apply({ maxBitrateKbps: 'auto' });
    await expect.poll(kbps, { ...patience, interval: 1_500 }).toBeGreaterThan(180);
  });

  it('the sound: length and size of its packets', async () => {
    const packet = async () => {
      const audio = (await probe.arrivals())?.audio;
      return {
        ms: Math.round(median(gaps(audio?.capturedAtMs ?? []))),
        bytes: median(audio?.bytes ?? []),
      };
    };
    await apply({ audioFrameMs: 20, audioBitrateKbps: 128 });
    await expect.poll(async () => (await packet()).ms, patience).toBe(20);
    await expect.poll(async () => (await packet()).bytes, patience).toBeGreaterThan(200);
    await apply({ audioBitrateKbps: 32 });
    await expect.poll(async () => (await packet()).bytes, patience).toBeLessThan(120);
    await apply({ audioFrameMs: 5 });
    await expect.poll(async () => (await packet()).ms, patience).toBe(5);
    await apply({ audioFrameMs: 'auto', audioBitrateKbps: 'auto' });
    await expect.poll(async () => (await packet()).ms, patience).toBe(10);
  });

  it('the picture hides and comes back, the sound goes on', async () => {
    await apply({ video: 'hidden' });
    const heard = async () => (await probe.stats())?.network?.audioPackets ?? 0;
    const before = await heard();
    await expect.poll(heard, patience).toBeGreaterThan(before + 50);
    // Drains what was under way, so that the next look is at the time after it.
    await probe.arrivals();
    const later = await heard();
    await expect.poll(heard, patience).toBeGreaterThan(later + 100);
    expect((await probe.arrivals())?.video.bytes).toEqual([]);
    await apply({ video: 'shown' });
    await expect
      .poll(async () => (await probe.arrivals())?.video.bytes.length ?? 0, patience)
      .toBeGreaterThan(0);
  });

  it('what the operator has locked or bounded is refused with its reason', async () => {
    const { refused, settings } = await probe.apply({ quality: 'motion', maxFrameRate: 61 });
    expect(refused).toEqual({ quality: 'locked', maxFrameRate: 'range' });
    expect(settings).toMatchObject({ quality: 'text', maxFrameRate: 'auto' });
  });

  it('all that on one connection', async ({ annotate }) => {
    expect(await probe.connection()).toBe(connection);
    expect((await probe.stats())?.network?.reconnects).toBe(0);
    await annotate(`answers within (ms): ${JSON.stringify(tookMs)}`);
  });
});
