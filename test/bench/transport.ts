import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { build } from 'vite';
import { launchChromium } from '../support/chromium.ts';
import { processorSeconds } from '../support/processes.ts';
import { percentile, spread } from './percentiles.ts';
import type { Report, Row } from './report.ts';
import { steadyLoad } from './steady-video.ts';
import { pageClockOffset } from './page-clock.ts';
import type { TransportPage } from './transport-page/page.ts';
import type { Received } from './transport-page/receiver.worker.ts';
import { waitUntil } from '../support/wait.ts';

declare global {
  var transportPage: TransportPage;
}

const transports = ['webtransport', 'websocket'] as const;

/** Link estimates, buffers and just-in-time compilers settle in this time. */
const WARM_UP_MS = 4_000;

/**
 * Server to browser: from the moment at which a message is given to the session to the moment at which the client's worker
 * holds it whole, over each real transport.
 */
export async function transport(seconds: number): Promise<Report> {
  const root = await mkdtemp(join(tmpdir(), 'oriel-transport-'));
  const browser = await launchChromium();
  try {
    await build({
      configFile: false,
      logLevel: 'warn',
      root: join(import.meta.dirname, 'transport-page'),
      build: { outDir: root, emptyOutDir: true, target: 'esnext', assetsInlineLimit: 0 },
      worker: { format: 'es' },
    });
    const rows: Row[] = [];
    for (const kind of transports) rows.push(await measure(kind, { root, browser, seconds }));
    const { framesPerSecond, bytes, keyframeBytes } = steadyLoad;
    return {
      name: 'server to browser, milliseconds',
      method:
        `${framesPerSecond} messages a second of ${bytes / 1000} KB, each 60th of ${keyframeBytes / 1000} KB, from the ` +
        `desktop session through deadline queue and transport on 127.0.0.1 to the whole message in the worker of a page in ` +
        `headless Chromium; ${seconds} s each after ${WARM_UP_MS / 1000} s. CPU: the sending process, in % of a core.`,
      goal: 'p50 at most 1.5, p99 at most 10, CPU at most 6',
      rows,
    };
  } finally {
    await browser.close();
    await rm(root, { recursive: true, force: true });
  }
}

async function measure(
  kind: (typeof transports)[number],
  setup: { readonly root: string; readonly browser: Browser; readonly seconds: number },
): Promise<Row> {
  const sender = fork(new URL('./transport-sender.ts', import.meta.url), [setup.root]);
  const context = await setup.browser.newContext();
  try {
    const ended = once(sender, 'exit').then(() => {
      throw new Error('the sender ended before it listened');
    });
    const [port] = (await Promise.race([once(sender, 'message'), ended])) as [number];
    const page = await context.newPage();
    await page.goto(`http://127.0.0.1:${port}/?transport=${kind}`);
    const offset = await pageClockOffset(page);
    await waitUntil(async () => (await take(page)).transport === kind, 20_000);
    await page.waitForTimeout(WARM_UP_MS);
    const before = await take(page);
    const usedBefore = processorSeconds(pidOf(sender));
    const beganAt = performance.now();
    await page.waitForTimeout(setup.seconds * 1000);
    const used = processorSeconds(pidOf(sender)) - usedBefore;
    const elapsed = (performance.now() - beganAt) / 1000;
    const received = await take(page);
    return {
      label: kind,
      figures: { ...figures(before, received, offset), 'CPU %': (used / elapsed) * 100 },
    };
  } finally {
    await context.close();
    if (sender.connected) {
      sender.disconnect();
      await once(sender, 'exit');
    }
  }
}

const take = (page: Page): Promise<Received> =>
  page.evaluate(() => globalThis.transportPage.take());

function figures(
  before: Received,
  { arrivals, abandoned }: Received,
  offset: number,
): Row['figures'] {
  const latency = (one: Received['arrivals'][number]) =>
    (one.arrivedAt + offset - one.sentAt) / 1000;
  const latencies = arrivals.map(latency);
  const large = arrivals.filter(({ bytes }) => bytes === steadyLoad.keyframeBytes).map(latency);
  const sequences = arrivals.map(({ sequence }) => sequence);
  const sent = Math.max(...sequences) - Math.min(...sequences) + 1;
  return {
    ...spread(latencies),
    max: Math.max(...latencies),
    'large p50': percentile(large, 0.5),
    messages: arrivals.length,
    missing: sent - arrivals.length,
    abandoned: abandoned - before.abandoned,
  };
}

function pidOf({ pid }: ChildProcess): number {
  if (pid === undefined) throw new Error('the sender did not start');
  return pid;
}
