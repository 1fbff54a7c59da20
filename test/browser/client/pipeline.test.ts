/** The whole client in a real browser, under a strict policy, against a scripted server. */
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
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
/** The picture that is sent. */
let streaming: Source;
const complaints: string[] = [];

beforeAll(async () => {
  server = await ScriptedServer.open();
  const painted = paintedVideo((unit) => {
    if (streaming === painted) server.sendVideo(unit);
  });
  streaming = painted;
  sources = [tone((unit) => server.sendAudio(unit))];
  browser = await launchChromium();
});

afterAll(async () => {
  streaming.close();
  for (const source of sources) source.close();
  await browser.close();
  await server.close();
});

beforeEach(async () => {
  complaints.length = 0;
  server.units.length = 0;
  const context = await browser.newContext();
  page = await context.newPage();
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(error.message));
  await page.goto(`${server.address}?probe=1`);
  await page.waitForFunction(() => globalThis.page.states.at(-1)?.phase === 'live');
  return () => context.close();
});

const shown = (): Promise<number> =>
  page.evaluate(async () => (await globalThis.page.player.probe?.pattern())?.read ?? 0);

async function shownAfter(frames: number): Promise<void> {
  const before = await shown();
  await expect.poll(shown, { timeout: 20_000 }).toBeGreaterThan(before + frames);
}

describe('player in a browser', () => {
  it('decodes H.264, then VP8, then VP9, then H.264 again, on one connection', async () => {
    const connections = server.connections;
    const codec = () => page.evaluate(() => globalThis.page.stats.at(-1)?.video?.codec);
    await shownAfter(15);
    const names = { h264: undefined, vp8: 'vp8', vp9: 'vp09.00.31.08' } as const;
    for (const [next, name] of [
      ['vp8', /^vp8$/],
      ['vp9', /^vp09/],
      ['h264', /^avc1/],
    ] as const) {
      // As a gateway does it: the old stream goes on until the new one has a keyframe.
      const before = streaming;
      const source = paintedVideo((unit) => {
        if (streaming === before && unit.key) streaming = source;
        if (streaming === source) server.sendVideo(unit, names[next]);
      }, next);
      await expect.poll(codec, { timeout: 20_000 }).toMatch(name);
      before.close();
      await shownAfter(30);
    }
    const report = await page.evaluate(() => globalThis.page.player.probe?.pattern());
    const stats = await page.evaluate(() => globalThis.page.stats.at(-1));
    expect(report?.unreadable).toBe(0);
    expect(stats?.video?.decodeErrors).toBe(0);
    expect(server.connections).toBe(connections);
    expect(complaints).toEqual([]);
  });

  it('shows every picture, soon after it was painted, under a strict policy', async () => {
    await shownAfter(90);
    const report = await page.evaluate(() => globalThis.page.player.probe?.pattern());
    const sorted = [...(report?.latenciesMs ?? [])].sort((a, b) => a - b);
    expect(report?.unreadable).toBe(0);
    // On a loaded machine newer pictures overtake some; none may be lost on the way.
    expect(report?.missed).toBeLessThan((report?.read ?? 0) / 4);
    const stats = await page.evaluate(() => globalThis.page.stats.at(-1));
    expect(stats?.network).toMatchObject({ videoDiscarded: 0, videoMissing: 0, keyRequests: 0 });
    expect(stats?.video?.decodeErrors).toBe(0);
    expect(sorted[Math.floor(sorted.length / 2)]).toBeLessThan(100);
    expect(complaints).toEqual([]);
  });

  it('plays the tone whole', async () => {
    await page.waitForFunction(() => {
      const audio = globalThis.page.stats.at(-1)?.audio;
      return audio?.state === 'playing' && audio.fillMs > 10;
    });
    await shownAfter(120);
    const heard = await page.evaluate(async () => {
      const recording = await globalThis.page.player.probe?.recording();
      return [...(recording?.samples.slice(-48_000) ?? [])];
    });
    expect(heard).toHaveLength(48_000);
    const step = (2 * Math.PI * 1000) / 48_000;
    const loud = Array.from({ length: 100 }, (_, block) =>
      amplitude(heard.slice(block * 480, (block + 1) * 480), step),
    ).filter((value) => value > 0.3);
    expect(loud.length).toBeGreaterThanOrEqual(98);
  });

  it('asks for a keyframe after a loss and goes on with the next', async () => {
    await shownAfter(5);
    let lost = 0;
    server.loseVideo = ({ key }) => !key && lost++ === 0;
    await expect
      .poll(() => server.units.filter((unit) => unit.type === 'keyRequest').length)
      .toBeGreaterThan(0);
    server.loseVideo = () => false;
    await shownAfter(30);
    const states = await page.evaluate(() => globalThis.page.states.map((state) => state.phase));
    expect(states).not.toContain('reconnecting');
  });

  it('makes a new decoder after an error, with the next keyframe', async () => {
    await shownAfter(5);
    let damaged = 0;
    server.changeVideo = ({ data, key }) => {
      if (key || damaged > 0) return data;
      damaged += 1;
      return Uint8Array.of(0, 0, 0, 1, 0x41, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff);
    };
    const requests = () => server.units.filter((unit) => unit.type === 'keyRequest');
    await expect.poll(() => requests().some((unit) => unit.reason === 2)).toBe(true);
    await shownAfter(30);
    const stats = await page.evaluate(() => globalThis.page.stats.at(-1)?.video);
    expect(stats?.decodeErrors).toBe(1);
  });

  it('acknowledges, reports and keeps the clock', async () => {
    await shownAfter(30);
    const acks = server.units.filter((unit) => unit.type === 'ack');
    const reports = server.units.filter((unit) => unit.type === 'report');
    expect(acks.length).toBeGreaterThan(20);
    expect(reports.at(-1)?.values.renderedSeq).toBeGreaterThan(10);
    expect(reports.at(-1)?.values.shownLatencyUs).toBeLessThan(200_000);
    const stats = await page.evaluate(() => globalThis.page.stats.at(-1));
    expect(stats?.network?.rttMs).toBeLessThan(50);
    expect(stats?.video?.latency?.total.p50Ms).toBeLessThan(100);
    expect(stats?.video?.codec).toMatch(/^avc1\./);
  });

  it('sends input in order', async () => {
    await page.evaluate(() => {
      globalThis.page.player.sendInput([{ type: 'key', code: 30, keysym: 97, pressed: true }]);
      globalThis.page.player.sendInput([{ type: 'key', code: 30, keysym: 97, pressed: false }]);
    });
    const inputs = () => server.units.filter((unit) => unit.type === 'input');
    await expect.poll(() => inputs().length).toBe(2);
    expect(inputs().map(({ first }) => first)).toEqual([0, 1]);
  });

  it('shows the pointer that it is told', async () => {
    server.sendCursor(Uint8Array.of(0, 1, 0, 1, 0, 0, 0, 0, 255, 0, 0, 255));
    await page.waitForFunction(() => globalThis.page.cursors.length === 1);
    const cursor = await page.evaluate(() => JSON.stringify(globalThis.page.cursors[0]));
    expect(cursor).toContain('"width":1');
  });

  it('connects again after a cut, and shows pictures again', async () => {
    const before = server.connections;
    server.cut();
    await expect.poll(() => server.connections, { timeout: 10_000 }).toBe(before + 1);
    await page.waitForFunction(() => globalThis.page.states.at(-1)?.phase === 'live');
    await shownAfter(30);
    const hello = server.units.findLast((unit) => unit.type === 'hello');
    expect(hello?.hello.resume).toBe('again');
  });

  it('stays away when another tab took over', async () => {
    const before = server.connections;
    server.end(4007, 'superseded');
    await page.waitForFunction(() => globalThis.page.states.at(-1)?.phase === 'ended');
    expect(server.connections).toBe(before);
  });
});

/** Amplitude of a tone by Goertzel's algorithm; `step` is its phase per sample. */
function amplitude(samples: readonly number[], step: number): number {
  const factor = 2 * Math.cos(step);
  let [last, before] = [0, 0];
  for (const sample of samples) [last, before] = [sample + factor * last - before, last];
  return (2 * Math.sqrt(last * last + before * before - factor * last * before)) / samples.length;
}
