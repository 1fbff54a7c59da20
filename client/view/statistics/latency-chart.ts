import { html, svg } from 'lit';
import type { TemplateResult } from 'lit';
import { CHART_HEIGHT, CHART_WIDTH, chartPaths, scaleOf } from './chart-geometry.ts';
import type { HistoryPoint } from './latency-history.ts';

/** Heights of the grid lines, as parts of the scale. */
const GRID = [0, 0.5, 1] as const;

/** The total latency of the last minute: a line of medians, and above it the spread up to the 95th percentile. */
export function latencyChart(points: readonly HistoryPoint[]): TemplateResult {
  const scaleMs = scaleOf(points);
  const { line, spread } = chartPaths(points, scaleMs);
  const grid = GRID.map((part) => {
    const y = CHART_HEIGHT * part;
    return svg`<line class="grid" x1="0" x2=${CHART_WIDTH} y1=${y} y2=${y} />`;
  });
  return html`
    <figure class="chart">
      <div class="plot">
        <svg
          role="img"
          aria-label=${summaryOf(points)}
          viewBox="0 0 ${CHART_WIDTH} ${CHART_HEIGHT}"
          preserveAspectRatio="none"
        >
          ${grid}
          <path class="spread" d=${spread} />
          <path class="line" d=${line} />
        </svg>
        <span class="scale top" aria-hidden="true">${scaleMs} ms</span>
        <span class="scale bottom" aria-hidden="true">0</span>
      </div>
      <figcaption><span>60 s ago</span><span>now</span></figcaption>
    </figure>
  `;
}

function summaryOf(points: readonly HistoryPoint[]): string {
  if (points.length === 0) return 'Latency of the last minute: nothing measured yet';
  const lowest = Math.min(...points.map(({ p50Ms }) => p50Ms));
  const highest = Math.max(...points.map(({ p95Ms }) => p95Ms));
  return `Latency of the last minute: ${Math.round(lowest)} to ${Math.round(highest)} milliseconds`;
}
