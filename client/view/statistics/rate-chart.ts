import { svg } from 'lit';
import type { TemplateResult } from 'lit';
import { chartFrame } from './chart-frame.ts';
import { ratePaths, rateScale } from './chart-geometry.ts';
import { bitrate } from './facts.ts';
import type { RatePoint } from './history.ts';

/** What came in the last minute, filled, under the line of what the server aimed at. */
export function rateChart(points: readonly RatePoint[]): TemplateResult {
  const scaleBps = rateScale(points);
  const { delivered, target } = ratePaths(points, scaleBps);
  return chartFrame({
    summary: summaryOf(points.at(-1)),
    top: bitrate(scaleBps),
    shapes: svg`<path class="delivered" d=${delivered} /><path class="target" d=${target} />`,
  });
}

function summaryOf(newest: RatePoint | undefined): string {
  if (newest === undefined) return 'Bit rate of the last minute: nothing measured yet';
  const { deliveredBps, targetBps } = newest;
  const aim = targetBps === undefined ? '' : `, target ${bitrate(targetBps)}`;
  return `Bit rate of the last minute; now ${bitrate(deliveredBps)} delivered${aim}`;
}
