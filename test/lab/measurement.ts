import { percentile } from '../bench/percentiles.ts';

/** A picture or sound packet that was complete at the client. */
export interface Sample {
  /** Milliseconds from the beginning of the measurement. */
  readonly atMs: number;
  /** From capture (for what was shown: from painting) until then. */
  readonly latencyMs: number;
  readonly bytes: number;
}

/** What one viewer saw during a measurement. */
export interface ViewerRecord {
  readonly durationMs: number;
  readonly video: readonly Sample[];
  readonly audio: readonly Sample[];
  /** Pictures drawn that showed something new; `latencyMs` from painted to drawn, no bytes. */
  readonly shown: readonly Sample[];
}

/** Milliseconds; NaN without samples. */
export interface Percentiles {
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
}

/** A viewer's run in numbers. */
export interface Figures {
  readonly video: Percentiles;
  readonly audio: Percentiles;
  readonly glass: Percentiles;
  readonly framesPerSecond: number;
  /** Times without a new picture of more than 100 ms, a minute. */
  readonly freezesPerMinute: number;
  readonly longestFreezeMs: number;
  /** Video and sound that became complete. */
  readonly bitrateBps: number;
}

/** A gap between two new pictures from here on is a freeze. */
export const FREEZE_MS = 100;

export function figuresOf({ durationMs, video, audio, shown }: ViewerRecord): Figures {
  const gaps = gapsOf(shown, durationMs);
  const bytes = [...video, ...audio].reduce((sum, sample) => sum + sample.bytes, 0);
  return {
    video: percentilesOf(video),
    audio: percentilesOf(audio),
    glass: percentilesOf(shown),
    framesPerSecond: (shown.length * 1_000) / durationMs,
    freezesPerMinute: (gaps.filter((gap) => gap > FREEZE_MS).length * 60_000) / durationMs,
    longestFreezeMs: Math.max(...gaps),
    bitrateBps: (bytes * 8_000) / durationMs,
  };
}

function percentilesOf(samples: readonly Sample[]): Percentiles {
  const latencies = samples.map(({ latencyMs }) => latencyMs);
  return {
    p50: percentile(latencies, 0.5),
    p95: percentile(latencies, 0.95),
    p99: percentile(latencies, 0.99),
  };
}

/** Times between new pictures, those at both ends of the measurement included: a picture that never comes is a freeze, too. */
function gapsOf(shown: readonly Sample[], durationMs: number): readonly number[] {
  const times = [0, ...shown.map(({ atMs }) => atMs), durationMs];
  return times.slice(1).map((time, i) => time - (times[i] ?? 0));
}

/** One slice of time. */
export interface Bin extends Percentiles {
  readonly fromMs: number;
  readonly samples: number;
  readonly bitrateBps: number;
}

/** The run in slices of `widthMs`, by time of arrival; a slice without samples has NaN percentiles. */
export function binsOf(samples: readonly Sample[], durationMs: number, widthMs: number): Bin[] {
  const slices: Sample[][] = Array.from({ length: Math.ceil(durationMs / widthMs) }, () => []);
  for (const sample of samples) slices[Math.floor(sample.atMs / widthMs)]?.push(sample);
  return slices.map((slice, i) => ({
    fromMs: i * widthMs,
    samples: slice.length,
    ...percentilesOf(slice),
    bitrateBps: (slice.reduce((sum, { bytes }) => sum + bytes, 0) * 8_000) / widthMs,
  }));
}

/** Width of the slices in which settling is looked for. */
const SETTLE_MS = 250;

/**
 * How long after `fromMs` the latency comes below `limitMs` (p95 of a slice) for good until `untilMs`; `undefined` when it does
 * not.
 */
export function settledAfter(
  samples: readonly Sample[],
  { fromMs, untilMs, limitMs }: Readonly<Record<'fromMs' | 'untilMs' | 'limitMs', number>>,
): number | undefined {
  const inside = samples.filter(({ atMs }) => atMs >= fromMs && atMs < untilMs);
  const shifted = inside.map((sample) => ({ ...sample, atMs: sample.atMs - fromMs }));
  const bins = binsOf(shifted, untilMs - fromMs, SETTLE_MS);
  const lastBad = bins.findLastIndex(({ p95 }) => !(p95 <= limitMs));
  return lastBad === bins.length - 1 ? undefined : (lastBad + 1) * SETTLE_MS;
}

/** How long after `fromMs` a second of arrivals first carries `bitrateBps`; `undefined` when none does. */
export function reachedAfter(
  samples: readonly Sample[],
  { fromMs, untilMs, bitrateBps }: Readonly<Record<'fromMs' | 'untilMs' | 'bitrateBps', number>>,
): number | undefined {
  for (let end = fromMs + SETTLE_MS; end <= untilMs; end += SETTLE_MS) {
    const second = samples.filter(({ atMs }) => atMs >= end - 1_000 && atMs < end);
    if (second.reduce((sum, { bytes }) => sum + bytes, 0) * 8 >= bitrateBps) return end - fromMs;
  }
  return undefined;
}
