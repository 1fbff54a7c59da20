/** Where the lines of the charts run: pure functions from points to SVG path data. */
import { HISTORY_SECONDS, type LatencyPoint, type RatePoint } from './history.ts';

/** Width of the charts' coordinate system; the element stretches it. */
export const CHART_WIDTH = 300;
/** Its height. */
export const CHART_HEIGHT = 64;

/** A pause of more than this many milliseconds between two points is a gap, not a line. */
const GAP_MS = 1_600;

/** Upper ends of the scale, in milliseconds. */
const LATENCY_SCALES = [20, 30, 50, 100, 200, 300, 500, 1_000, 2_000, 5_000] as const;

/** The same in bits per second. */
const RATE_SCALES = [1e5, 2e5, 5e5, 1e6, 2e6, 5e6, 1e7, 2e7, 5e7, 1e8, 2e8, 5e8] as const;

/** The part of the spreads that a scale holds: one moment of seconds would press the whole minute to the floor. A guess by eye. */
const HELD_PART = 0.9;

/** The smallest upper end of the scale that holds all medians and nearly all spreads, in milliseconds. */
export function latencyScale(points: readonly LatencyPoint[]): number {
  const spreads = points.map(({ p95Ms }) => p95Ms).sort((a, b) => a - b);
  const held = spreads[Math.ceil(HELD_PART * spreads.length) - 1] ?? 0;
  return scaleOf([held, ...points.map(({ p50Ms }) => p50Ms)], LATENCY_SCALES);
}

/** The smallest upper end of the scale that holds all that came and all targets, in bits per second. */
export function rateScale(points: readonly RatePoint[]): number {
  const values = points.map(({ deliveredBps, targetBps }) =>
    Math.max(deliveredBps, targetBps ?? 0),
  );
  return scaleOf(values, RATE_SCALES);
}

/** The chart of a minute that ends at the newest point. */
export interface LatencyPaths {
  /** The medians. */
  readonly line: string;
  /** From the medians up to the 95th percentiles. */
  readonly spread: string;
}

/** Draws points, oldest first, on a scale from 0 to `scaleMs`; what is higher is cut off there. */
export function latencyPaths(points: readonly LatencyPoint[], scaleMs: number): LatencyPaths {
  const place = placement(points, scaleMs);
  const paths = runsOf(points).map((run) => {
    const median = run.map((point) => place(point, point.p50Ms));
    const high = run.map((point) => place(point, point.p95Ms)).reverse();
    return { line: `M${median.join('L')}`, spread: `M${[...median, ...high].join('L')}Z` };
  });
  return {
    line: paths.map(({ line }) => line).join(''),
    spread: paths.map(({ spread }) => spread).join(''),
  };
}

/** The chart of a minute that ends at the newest point. */
export interface RatePaths {
  /** From the bottom up to what came. */
  readonly delivered: string;
  /** What the server aimed at. */
  readonly target: string;
}

/** Draws points, oldest first, on a scale from 0 to `scaleBps`. */
export function ratePaths(points: readonly RatePoint[], scaleBps: number): RatePaths {
  const place = placement(points, scaleBps);
  const delivered = runsOf(points).map((run) => {
    const [first, last] = [run[0], run.at(-1)];
    if (first === undefined || last === undefined) return '';
    const top = run.map((point) => place(point, point.deliveredBps));
    return `M${[place(first, 0), ...top, place(last, 0)].join('L')}Z`;
  });
  const aimed = points.filter(({ targetBps }) => targetBps !== undefined);
  const target = runsOf(aimed).map(
    (run) => `M${run.map((point) => place(point, point.targetBps ?? 0)).join('L')}`,
  );
  return { delivered: delivered.join(''), target: target.join('') };
}

interface Timed {
  readonly at: number;
}

/** Where a value stands: the newest point at the right end, 0 at the bottom, `scale` at the top. */
function placement(
  points: readonly Timed[],
  scale: number,
): (point: Timed, value: number) => string {
  const now = points.at(-1)?.at ?? 0;
  return ({ at }, value) => {
    const x = CHART_WIDTH * (1 - (now - at) / (HISTORY_SECONDS * 1000));
    const y = CHART_HEIGHT * (1 - Math.min(1, Math.max(0, value / scale)));
    return `${x.toFixed(1)} ${y.toFixed(1)}`;
  };
}

function scaleOf(values: readonly number[], scales: readonly number[]): number {
  const highest = Math.max(0, ...values);
  return scales.find((scale) => scale >= highest) ?? scales.at(-1) ?? highest;
}

/** Cuts the points where nothing was measured for a while. */
function runsOf<Point extends Timed>(points: readonly Point[]): readonly (readonly Point[])[] {
  const runs: Point[][] = [];
  let before: Point | undefined;
  for (const point of points) {
    if (before === undefined || point.at - before.at > GAP_MS) runs.push([]);
    runs.at(-1)?.push(point);
    before = point;
  }
  return runs;
}
