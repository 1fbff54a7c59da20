import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launchChromium, logOut, openLink } from '../../support/chromium.ts';
import { startDesktopGateway, type DesktopGateway } from '../../support/desktop-gateway.ts';
import { probeOf } from '../../support/probe.ts';
import { startTonePlayer } from '../../support/tone-player.ts';
import { analyzeTone, type ToneReport } from '../../support/tone.ts';

/** Seconds of sound that have to be clean; the part in which buffers fill and the rate settles comes before. */
const SETTLE_SECONDS = 3;
const MEASURED_SECONDS = 3;

let desktop: DesktopGateway;
let stopTone: () => Promise<void>;
let browser: Browser;

beforeAll(async () => {
  // A small and slow picture: two cores carry desktop, encoder and browser at once, and it is the sound that counts here.
  desktop = await startDesktopGateway([
    ...['--desktop-width', '640', '--desktop-height', '360', '--video-frame-rate', '15'],
  ]);
  // A program of the desktop plays 1 kHz into the desktop's sound server, as any player does.
  stopTone = startTonePlayer(desktop.env);
  browser = await launchChromium();
});

afterAll(async () => {
  await browser.close();
  await stopTone();
  await desktop.close();
});

/** Pages that are not isolated have no shared memory: sound then goes to the worklet through a port. */
const withoutSharedMemory = (page: Page): Promise<unknown> =>
  page.addInitScript(() => {
    Object.defineProperty(globalThis, 'crossOriginIsolated', { value: false });
  });

describe.each([
  { transport: 'webtransport', memory: 'shared memory' },
  { transport: 'websocket', memory: 'shared memory' },
  { transport: 'webtransport', memory: 'a port' },
] as const)('the sound over $transport, through $memory', ({ transport, memory }) => {
  it('is the tone that the desktop plays, without a glitch', { timeout: 120_000 }, async () => {
    const opened = await openLink(browser, await desktop.gateway.link(), {
      transport,
      ...(memory === 'a port' ? { prepare: withoutSharedMemory } : {}),
    });
    const { page } = opened;
    const probe = probeOf(page);
    // 100 packets a second. Counting them costs the page nothing, unlike taking the recording again and again.
    const packets = async (): Promise<number> => (await probe.stats())?.network?.audioPackets ?? 0;
    await expect
      .poll(packets, { timeout: 40_000 })
      .toBeGreaterThan(100 * (SETTLE_SECONDS + MEASURED_SECONDS));

    // A machine that stalls for longer than the buffer holds makes a gap, whoever plays: what counts is that a stretch
    // of 3 s is clean. A path that clicks by itself, once a second or once a packet, never has one.
    const measure = async (): Promise<ToneReport> => {
      const { samples, sampleRate } = await probe.recording();
      return analyzeTone(samples.subarray(-MEASURED_SECONDS * sampleRate), sampleRate, 1_000);
    };
    let tone = await measure();
    await expect
      .poll(
        async () => {
          tone = await measure();
          return tone.glitches;
        },
        { timeout: 60_000, interval: 1_000 * (MEASURED_SECONDS + 0.5), message: 'glitches' },
      )
      .toBe(0);
    expect(Math.abs(tone.frequencyHz - 1_000)).toBeLessThan(6);
    expect(tone.purity).toBeGreaterThan(0.97);
    await logOut(opened);
  });
});
