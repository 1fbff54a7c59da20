import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { launchChromium, logOut, type OpenedPage } from '../support/chromium.ts';
import { probeOf } from '../support/probe.ts';
import { openDesktop, pictureBackAfter, pictureOn } from './desktop-page.ts';
import { playDesktopPod, type DesktopPod } from './desktop-pod.ts';
import { podman } from './podman.ts';
import { askProbe, probeStatus } from './probes.ts';

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

const picture = async (transport: 'webtransport' | 'websocket'): Promise<void> => {
  const opened = await open(transport);
  await pictureOn(opened.page);
  const stats = (): ReturnType<ReturnType<typeof probeOf>['stats']> => probeOf(opened.page).stats();
  await expect.poll(async () => (await stats())?.network?.transport).toBe(transport);
  await logOut(opened);
};

describe('a desktop and the gateway beside it, in one pod', () => {
  it.each(['webtransport', 'websocket'] as const)('show their picture over %s', picture);

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
    async (name) => {
      const opened = await open('websocket');
      const ms = await pictureBackAfter(opened.page, async () => {
        await podman(['kill', '--signal', 'KILL', pod.container(name)]);
        // The restart policy of the pod starts it again; where nothing watches over podman, this does.
        await podman(['start', pod.container(name)]).catch(() => undefined);
      });
      process.stdout.write(
        `the picture was back ${Math.round(ms)} ms after the ${name} was killed\n`,
      );
      await logOut(opened);
    },
  );

  it('SIGTERM ends the gateway within the grace period, with 0, and the page is told', async () => {
    const { page, context } = await open('websocket');
    await pictureOn(page);
    const told = page.getByText('The gateway is stopping.').first().waitFor();
    const stopped = pod.container('gateway');
    await podman(['stop', '--time', '20', stopped]);
    await told;
    const code = await podman(['inspect', '--format', '{{.State.ExitCode}}', stopped]);
    expect(code.trim()).toBe('0');
    await context.close();
  });
});
