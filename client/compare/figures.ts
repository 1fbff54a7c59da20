/** The figures of runs: pure functions from what was recorded. */

import { joinedMeans, type StageMeans } from './stage-means.ts';

/** Frames that were not shown, by the reason. */
export interface DroppedFrames {
  /** Given up by the gateway: past the deadline. */
  readonly deadline: number;
  /** Given up by the gateway for a newer keyframe. */
  readonly superseded: number;
  /** Given up by the gateway for another reason. */
  readonly givenUp: number;
  /** Arrived without what they depend on. */
  readonly undecodable: number;
  /** Decoded, but a newer one was ready. */
  readonly skipped: number;
  /** Decoded for those after them alone. */
  readonly late: number;
}

/** Reasons in the order of a frame's way. */
export const dropReasons = [
  'deadline',
  'superseded',
  'givenUp',
  'undecodable',
  'skipped',
  'late',
] as const satisfies readonly (keyof DroppedFrames)[];

/** What is kept of one run. */
export interface RunSample {
  readonly durationMs: number;
  /** Frames shown. */
  readonly shown: number;
  /** Latencies of the frames shown, ms; fewer where clocks or pattern could not be read. */
  readonly latenciesMs: readonly number[];
  readonly freezesMs: readonly number[];
  readonly dropped: DroppedFrames;
  /** Null where there was no sound to run dry. */
  readonly audioUnderruns: number | null;
  readonly receivedBytes: number;
  /** Where the time went; absent in reports of older pages. */
  readonly stages?: StageMeans;
}

/** Percentiles of a latency, ms. */
export interface Percentiles {
  readonly p50Ms: number;
  readonly p95Ms: number;
  readonly p99Ms: number;
}

/** The figures of one run, or of several together. */
export interface Figures {
  readonly seconds: number;
  readonly shown: number;
  /** Null when no frame had a latency. */
  readonly latency: Percentiles | null;
  readonly framesPerSecond: number;
  /** Pauses of the picture of more than 100 ms while the desktop changed. */
  readonly freezes: number;
  readonly freezesPerMinute: number;
  readonly dropped: DroppedFrames;
  /** Dropped, of all frames that were shown or dropped. */
  readonly droppedPercent: number;
  readonly audioUnderruns: number | null;
  readonly bitrateKbps: number;
  /** Mean of each stage of which anything is known. */
  readonly stages: StageMeans;
}

/**
 * The value that `part` of the values do not exceed (nearest rank); NaN of nothing.
 *
 * @param sorted ascending
 * @param part 0 to 1
 */
export function quantile(sorted: readonly number[], part: number): number {
  const rank = Math.ceil(part * sorted.length) - 1;
  return sorted[Math.min(sorted.length - 1, Math.max(0, rank))] ?? Number.NaN;
}

/** Percentiles of values in any order; null without values. */
export function percentilesOf(values: readonly number[]): Percentiles | null {
  if (values.length === 0) return null;
  const sorted = [...values].sort((a, b) => a - b);
  const [p50Ms, p95Ms, p99Ms] = [0.5, 0.95, 0.99].map((part) => quantile(sorted, part));
  return { p50Ms: p50Ms ?? 0, p95Ms: p95Ms ?? 0, p99Ms: p99Ms ?? 0 };
}

/** The figures of runs put together: percentiles over all their frames, rates over all their time. */
export function figuresOf(runs: readonly RunSample[]): Figures {
  const sum = (of: (run: RunSample) => number): number =>
    runs.reduce((total, run) => total + of(run), 0);
  const seconds = sum(({ durationMs }) => durationMs) / 1000;
  const shown = sum((run) => run.shown);
  const freezes = sum(({ freezesMs }) => freezesMs.length);
  const dropped = droppedIn(runs);
  const lost = totalDropped(dropped);
  const underruns = runs.map(({ audioUnderruns }) => audioUnderruns);
  return {
    seconds,
    shown,
    latency: percentilesOf(runs.flatMap(({ latenciesMs }) => latenciesMs)),
    framesPerSecond: perSecond(shown, seconds),
    freezes,
    freezesPerMinute: perSecond(freezes, seconds) * 60,
    dropped,
    droppedPercent: shown + lost === 0 ? 0 : (100 * lost) / (shown + lost),
    audioUnderruns: underruns.includes(null)
      ? null
      : underruns.reduce<number>((total, count) => total + (count ?? 0), 0),
    bitrateKbps: perSecond(sum(({ receivedBytes }) => receivedBytes) * 8, seconds) / 1000,
    stages: joinedMeans(runs.map((run) => run.stages ?? {})),
  };
}

/** Frames that were not shown, whatever the reason. */
export function totalDropped(dropped: DroppedFrames): number {
  return dropReasons.reduce((total, reason) => total + dropped[reason], 0);
}

function droppedIn(runs: readonly RunSample[]): DroppedFrames {
  const of = (reason: keyof DroppedFrames): number =>
    runs.reduce((total, run) => total + run.dropped[reason], 0);
  return {
    deadline: of('deadline'),
    superseded: of('superseded'),
    givenUp: of('givenUp'),
    undecodable: of('undecodable'),
    skipped: of('skipped'),
    late: of('late'),
  };
}

const perSecond = (count: number, seconds: number): number => (seconds > 0 ? count / seconds : 0);
