import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { launchChromium, type OpenedPage } from '../support/chromium.ts';
import { connectSilently, openDesktop, patternOn } from './desktop-page.ts';
import { playDesktopPod, type DesktopPod } from './desktop-pod.ts';
import { looksAndListens, paintOn, types, type VisitedDesktop } from './desktop-visit.ts';
import { expectHardened } from './hardened.ts';
import { killContainer, podman } from './podman.ts';
import { askProbe, askProbes, probeStatus } from './probes.ts';
import { comesBack } from './recovery.ts';

let pod: DesktopPod;
let browser: Browser;

beforeAll(async () => {
  browser = await launchChromium();
  pod = await playDesktopPod();
  await vi.waitFor(async () => expect(await probeStatus(pod.origin, '/readyz')).toBe(200), {
    timeout: 60_000,
    interval: 200,
  });
});

afterAll(async () => {
  await browser.close();
  await pod.close();
});

const open = (transport: 'webtransport' | 'websocket'): Promise<OpenedPage> =>
  openDesktop(browser, pod.origin, { transport, password: pod.password });

const visited = (): VisitedDesktop => ({ env: pod.env, open });

describe('a desktop and the gateway beside it, in one pod', () => {
  it.each(['desktop', 'gateway'] as const)(
    'the %s has no privileges, nor a root to write to',
    (name) => expectHardened(pod.container(name)),
  );

  describe.each(['webtransport', 'websocket'] as const)('over %s', (transport) => {
    it('the painted picture is read back and a played tone is heard', () =>
      looksAndListens(visited(), transport));

    it('a typed sentence arrives', () => types(visited(), transport));
  });

  it('say what is waited for while there is no desktop, and that the gateway is well', async () => {
    const reasons = async (): Promise<string> =>
      (await askProbe(pod.origin, '/readyz'))?.body ?? '';
    await podman(['stop', '--time', '5', pod.container('desktop')]);
    await expect.poll(() => probeStatus(pod.origin, '/readyz'), { timeout: 15_000 }).toBe(503);
    await expect.poll(reasons).toContain('waits for the X display');
    expect(await probeStatus(pod.origin, '/healthz')).toBe(200);
    expect(await probeStatus(pod.origin, '/startupz')).toBe(200);
    // A gateway that starts without a desktop waits as well.
    await podman(['stop', '--time', '10', pod.container('gateway')]);
    await podman(['start', pod.container('gateway')]);
    await expect.poll(() => probeStatus(pod.origin, '/startupz'), { timeout: 30_000 }).toBe(200);
    expect(await probeStatus(pod.origin, '/readyz')).toBe(503);
    await podman(['start', pod.container('desktop')]);
    await expect.poll(() => probeStatus(pod.origin, '/readyz'), { timeout: 30_000 }).toBe(200);
  });

  it.each(['desktop', 'gateway'] as const)(
    'are back on an open page when the %s was killed',
    (name) =>
      comesBack(visited(), `the ${name}`, () =>
        Promise.resolve(() => killContainer(pod.container(name))),
      ),
  );

  it('SIGTERM ends the gateway within the grace period, with 0; page and probes are told', async () => {
    const painter = await paintOn(pod.env);
    try {
      const opened = await open('websocket');
      await patternOn(opened.page);
      // The gateway waits a second for one that does not answer: time enough to ask the probes.
      const silent = await connectSilently(opened, pod.origin);
      const told = opened.page.getByText('The gateway is stopping.').first().waitFor();
      const stopped = pod.container('gateway');
      const asked = expect
        .poll(() => askProbes(pod.origin), { timeout: 20_000, interval: 10 })
        .toEqual({
          ...{ startup: 200, ready: 503, live: 200 },
          said: expect.stringContaining('the gateway is stopping') as string,
        });
      await Promise.all([podman(['stop', '--time', '20', stopped]), asked, told]);
      const code = await podman(['inspect', '--format', '{{.State.ExitCode}}', stopped]);
      expect(code.trim()).toBe('0');
      silent.terminate();
      await opened.context.close();
    } finally {
      await painter.close();
    }
  });
});
