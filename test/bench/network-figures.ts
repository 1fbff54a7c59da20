import { loadavg } from 'node:os';
import {
  figuresOf,
  reachedAfter,
  settledAfter,
  type Sample,
  type ViewerRecord,
} from '../lab/measurement.ts';
import type { InputRecord } from '../lab/pointer-probe.ts';
import type { RivalName } from '../lab/rivals.ts';
import type { ViewerRun } from '../lab/run.ts';
import type { Scenario } from '../lab/scenarios.ts';
import type { SenderRecord } from '../lab/sender-state.ts';
import { compact, type Held, type NetworkRun, type StillCosts } from './network-run.ts';
import { percentile, spread } from './percentiles.ts';
import type { Row } from './report.ts';

type Base = Pick<NetworkRun, 'scenario' | 'title' | 'label' | 'oneWayMs' | 'goals' | 'sender'>;

/** What a run is called, whatever becomes of it. */
export function baseOf(
  { name, title, oneWayMs, goals }: Scenario,
  label: string,
  sender: NetworkRun['sender'],
): Base {
  return { scenario: name, title, label, oneWayMs, goals, sender };
}

/** A run without figures. */
export function failedRun(base: Base, error: unknown): NetworkRun {
  const failure = (error instanceof Error ? error.message : String(error)).split('\n', 1)[0] ?? '';
  return { ...base, load: load(), failure };
}

/** What the viewers of one run of Oriel saw. */
export function orielRuns(
  base: Base,
  scenario: Scenario,
  viewers: readonly ViewerRun[],
): readonly NetworkRun[] {
  return viewers.map((viewer, index) => ({
    ...base,
    viewer: viewers.length > 1 ? index + 1 : undefined,
    load: load(),
    durationMs: viewer.durationMs,
    figures: figuresOf(viewer),
    ...settling(scenario, viewer),
    page: pageOf(viewer),
    held: heldOf(viewer.held),
    ...(viewer.input !== undefined && { input: inputOf(viewer.input) }),
    series: { ...compact(viewer), link: viewer.link, backlog: viewer.held.backlog },
  }));
}

/** What arrived from a sender of another design. */
export function rivalRun(
  base: Base & { readonly congestionControl: 'cubic' | 'bbr'; readonly sender: RivalName },
  scenario: Scenario,
  { durationMs, video }: { readonly durationMs: number; readonly video: readonly Sample[] },
): NetworkRun {
  // A receiver without decoder and screen: what is complete counts as shown.
  const record: ViewerRecord = { durationMs, video, audio: [], shown: video };
  return {
    ...base,
    load: load(),
    durationMs,
    figures: { ...figuresOf(record), glass: { p50: NaN, p95: NaN, p99: NaN } },
    ...settling(scenario, record),
    series: { ...compact({ ...record, shown: [] }), link: [] },
  };
}

/** A desktop on which nothing moves. */
export function stillRun(base: Base, still: StillCosts): NetworkRun {
  return { ...base, load: load(), still };
}

function heldOf({ backlog, target, dropped }: SenderRecord): Held {
  const ages = backlog.map(([, age]) => age);
  const rates = target.map(([, bps]) => bps);
  const orNull = (value: number): number | null => (Number.isFinite(value) ? value : null);
  return {
    p50: orNull(percentile(ages, 0.5)),
    p95: orNull(percentile(ages, 0.95)),
    max: orNull(Math.max(...ages)),
    targetBps: orNull(percentile(rates, 0.5)),
    dropped,
  };
}

function inputOf({ motions, missing }: InputRecord): NonNullable<NetworkRun['input']> {
  return { ...spread(motions.map(({ latencyMs }) => latencyMs)), missing };
}

function pageOf({ transport, moves, clockUncertaintyMs, counters, stages, path }: ViewerRun) {
  return { transport, moves, clockUncertaintyMs, counters, stages, path };
}

/** Times to settle after a step down and a step up of the rate, where a scenario has both and there is time enough to see it. */
function settling(
  { changes, goals }: Scenario,
  { durationMs, video }: { readonly durationMs: number; readonly video: readonly Sample[] },
): Pick<NetworkRun, 'settling'> {
  const rates = changes?.(durationMs).filter(({ settings }) => settings.rateBps !== undefined);
  const [down, up] = rates ?? [];
  if (down === undefined || up === undefined) return {};
  const limitMs = goals.videoP95Ms ?? Number.NaN;
  const before = video.filter(({ atMs }) => atMs < down.atMs);
  const bitrateBps = (0.9 * before.reduce((sum, { bytes }) => sum + bytes, 0) * 8_000) / down.atMs;
  const [low, high] = [up.atMs - down.atMs, durationMs - up.atMs];
  const downMs = settledAfter(video, { fromMs: down.atMs, untilMs: up.atMs, limitMs }) ?? null;
  const upMs = reachedAfter(video, { fromMs: up.atMs, untilMs: durationMs, bitrateBps }) ?? null;
  return {
    settling: {
      ...((downMs !== null || low >= (goals.settledDownMs ?? 0)) && { downMs }),
      ...((upMs !== null || high >= (goals.settledUpMs ?? 0)) && { upMs }),
    },
  };
}

/** A line of the table that the command prints. */
export function rowOf(run: NetworkRun): Row {
  const { scenario, label, viewer, figures, goals, held, input, still } = run;
  const name = `${scenario} ${label}${viewer === undefined ? '' : `, viewer ${viewer}`}`;
  if (still !== undefined) {
    const percent = still.gatewayPercent + still.encodersPercent;
    return { label: name, figures: { 'CPU, %': percent, 'wire, kbit/s': still.wireKbps } };
  }
  if (figures === undefined) return { label: name, figures: { failure: run.failure ?? '' } };
  const { video, audio, glass } = figures;
  return {
    label: name,
    figures: {
      'video p50': video.p50,
      p95: video.p95,
      p99: video.p99,
      goal: goals.videoP95Ms ?? '',
      'audio p95': audio.p95,
      'p99 ': audio.p99,
      'glass p50': glass.p50,
      'p95 ': glass.p95,
      'input p95': input?.p95 ?? '',
      'held p95': held?.p95 ?? '',
      max: held?.max ?? '',
      fps: figures.framesPerSecond,
      'freezes/min': figures.freezesPerMinute,
      'longest ms': figures.longestFreezeMs,
      'Mbit/s': figures.bitrateBps / 1e6,
      dropped: Object.entries(held?.dropped ?? {})
        .map(([reason, count]) => `${reason} ${count}`)
        .join(' '),
      load: run.load,
    },
  };
}

/** Load average of the last minute: above the number of cores the figures say more about the machine than about the network. */
function load(): number {
  return Math.round((loadavg()[0] ?? 0) * 100) / 100;
}
