/** Latency modes, sinks and loudness changed while everything runs, in a real browser against a scripted server. */
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { UserChange } from '../../../client/settings/user-settings.ts';
import { launchChromium } from '../../support/chromium.ts';
import type { PlayerPage } from './page/page.ts';
import { paintedVideo, tone, type Source } from './painted-source.ts';
import { ScriptedServer } from './scripted-server.ts';

declare global {
  var page: PlayerPage;
}

let server: ScriptedServer;
let browser: Browser;
let page: Page;
let sources: readonly Source[] = [];

beforeAll(async () => {
  server = await ScriptedServer.open();
  sources = [
    paintedVideo((unit) => server.sendVideo(unit)),
    tone((unit) => server.sendAudio(unit)),
  ];
  browser = await launchChromium();
  page = await browser.newPage();
  await page.goto(`${server.address}?probe=1&mode=instant`);
  await page.waitForFunction(() => globalThis.page.stats.at(-1)?.audio.state === 'playing');
});

afterAll(async () => {
  for (const source of sources) source.close();
  await browser.close();
  await server.close();
});

const apply = (change: UserChange) =>
  page.evaluate((wanted) => globalThis.page.player.apply(wanted), change);

const stats = () => page.evaluate(() => globalThis.page.stats.at(-1));

/** Waits for `frames` more pictures; returns how old each was when it was shown, ms. */
async function shown(frames: number): Promise<readonly number[]> {
  const latencies = () =>
    page.evaluate(async () => (await globalThis.page.player.probe?.pattern())?.latenciesMs ?? []);
  const before = (await latencies()).length;
  await expect
    .poll(async () => (await latencies()).length, { timeout: 30_000 })
    .toBeGreaterThan(before + frames);
  return (await latencies()).slice(before);
}

const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;

const heard = async (seconds: number): Promise<number> => {
  const samples = await page.evaluate(async (length) => {
    const recording = await globalThis.page.player.probe?.recording();
    return [...(recording?.samples.slice(-48_000 * length) ?? [])];
  }, seconds);
  return Math.max(0, ...samples.map(Math.abs));
};

describe('latency modes changed live', () => {
  it('hold a picture as long as they say, in step with the sound where they say', async () => {
    const instant = median(await shown(60));
    expect((await stats())?.video?.heldMs).toBe(0);

    await apply({ mode: 'smooth' });
    await expect
      .poll(async () => (await stats())?.audio.targetMs, { timeout: 20_000 })
      .toBeGreaterThan(75);
    await shown(60);
    const smooth = median(await shown(60));
    expect(smooth - instant).toBeGreaterThan(45);
    expect(smooth - instant).toBeLessThan(180);

    await apply({ mode: 'movie' });
    await expect
      .poll(async () => (await stats())?.audio.targetMs, { timeout: 20_000 })
      .toBeGreaterThan(190);
    await shown(60);
    const movie = median(await shown(60));
    expect(movie - instant).toBeGreaterThan(150);
    expect(movie - instant).toBeLessThan(430);
    // Sound and picture of one moment: ITU-R BT.1359 notices 45 ms.
    await expect
      .poll(async () => Math.abs((await stats())?.video?.soundOffsetMs ?? Infinity), {
        timeout: 20_000,
      })
      .toBeLessThan(45);

    await apply({ mode: 'instant' });
    await shown(30);
    expect(median(await shown(60)) - instant).toBeLessThan(40);
    const dropped = (await stats())?.video?.dropped;
    expect(dropped?.overtaken).toBe(0);
  });

  it('change the sound with one pause and no underrun once it has settled', async () => {
    for (const mode of ['movie', 'balanced', 'smooth', 'instant', 'movie'] as const) {
      await apply({ mode });
    }
    await expect
      .poll(async () => (await stats())?.audio.fillMs, { timeout: 20_000 })
      .toBeGreaterThan(150);
    const before = (await stats())?.audio.underruns;
    await shown(90);
    expect((await stats())?.audio.underruns).toBe(before);
    expect((await stats())?.audio.fillMs).toBeGreaterThan(120);
  });

  it('take the client half of a custom mode', async () => {
    const custom = { delayTargetMs: 20, videoBudgetMs: 300, audioBudgetMs: 300 };
    const presentation = 'jitterBuffer';
    const client = { presentation, videoHoldMs: 70, audioBufferMs: 60, audioCapMs: 150 } as const;
    await apply({ mode: 'custom', custom, ...client });
    await shown(60);
    const held = (await stats())?.video?.heldMs;
    expect(held).toBeGreaterThan(55);
    expect(held).toBeLessThanOrEqual(70.5);
    await apply({ mode: 'balanced' });
  });
});

describe('loudness', () => {
  it('follows volume and mute', async () => {
    await expect.poll(() => heard(1), { timeout: 20_000 }).toBeGreaterThan(0.4);
    await apply({ volume: 0.2 });
    await expect.poll(() => heard(0.5), { timeout: 20_000 }).toBeLessThan(0.15);
    expect(await heard(0.5)).toBeGreaterThan(0.05);
    await apply({ muted: true });
    await expect.poll(() => heard(0.5), { timeout: 20_000 }).toBe(0);
    expect((await stats())?.audio.state).toMatch(/muted|playing/);
    await apply({ muted: false, volume: 1 });
    await expect.poll(() => heard(0.5), { timeout: 20_000 }).toBeGreaterThan(0.4);
  });
});

describe('the sink', () => {
  const unreadable = () =>
    page.evaluate(async () => (await globalThis.page.player.probe?.pattern())?.unreadable);

  it('changes to a track and back, and each frame is read on the way', async () => {
    const before = await unreadable();
    expect((await apply({ sink: 'track' })).refused).toEqual({});
    await page.waitForFunction(() => globalThis.page.sinks.at(-1) === 'track');
    await shown(60);
    await expect.poll(async () => (await stats())?.video?.sink).toBe('track');
    const size = await page.evaluate(() => {
      const { videoWidth, videoHeight } = document.querySelector('video') ?? {};
      return { videoWidth, videoHeight };
    });
    expect(size).toEqual({ videoWidth: 1280, videoHeight: 192 });
    await apply({ sink: 'canvas' });
    await page.waitForFunction(() => globalThis.page.sinks.at(-1) === 'canvas');
    await shown(60);
    expect(await unreadable()).toBe(before);
  });

  it('is refused with a reason where the browser has no track', async () => {
    await page.evaluate(() => Object.assign(globalThis, { MediaStreamTrackGenerator: undefined }));
    expect((await apply({ sink: 'track' })).refused).toEqual({ sink: 'unavailable' });
    await shown(30);
    expect((await stats())?.video?.sink).toBe('canvas');
  });
});

describe('a hidden page', () => {
  it('asks for no picture and shows none, hears on, and shows one at once when it is back', async () => {
    const show = (state: string) =>
      page.evaluate((visibility) => {
        Object.defineProperty(document, 'visibilityState', {
          value: visibility,
          configurable: true,
        });
        document.dispatchEvent(new Event('visibilitychange'));
      }, state);
    await show('hidden');
    const asked = () => server.units.findLast((unit) => unit.type === 'settings')?.settings.video;
    await expect.poll(asked).toBe('hidden');
    await expect.poll(async () => (await stats())?.video?.framesPerSecond).toBe(0);
    expect(await heard(0.5)).toBeGreaterThan(0.4);
    await show('visible');
    await expect.poll(asked).toBe('shown');
    await shown(30);
  });
});
