import { setTimeout as delay } from 'node:timers/promises';
import { startDesktopGateway } from '../support/desktop-gateway.ts';
import { startPatternPainter } from '../support/pattern-painter.ts';
import type { LinkCounters, PathCounters } from './link.ts';
import type { Namespace } from './namespace.ts';
import { Network, SERVER_ADDRESS } from './network.ts';
import { startProgram } from './program.ts';
import type { Change, Scenario, Variant } from './scenarios.ts';
import { Viewer, type ViewerReport } from './viewer.ts';

/** A path's counters at one moment of the measurement. */
export interface LinkSample {
  readonly atMs: number;
  readonly rateBps: number;
  readonly queuedBytes: number;
  readonly deliveredBytes: number;
}

/** One viewer's part of a run. */
export interface ViewerRun extends ViewerReport {
  /** The path's way down every 200 ms. */
  readonly link: readonly LinkSample[];
  /** What the way down did during the measurement. */
  readonly path: Pick<PathCounters, 'lost' | 'tailDropped' | 'udpDropped' | 'latePackets'>;
}

export interface RunOptions {
  readonly measureMs: number;
  readonly seed: number;
}

/** Buffers, estimates and just-in-time compilers settle in this time. */
const WARM_UP_MS = 5_000;
const LINK_SAMPLE_MS = 200;

/** The gateway on one end, Chromium on the other ends, a program that paints on the desktop, and the scenario between them. */
export async function runScenario(
  scenario: Scenario,
  variant: Variant,
  options: RunOptions,
): Promise<readonly ViewerRun[]> {
  const closers: (() => Promise<unknown>)[] = [];
  try {
    const network = await Network.open({
      clients: scenario.viewers,
      seed: options.seed,
      ...(variant.congestionControl !== undefined && {
        congestionControl: variant.congestionControl,
      }),
    });
    closers.push(() => network.close());
    const flags = ['--host', SERVER_ADDRESS];
    const desktop = await startDesktopGateway(flags, desktopLauncher(network.server));
    closers.push(() => desktop.close());
    const painter = await startPatternPainter({
      display: desktop.env['DISPLAY'] ?? '',
      authority: desktop.env['XAUTHORITY'] ?? '',
      framesPerSecond: 60,
      background: 'moving',
      // Its display's socket is where only the gateway sees it.
      launcher: ['nsenter', '--target', String(desktop.gateway.pid), '--mount', '--'],
    });
    closers.push(() => painter.close());
    const viewers: Viewer[] = [];
    for (const { namespace } of network.clients) {
      const link = await desktop.gateway.link();
      const viewer = await Viewer.open(namespace, link, variant.transport);
      closers.push(() => viewer.close());
      viewers.push(viewer);
    }
    if (scenario.keyframesEveryMs !== undefined) {
      const args = [await desktop.gateway.link(), scenario.keyframesEveryMs];
      const caller = startProgram(network.server, 'keyframe-caller.ts', args);
      closers.push(() => caller.end());
      await caller.next();
    }
    await delay(WARM_UP_MS);
    return await measure({ network, viewers, scenario, options });
  } finally {
    for (const closer of closers.reverse()) await closer();
  }
}

/**
 * X servers keep out of each other's way by abstract sockets, which belong to a network namespace, but they share the socket
 * files: in a namespace of its own an X server would take the files of another one's display. It gets a folder of its own.
 */
function desktopLauncher({ launcher }: Namespace): readonly string[] {
  const folder = '/tmp/.X11-unix';
  const enter = `mkdir -p ${folder} && mount -t tmpfs -o mode=1777 none ${folder} && exec "$0" "$@"`;
  return [...launcher, 'unshare', '--mount', '--', 'sh', '-c', enter];
}

interface Measurement {
  readonly network: Network;
  readonly viewers: readonly Viewer[];
  readonly scenario: Scenario;
  readonly options: RunOptions;
}

async function measure(measurement: Measurement): Promise<readonly ViewerRun[]> {
  const { network, viewers, scenario, options } = measurement;
  const { measureMs } = options;
  await Promise.all(viewers.map((viewer) => viewer.begin()));
  const recorders = network.clients.map(({ link }) => recordLink(() => link.counters()));
  applyChanges(network, scenario.changes?.(measureMs) ?? []);
  await delay(measureMs);
  const reports = await Promise.all(viewers.map((viewer) => viewer.end()));
  const links = await Promise.all(recorders.map((recorder) => recorder.stop()));
  return reports.map((report, i) => {
    const counters = links[i] ?? [];
    const [first, last] = [counters[0], counters.at(-1)];
    const step = (name: keyof ViewerRun['path']): number =>
      (last?.ab[name] ?? 0) - (first?.ab[name] ?? 0);
    return {
      ...report,
      link: counters.map(({ timeUs, ab }) => ({
        atMs: (timeUs - (first?.timeUs ?? 0)) / 1_000,
        rateBps: ab.rateBps,
        queuedBytes: ab.queuedBytes,
        deliveredBytes: ab.deliveredBytes - (first?.ab.deliveredBytes ?? 0),
      })),
      path: {
        lost: step('lost'),
        tailDropped: step('tailDropped'),
        udpDropped: step('udpDropped'),
        latePackets: step('latePackets'),
      },
    };
  });
}

/** Sets what changes on every path, at its time. */
export function applyChanges({ clients }: Network, changes: readonly Change[]): void {
  for (const { atMs, direction, settings } of changes) {
    for (const { link } of clients) link.set(direction, settings, atMs);
  }
}

/** Notes a path's counters until it is stopped. */
export function recordLink(read: () => Promise<LinkCounters>): {
  stop(): Promise<readonly LinkCounters[]>;
} {
  const counters: LinkCounters[] = [];
  const stopped = new AbortController();
  const recording = (async () => {
    while (!stopped.signal.aborted) {
      counters.push(await read());
      await delay(LINK_SAMPLE_MS);
    }
  })();
  return {
    stop: async () => {
      stopped.abort();
      await recording;
      return counters;
    },
  };
}
