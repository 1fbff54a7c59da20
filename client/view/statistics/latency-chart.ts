import { svg } from 'lit';
import type { TemplateResult } from 'lit';
import { chartFrame } from './chart-frame.ts';
import { latencyPaths, latencyScale } from './chart-geometry.ts';
import type { LatencyPoint } from './history.ts';

/** The total latency of the last minute: a line of medians, and above it the spread up to the 95th percentile. */
export function latencyChart(points: readonly LatencyPoint[]): TemplateResult {
  const scaleMs = latencyScale(points);
  const { line, spread } = latencyPaths(points, scaleMs);
  return chartFrame({
    summary: summaryOf(points),
    top: `${scaleMs} ms`,
    shapes: svg`<path class="spread" d=${spread} /><path class="line" d=${line} />`,
  });
}

function summaryOf(points: readonly LatencyPoint[]): string {
  if (points.length === 0) return 'Latency of the last minute: nothing measured yet';
  const lowest = Math.min(...points.map(({ p50Ms }) => p50Ms));
  const highest = Math.max(...points.map(({ p95Ms }) => p95Ms));
  return `Latency of the last minute: ${Math.round(lowest)} to ${Math.round(highest)} milliseconds`;
}
