import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { launchChromium, openLink } from '../../support/chromium.ts';
import { startDesktopGateway, type DesktopGateway } from '../../support/desktop-gateway.ts';
import { startPatternPainter, type PatternPainter } from '../../support/pattern-painter.ts';
import { probeOf } from '../../support/probe.ts';

let desktop: DesktopGateway | undefined;
let painter: PatternPainter | undefined;
let browser: Browser;

beforeAll(async () => {
  browser = await launchChromium();
});

afterEach(async () => {
  for (const context of browser.contexts()) await context.close();
  await painter?.close();
  await desktop?.close();
  desktop = undefined;
  painter = undefined;
});

afterAll(async () => {
  await browser.close();
});

async function startDesktop(flags: readonly string[], framesPerSecond: number) {
  desktop = await startDesktopGateway(['--no-audio', ...flags]);
  painter = await startPatternPainter({
    display: desktop.env['DISPLAY'] ?? '',
    authority: desktop.env['XAUTHORITY'] ?? '',
    framesPerSecond,
    background: 'none',
  });
  return desktop.gateway;
}

interface Case {
  readonly codec: string;
  readonly transport: 'webtransport' | 'websocket';
  /** What the decoder is configured with. */
  readonly name: RegExp;
  /** AV1 is slower than real time in software. */
  readonly frameRate: number;
  /** Of the pictures read, the share in which one block may be the one of the picture before; default none. */
  readonly mayLeaveBlocks?: number;
}

/** Not HEVC: Debian's Chromium has no decoder of it. */
const CASES: readonly Case[] = [
  { codec: 'vp8', transport: 'websocket', name: /^vp8$/, frameRate: 30 },
  { codec: 'vp8-svc', transport: 'webtransport', name: /^vp8$/, frameRate: 30 },
  // libvpx (1.12) at a constant bit rate: gst/vpx-encoders.ts.
  {
    codec: 'vp9',
    transport: 'webtransport',
    name: /^vp09\.00\./,
    frameRate: 30,
    mayLeaveBlocks: 0.15,
  },
  { codec: 'av1', transport: 'websocket', name: /^av01\.0\./, frameRate: 8 },
];

describe('the painted picture', () => {
  it.each(CASES)(
    'comes through $codec over $transport',
    async ({ codec, transport, name, frameRate, mayLeaveBlocks = 0 }) => {
      const flags = ['--video-codec', codec, '--video-frame-rate', `${frameRate}`];
      const gateway = await startDesktop(flags, frameRate);
      const { page, console } = await openLink(browser, await gateway.link(), { transport });
      const probe = probeOf(page);
      await expect.poll(probe.framesRead, { timeout: 30_000 }).toBeGreaterThan(3 * frameRate);
      const pattern = await probe.pattern();
      const stats = await probe.stats();
      expect(pattern?.unreadable).toBeLessThanOrEqual(mayLeaveBlocks * (pattern?.read ?? 0));
      expect(stats?.video).toMatchObject({ width: 1280, height: 720, decodeErrors: 0 });
      expect(stats?.video?.codec).toMatch(name);
      expect(console.filter((line) => /^(error|pageerror)/.test(line))).toEqual([]);
    },
  );
});
