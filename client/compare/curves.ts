/** The curves of a report's plots: pure functions to columns on a common x axis. */
import { quantile } from './figures.ts';
import type { ComparisonReport, ReportRun } from './report.ts';

/** One line of a plot; `values` has a value, or null for a gap, for each x. */
export interface Curve {
  /** Index into the candidates: colour and name. */
  readonly candidate: number;
  readonly values: readonly (number | null)[];
}

/** The lines of one plot on their common x axis; the unit is that of the function that makes them. */
export interface Curves {
  readonly x: readonly number[];
  readonly curves: readonly Curve[];
}

/** Points of a distribution: more than there are pixels between two of them. */
const DISTRIBUTION_POINTS = 160;

/** A distribution is drawn up to the highest of the candidates' quantiles of this part: the rest is in the table's p99. */
const DRAWN_PART = 0.995;

/** Width of a step in time, s. */
const TIME_STEP_S = 0.25;

/** For each candidate: the part of its frames, in percent, whose latency is at most x ms. */
export function distributionCurves(report: ComparisonReport): Curves {
  return distributionOf(
    report.candidates.map((_, index) =>
      report.runs
        .filter(({ candidate }) => candidate === index)
        .flatMap(({ latenciesMs }) => latenciesMs),
    ),
  );
}

/** For each list: the part of its values, in percent, that are at most x; a list without values has no curve. */
export function distributionOf(lists: readonly (readonly number[])[]): Curves {
  const sorted = lists.map((values) => [...values].sort((a, b) => a - b));
  const drawn = sorted.filter(({ length }) => length > 0);
  if (drawn.length === 0) return { x: [], curves: [] };
  const least = Math.min(...drawn.map((values) => values[0] ?? 0));
  const most = Math.max(...drawn.map((values) => quantile(values, DRAWN_PART)));
  const step = Math.max(most - least, 1) / (DISTRIBUTION_POINTS - 1);
  const x = Array.from({ length: DISTRIBUTION_POINTS }, (_, index) => least + index * step);
  const curves = sorted.flatMap((values, candidate) =>
    values.length === 0 ? [] : [{ candidate, values: shareUpTo(values, x) }],
  );
  return { x, curves };
}

/** For each run: the 95th percentile of each quarter of a second, over the seconds since its run began. */
export function timeCurves(report: ComparisonReport): Curves {
  const steps = Math.ceil(report.secondsPerRun / TIME_STEP_S);
  const x = Array.from({ length: steps }, (_, index) => (index + 0.5) * TIME_STEP_S);
  const curves = report.runs.map((run) => ({
    candidate: run.candidate,
    values: steps95(run, steps),
  }));
  return { x, curves };
}

/** How much of the ascending `values` is at most each of the ascending `x`, percent. */
function shareUpTo(values: readonly number[], x: readonly number[]): readonly number[] {
  let count = 0;
  return x.map((limit) => {
    while (count < values.length && (values[count] ?? 0) <= limit + 1e-9) count += 1;
    return (100 * count) / values.length;
  });
}

function steps95({ atMs, latenciesMs }: ReportRun, steps: number): readonly (number | null)[] {
  const binned = Array.from({ length: steps }, (): number[] => []);
  atMs.forEach((at, index) => {
    binned[Math.floor(at / 1000 / TIME_STEP_S)]?.push(latenciesMs[index] ?? 0);
  });
  return binned.map((values) =>
    values.length === 0
      ? null
      : quantile(
          values.sort((a, b) => a - b),
          0.95,
        ),
  );
}
