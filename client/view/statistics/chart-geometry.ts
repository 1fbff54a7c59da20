/** Where the lines of the latency chart run: pure functions from points to SVG path data. */
import { HISTORY_SECONDS, type HistoryPoint } from './latency-history.ts';

/** Size of the chart's coordinate system; the element stretches it. */
export const CHART_WIDTH = 300;
export const CHART_HEIGHT = 64;

/** A pause of more than this many milliseconds between two points is a gap, not a line. */
const GAP_MS = 1_600;

/** Upper ends of the scale, in milliseconds. */
const SCALES = [20, 30, 50, 100, 200, 300, 500, 1_000, 2_000, 5_000] as const;

/** The smallest upper end of the scale that holds all points, in milliseconds. */
export function scaleOf(points: readonly HistoryPoint[]): number {
  const highest = Math.max(0, ...points.map(({ p95Ms }) => p95Ms));
  return SCALES.find((scale) => scale >= highest) ?? SCALES[SCALES.length - 1] ?? highest;
}

/** The chart of a minute that ends at the newest point. */
export interface ChartPaths {
  /** The medians. */
  readonly line: string;
  /** From the medians up to the 95th percentiles. */
  readonly spread: string;
}

/** Draws points, oldest first, on a scale from 0 to `scaleMs`. */
export function chartPaths(points: readonly HistoryPoint[], scaleMs: number): ChartPaths {
  const now = points.at(-1)?.at ?? 0;
  const x = ({ at }: HistoryPoint): string =>
    (CHART_WIDTH * (1 - (now - at) / (HISTORY_SECONDS * 1000))).toFixed(1);
  const y = (ms: number): string =>
    (CHART_HEIGHT * (1 - Math.min(1, Math.max(0, ms / scaleMs)))).toFixed(1);
  const paths = runsOf(points).map((run) => {
    const median = run.map((point) => `${x(point)} ${y(point.p50Ms)}`);
    const high = run.map((point) => `${x(point)} ${y(point.p95Ms)}`).reverse();
    return { line: `M${median.join('L')}`, spread: `M${[...median, ...high].join('L')}Z` };
  });
  return {
    line: paths.map(({ line }) => line).join(''),
    spread: paths.map(({ spread }) => spread).join(''),
  };
}

/** Cuts the points where nothing was measured for a while. */
function runsOf(points: readonly HistoryPoint[]): readonly (readonly HistoryPoint[])[] {
  const runs: HistoryPoint[][] = [];
  let before: HistoryPoint | undefined;
  for (const point of points) {
    if (before === undefined || point.at - before.at > GAP_MS) runs.push([]);
    runs.at(-1)?.push(point);
    before = point;
  }
  return runs;
}
