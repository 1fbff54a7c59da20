import { existsSync } from 'node:fs';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { launchChromium } from '../support/chromium.ts';
import { DESKTOP_IMAGE } from './build-images.ts';
import { startDesktopContainer, type DesktopContainer } from './desktop-container.ts';
import { openDesktop, pictureOn } from './desktop-page.ts';
import { looksAndListens, types, type VisitedDesktop } from './desktop-visit.ts';
import { expectHardened } from './hardened.ts';
import { killProcess, podman } from './podman.ts';
import { probeStatus } from './probes.ts';
import { comesBack } from './recovery.ts';

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

const visited = (): VisitedDesktop => ({
  env: desktop.env,
  open: (transport) => openDesktop(browser, desktop.origin, { transport }),
});

describe('the container', () => {
  it('has no privileges, and a root that cannot be written', () => expectHardened(desktop.name));

  it('reaps what others have left', async () => {
    const left = await podman(['exec', desktop.name, 'sh', '-c', 'sleep 1 & echo $!']);
    const states = async (): Promise<string> =>
      podman(['exec', desktop.name, 'sh', '-c', `cat /proc/${left.trim()}/stat 2>&1 || true`]);
    // A zombie has its entry until it is reaped.
    await expect.poll(states, { timeout: 20_000 }).toContain('No such file');
  });
});

describe.each(['webtransport', 'websocket'] as const)('from outside, over %s', (transport) => {
  it('the painted picture is read back and a played tone is heard', () =>
    looksAndListens(visited(), transport));

  it('a typed sentence arrives', () => types(visited(), transport));
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
  ])('$what, and the page shows it by itself', ({ what, pattern }) =>
    comesBack(visited(), what, async () => {
      const pid = await processOf(pattern);
      return () => killProcess(pid);
    }),
  );
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
  // The link goes to standard error, for people; all else is JSON on standard output.
  const lines = (await podman(['logs', desktop.name])).trim().split('\n');
  expect(lines.length).toBeGreaterThan(5);
  for (const line of lines) {
    expect(line).toMatch(/^\{.*\}$/);
    expect(JSON.parse(line)).toMatchObject({ message: expect.any(String) as string });
  }
  expect(existsSync(`/tmp/.X11-unix/X${desktop.env['DISPLAY']?.slice(1) ?? ''}`)).toBe(false);
  await context.close();
});
