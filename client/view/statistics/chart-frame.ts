import { html, svg } from 'lit';
import type { SVGTemplateResult, TemplateResult } from 'lit';
import { CHART_HEIGHT, CHART_WIDTH } from './chart-geometry.ts';

/** Heights of the grid lines, as parts of the scale. */
const GRID = [0, 0.5, 1] as const;

/** What is inside the frame of a chart, and what is said of it. */
export interface ChartContent {
  /** For those who do not see it. */
  readonly summary: string;
  /** What stands at the top of the scale. */
  readonly top: string;
  readonly shapes: SVGTemplateResult;
}

/** Grid, scale and time axis of a chart of the last minute. */
export function chartFrame({ summary, top, shapes }: ChartContent): TemplateResult {
  const grid = GRID.map((part) => {
    const y = CHART_HEIGHT * part;
    return svg`<line class="grid" x1="0" x2=${CHART_WIDTH} y1=${y} y2=${y} />`;
  });
  return html`
    <figure class="chart">
      <div class="plot">
        <svg
          role="img"
          aria-label=${summary}
          viewBox="0 0 ${CHART_WIDTH} ${CHART_HEIGHT}"
          preserveAspectRatio="none"
        >
          ${grid} ${shapes}
        </svg>
        <span class="scale top" aria-hidden="true">${top}</span>
        <span class="scale bottom" aria-hidden="true">0</span>
      </div>
      <figcaption><span>60 s ago</span><span>now</span></figcaption>
    </figure>
  `;
}
