import type { Browser } from 'playwright-core';
import { launchChromium, openLink } from '../support/chromium.ts';
import { Gateway } from '../support/gateway.ts';
import { HeadlessViewer } from '../support/headless-viewer.ts';
import { probeOf } from '../support/probe.ts';
import { residentBytes } from '../support/processes.ts';
import { percentile } from './percentiles.ts';
import type { Report } from './report.ts';
import { waitUntil } from '../support/wait.ts';

const MEBIBYTE = 2 ** 20;
const FURTHER_VIEWERS = 8;

/** Resident memory goes up and down with the collector: the median of this many looks, one each 250 ms. */
const LOOKS = 40;

/** Memory of the gateway process, with one viewer and with more. */
export async function memory(): Promise<Report> {
  const gateway = await Gateway.start(['--source', 'test']);
  const browser = await launchChromium();
  const further: HeadlessViewer[] = [];
  try {
    const idle = await residentMedian(gateway.pid);
    await addBrowser(gateway, browser);
    const one = await residentMedian(gateway.pid);
    while (further.length < FURTHER_VIEWERS) further.push(await addHeadless(gateway));
    const all = await residentMedian(gateway.pid);
    return {
      name: 'memory of the gateway process, MiB',
      method:
        `Resident memory (VmRSS), median of ${LOOKS} looks in ${LOOKS / 4} s, with the 720p60 test picture and tone over ` +
        `WebSocket; the first viewer is Chromium, the ${FURTHER_VIEWERS} further ones take and acknowledge everything and decode ` +
        `nothing, since so many decoders would need more cores.`,
      goal: 'with one viewer at most 150, each further one at most 1',
      rows: [
        { label: 'no viewer', figures: { MiB: idle / MEBIBYTE } },
        { label: 'one viewer', figures: { MiB: one / MEBIBYTE } },
        {
          label: `each of ${FURTHER_VIEWERS} further viewers`,
          figures: { MiB: (all - one) / FURTHER_VIEWERS / MEBIBYTE },
        },
      ],
    };
  } finally {
    for (const viewer of further) viewer.close();
    await browser.close();
    await gateway.stop();
  }
}

async function addBrowser(gateway: Gateway, browser: Browser): Promise<void> {
  const { page } = await openLink(browser, await gateway.link(), {
    transport: 'websocket',
    viewport: { width: 640, height: 400 },
  });
  const shown = async () => ((await probeOf(page).stats())?.video?.shown ?? 0) > 30;
  await waitUntil(shown, 30_000);
}

async function addHeadless(gateway: Gateway): Promise<HeadlessViewer> {
  const viewer = await HeadlessViewer.open(await gateway.link());
  await waitUntil(() => viewer.dataUnits > 300, 30_000);
  return viewer;
}

async function residentMedian(pid: number): Promise<number> {
  const looks: number[] = [];
  while (looks.length < LOOKS) {
    looks.push(residentBytes(pid));
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
  return percentile(looks, 0.5);
}
