import { setTimeout as delay } from 'node:timers/promises';
import type { Page } from 'playwright-core';
import { startDesktopGateway } from '../support/desktop-gateway.ts';
import type { Gateway } from '../support/gateway.ts';
import { startPatternPainter } from '../support/pattern-painter.ts';
import { startTonePlayer } from '../support/tone-player.ts';
import { withClosers } from './closers.ts';
import type { WitnessReport } from './input-witness.ts';
import type { LinkCounters, PathCounters } from './link.ts';
import type { Namespace } from './namespace.ts';
import { Network, SERVER_ADDRESS } from './network.ts';
import { inputRecord, PointerProbe, type InputRecord } from './pointer-probe.ts';
import { startProgram, type LabProgram } from './program.ts';
import type { Change, Scenario, Variant } from './scenarios.ts';
import { senderRecords, type SenderRecord } from './sender-state.ts';
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
  /** What the gateway held for this viewer, and dropped. */
  readonly held: SenderRecord;
  /** Of the viewer who controls the desktop. */
  readonly input?: InputRecord;
}

export interface RunOptions {
  readonly measureMs: number;
  /** Buffers, estimates and just-in-time compilers settle in this time. */
  readonly warmUpMs: number;
  readonly seed: number;
  /** Height of the desktop, 1280 pixels wide; 100 at least. */
  readonly lines: number;
}

/** Of the desktop, pixels: the painted pattern needs nearly as much. */
const WIDTH = 1_280;

const LINK_SAMPLE_MS = 200;

/** Longer than a line of the gateway's log is apart from the next. */
const SETTLE_MS = 1_200;

/** The gateway on one end, Chromium on the other ends, a program that paints on the desktop, and the scenario between them. */
export async function runScenario(
  scenario: Scenario,
  variant: Variant,
  options: RunOptions,
): Promise<readonly ViewerRun[]> {
  return withClosers(async (closers) => {
    const network = await Network.open({
      clients: scenario.viewers,
      seed: options.seed,
      ...(variant.congestionControl !== undefined && {
        congestionControl: variant.congestionControl,
      }),
    });
    closers.push(() => network.close());
    const desktop = await startDesktopGateway(
      flagsOf(variant, options),
      desktopLauncher(network.server),
    );
    closers.push(() => desktop.close());
    const screen = {
      display: desktop.env['DISPLAY'] ?? '',
      authority: desktop.env['XAUTHORITY'] ?? '',
      // Its display's socket is where only the gateway sees it.
      launcher: ['nsenter', '--target', String(desktop.gateway.pid), '--mount', '--'],
    };
    const background = scenario.background ?? 'moving';
    const painter = await startPatternPainter({ ...screen, framesPerSecond: 60, background });
    closers.push(() => painter.close());
    closers.push(startTonePlayer(desktop.env));
    const witness = startProgram(screen, 'input-witness.ts', [screen.display, screen.authority]);
    closers.push(() => witness.end());
    await witness.next();
    const viewers: Viewer[] = [];
    for (const { namespace } of network.clients) {
      const link = await desktop.gateway.link();
      const viewer = await Viewer.open(namespace, link, variant);
      closers.push(() => viewer.close());
      viewers.push(viewer);
    }
    if (scenario.keyframesEveryMs !== undefined) {
      const args = [await desktop.gateway.link(), scenario.keyframesEveryMs];
      const caller = startProgram(network.server, 'keyframe-caller.ts', args);
      closers.push(() => caller.end());
      await caller.next();
    }
    const { gateway } = desktop;
    return measure({ network, viewers, gateway, witness, scenario, options });
  });
}

/** How the gateway is started; its debug log tells what it holds. */
function flagsOf({ codec, offersWebRtc }: Variant, { lines }: RunOptions): readonly string[] {
  const flags = ['--host', SERVER_ADDRESS, '--log-level', 'debug'];
  flags.push('--desktop-width', String(WIDTH), '--desktop-height', String(lines));
  if (offersWebRtc === true) flags.push('--webrtc');
  return codec === undefined ? flags : [...flags, '--video-codec', codec];
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
  readonly gateway: Gateway;
  readonly witness: LabProgram;
  readonly scenario: Scenario;
  readonly options: RunOptions;
}

async function measure(measurement: Measurement): Promise<readonly ViewerRun[]> {
  const { network, viewers, gateway, witness, scenario, options } = measurement;
  const { measureMs } = options;
  const pointer = await PointerProbe.start(pageOf(viewers), {
    width: WIDTH,
    height: options.lines,
  });
  await delay(options.warmUpMs);
  await Promise.all(viewers.map((viewer) => viewer.begin()));
  await pointer.take();
  const began = { monotonicMs: Number(process.hrtime.bigint()) / 1e6, wallMs: Date.now() };
  const recorders = network.clients.map(({ link }) => recordLink(() => link.counters()));
  applyChanges(network, scenario.changes?.(measureMs) ?? []);
  await delay(measureMs);
  const span = { beginMs: began.wallMs, endMs: Date.now() };
  const sent = await pointer.take();
  pointer.stop();
  const reports = await Promise.all(viewers.map((viewer) => viewer.end()));
  const links = await Promise.all(recorders.map((recorder) => recorder.stop()));
  // What is under way arrives, and the log tells once a second.
  await delay(SETTLE_MS);
  const held = senderRecords(gateway.log, viewers.length, span);
  const seen = witness.next() as Promise<WitnessReport>;
  await witness.end();
  const at = { place: pointer.place, beginMs: began.monotonicMs };
  const input = inputRecord(sent, await seen, at);
  return reports.map((report, i) => ({
    ...report,
    ...pathOf(links[i] ?? []),
    held: held[i] ?? { backlog: [], target: [], dropped: {} },
    ...(i === 0 && { input }),
  }));
}

/** The page of the viewer who came first, and has control. */
function pageOf([first]: readonly Viewer[]): Page {
  if (first === undefined) throw new RangeError('scenario: expected a viewer, got none');
  return first.page;
}

/** What a path's counters say about a measurement. */
function pathOf(counters: readonly LinkCounters[]): Pick<ViewerRun, 'link' | 'path'> {
  const [first, last] = [counters[0], counters.at(-1)];
  const step = (name: keyof ViewerRun['path']): number =>
    (last?.ab[name] ?? 0) - (first?.ab[name] ?? 0);
  return {
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
