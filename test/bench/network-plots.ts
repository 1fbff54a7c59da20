import { binsOf, type Sample } from '../lab/measurement.ts';
import { drawLinePlot, type PlotLine } from './line-plot.ts';
import { percentile } from './percentiles.ts';
import { runName, type NetworkRun, type Point } from './network-run.ts';
import { groupsOf } from './network-tables.ts';

/** Width of a slice of the run: long enough for a p95, short enough to show a step. */
const SLICE_MS = 250;

/** Plots of all scenarios, by the names that the page uses. */
export function plotsOf(
  runs: readonly NetworkRun[],
): readonly { readonly file: string; readonly svg: string }[] {
  return groupsOf(runs).flatMap(({ scenario, runs: all }) => {
    const measured = all.filter(({ series }) => series !== undefined);
    const [first] = measured;
    if (first === undefined) return [];
    const { title, goals } = first;
    const latency = drawLinePlot({
      title: `Video, capture to complete: ${title}`,
      x: 'seconds',
      y: 'ms, p95 of each 250 ms',
      isLogarithmic: true,
      yMin: 10,
      lines: [...measured.map(latencyLine), ...goalLine(goals.videoP95Ms, first)],
    });
    const spread = drawLinePlot({
      title: `Video, capture to complete: ${title}`,
      x: '% of the pictures are at most as late as',
      y: 'ms',
      isLogarithmic: true,
      yMin: 10,
      lines: [...measured.map(spreadLine), ...goalPoint(goals.videoP95Ms)],
    });
    const plots = [
      { file: `network-${scenario}.svg`, svg: latency },
      { file: `network-${scenario}-spread.svg`, svg: spread },
    ];
    if (first.settling === undefined) return plots;
    const bitrate = drawLinePlot({
      title: `Video that arrives: ${title}`,
      x: 'seconds',
      y: 'Mbit/s',
      isLogarithmic: false,
      yMin: 0,
      lines: [...measured.map(bitrateLine), ...rateLine(measured)],
    });
    return [...plots, { file: `network-${scenario}-bitrate.svg`, svg: bitrate }];
  });
}

function latencyLine(run: NetworkRun): PlotLine {
  return {
    name: runName(run),
    points: slices(run).map(({ fromMs, p95 }) => [fromMs / 1_000, p95]),
  };
}

/** Latency by percentile: every whole one, and the last ones in tenths. */
function spreadLine(run: NetworkRun): PlotLine {
  const latencies = (run.series?.video ?? []).map(([, latencyMs]) => latencyMs);
  const percents = Array.from({ length: 110 }, (_, i) => (i < 100 ? i : 99 + (i - 99) / 10));
  return {
    name: runName(run),
    points: percents.map((percent) => [percent, percentile(latencies, percent / 100)]),
  };
}

/** The goal of p95, as a corner below which the line has to pass. */
function goalPoint(goalMs: number | undefined): readonly PlotLine[] {
  if (goalMs === undefined) return [];
  const points = [
    [0, goalMs],
    [95, goalMs],
  ] as const;
  return [{ name: `goal of p95, ${goalMs} ms`, points, isReference: true }];
}

function bitrateLine(run: NetworkRun): PlotLine {
  return {
    name: runName(run),
    points: slices(run, 1_000).map(({ fromMs, bitrateBps }) => [
      (fromMs + 500) / 1_000,
      bitrateBps / 1e6,
    ]),
  };
}

function goalLine(goalMs: number | undefined, { durationMs = 0 }: NetworkRun): readonly PlotLine[] {
  if (goalMs === undefined) return [];
  const points = [
    [0, goalMs],
    [durationMs / 1_000, goalMs],
  ] as const;
  return [{ name: `goal ${goalMs} ms`, points, isReference: true }];
}

/** The emulated rate, as its counters had it. */
function rateLine(runs: readonly NetworkRun[]): readonly PlotLine[] {
  const link = runs.find(({ series }) => (series?.link.length ?? 0) > 0)?.series?.link ?? [];
  if (link.length === 0) return [];
  const points = link.map(({ atMs, rateBps }) => [atMs / 1_000, rateBps / 1e6] as const);
  return [{ name: 'rate of the path', points, isReference: true }];
}

function slices({ series, durationMs = 0 }: NetworkRun, widthMs = SLICE_MS) {
  // The last slice is cut off by the end of the run, and would look like a drop of the bitrate.
  return binsOf((series?.video ?? []).map(sample), durationMs, widthMs).slice(0, -1);
}

const sample = ([atMs, latencyMs, bytes]: Point): Sample => ({ atMs, latencyMs, bytes });
