import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { launchChromium, logOut } from '../support/chromium.ts';
import { startPatternPainter, type PatternPainter } from '../support/pattern-painter.ts';
import { probeOf } from '../support/probe.ts';
import { analyzeTone, type ToneReport } from '../support/tone.ts';
import { TypedText } from '../support/typed-text.ts';
import { waitUntil } from '../support/wait.ts';
import { DESKTOP_IMAGE } from './build-images.ts';
import { startDesktopContainer, type DesktopContainer } from './desktop-container.ts';
import { openDesktop, pictureBackAfter, pictureOn } from './desktop-page.ts';
import { podman } from './podman.ts';
import { probeStatus } from './probes.ts';

const SENTENCE = 'Ship it in a container: 100 % (really) @ home!';

let desktop: DesktopContainer;
let browser: Browser;

beforeAll(async () => {
  // A slow picture: desktop, encoder and browser share two cores.
  desktop = await startDesktopContainer(DESKTOP_IMAGE, {
    ORIEL_VIDEO_FRAME_RATE: '20',
  });
  browser = await launchChromium();
  await vi.waitFor(async () => expect(await probeStatus(desktop.origin, '/healthz')).toBe(200), {
    timeout: 60_000,
    interval: 200,
  });
});

afterAll(async () => {
  await browser.close();
  await desktop.close();
});

describe.each(['webtransport', 'websocket'] as const)('from outside, over %s', (transport) => {
  it('the painted picture is read back and a played tone is heard', async () => {
    const painter: PatternPainter = await startPatternPainter({
      display: desktop.env['DISPLAY'] ?? '',
      authority: desktop.env['XAUTHORITY'] ?? '',
      framesPerSecond: 20,
      background: 'still',
    });
    const player: ChildProcess = spawn(
      'gst-launch-1.0',
      '-q audiotestsrc freq=1000 volume=0.5 is-live=true ! audio/x-raw,rate=48000 ! pulsesink'.split(
        ' ',
      ),
      { env: { ...process.env, ...desktop.env }, stdio: 'ignore' },
    );
    try {
      const { page, context, console } = await openDesktop(browser, desktop.origin, { transport });
      const probe = probeOf(page);
      await expect.poll(probe.framesRead, { timeout: 40_000 }).toBeGreaterThan(60);
      await expect
        .poll(async () => (await probe.stats())?.network?.transport, {
          message: console.join('\n'),
        })
        .toBe(transport);
      const tone = async (): Promise<ToneReport> => {
        const { samples, sampleRate } = await probe.recording();
        return analyzeTone(samples.subarray(-sampleRate), sampleRate, 1_000);
      };
      await expect
        .poll(async () => (await tone()).purity, { timeout: 40_000, interval: 1_000 })
        .toBeGreaterThan(0.98);
      expect((await tone()).frequencyHz).toBeCloseTo(1_000, -1.2);
      // Control is free at once, for the next who types.
      await logOut({ page, context, console });
    } finally {
      player.kill('SIGKILL');
      await painter.close();
    }
  });

  it('a typed sentence arrives', async () => {
    const terminal = await TypedText.open(desktop.env);
    try {
      const { page, context, console } = await openDesktop(browser, desktop.origin, { transport });
      await pictureOn(page);
      await page.mouse.click(100, 200);
      await page.keyboard.type(SENTENCE);
      await terminal.expect(SENTENCE);
      await logOut({ page, context, console });
    } finally {
      await terminal.close();
    }
  });
});

describe('what dies comes back', () => {
  /** The process of the container whose command line contains this, by its number outside. */
  const processOf = async (part: string): Promise<number> => {
    const lines = (await podman(['top', desktop.name, 'hpid', 'args'])).split('\n');
    const line = lines.find((text) => text.includes(part) && !text.includes('supervise')) ?? '';
    return Number.parseInt(line, 10);
  };

  it.each([
    { what: 'the gateway', pattern: 'server/main.ts' },
    { what: 'the X server', pattern: 'Xvfb' },
    { what: 'an encoder', pattern: 'gst/child.ts' },
  ])('$what, and the page shows it by itself', async ({ what, pattern }) => {
    const opened = await openDesktop(browser, desktop.origin, { transport: 'websocket' });
    const pid = await processOf(pattern);
    const ms = await pictureBackAfter(opened.page, async () => {
      process.kill(pid, 'SIGKILL');
      await waitUntil(async () => ![pid, NaN].includes(await processOf(pattern)), 15_000);
    });
    process.stdout.write(`the picture was back ${Math.round(ms)} ms after ${what} was killed\n`);
    await logOut(opened);
  });
});

it('SIGTERM ends it within the grace period, with 0, while somebody watches', async () => {
  const { page, context } = await openDesktop(browser, desktop.origin, { transport: 'websocket' });
  await pictureOn(page);
  // What GOAWAY says stays on the page: nothing comes back.
  const told = page.getByText('The gateway is stopping.').first().waitFor();
  await podman(['stop', '--time', '10', desktop.name]);
  await told;
  const state = await podman(['inspect', '--format', '{{.State.ExitCode}}', desktop.name]);
  expect(state.trim()).toBe('0');
  expect(await desktop.log()).toContain('"reason":"terminated"');
  expect(existsSync(`/tmp/.X11-unix/X${desktop.env['DISPLAY']?.slice(1) ?? ''}`)).toBe(false);
  await context.close();
});
