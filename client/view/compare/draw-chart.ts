/** Draws curves with uPlot (https://github.com/leeoniya/uPlot), which this file alone knows and brings along. */
import uPlot from 'uplot';
import plotStyles from 'uplot/dist/uPlot.min.css?inline';
import type { Curves } from '../../compare/curves.ts';
import { candidateDashes } from './candidate-colours.ts';

/** What a chart draws, and how its axes are called; values in the units of its curves. */
export interface ChartOptions {
  readonly curves: Curves;
  readonly xLabel: string;
  readonly yLabel: string;
  /** Upper end of the y axis; undefined for what the values need. */
  readonly yMost: number | undefined;
}

/** A chart on the page. */
export interface DrawnChart {
  /** Fits it to its place. */
  resize(): void;
  close(): void;
}

/** Height of a plot, CSS pixels. */
const HEIGHT = 240;

/** A style sheet object is no inline style to the page's policy. */
const sheet = new CSSStyleSheet();
sheet.replaceSync(plotStyles);

/** Draws into a place of a shadow tree; colours are the place's custom properties. */
export function drawChart(place: HTMLElement, options: ChartOptions): DrawnChart {
  const root = place.getRootNode();
  if (root instanceof ShadowRoot && !root.adoptedStyleSheets.includes(sheet)) {
    root.adoptedStyleSheets = [...root.adoptedStyleSheets, sheet];
  }
  const { x, curves } = options.curves;
  const columns = [[...x], ...curves.map(({ values }) => [...values])] as uPlot.AlignedData;
  const plot = new uPlot(plotOptions(place, options), columns, place);
  return {
    resize: () => plot.setSize({ width: widthOf(place), height: HEIGHT }),
    close: () => plot.destroy(),
  };
}

function plotOptions(
  place: HTMLElement,
  { curves, xLabel, yLabel, yMost }: ChartOptions,
): uPlot.Options {
  const colour = colourOf(place);
  const font = `12px ${getComputedStyle(place).fontFamily}`;
  const axis = (label: string, size: number): uPlot.Axis => ({
    label,
    labelSize: 22,
    labelFont: font,
    font,
    size,
    stroke: colour('--text-soft'),
    grid: { stroke: colour('--line'), width: 1 },
    ticks: { stroke: colour('--line'), width: 1, size: 4 },
  });
  return {
    width: widthOf(place),
    height: HEIGHT,
    legend: { show: false },
    cursor: { y: false, drag: { x: false, y: false } },
    scales: {
      x: { time: false },
      y: { range: (_plot, _least, most) => [0, yMost ?? Math.max(1, most * 1.08)] },
    },
    axes: [axis(xLabel, 30), axis(yLabel, 46)],
    series: [
      {},
      ...curves.curves.map(({ candidate }) => ({
        stroke: colour(`--candidate-${candidate + 1}`),
        width: 2,
        dash: [...(candidateDashes[candidate] ?? [])],
        points: { show: false },
        spanGaps: false,
      })),
    ],
  };
}

/** Custom properties as a canvas understands them: `light-dark()` is resolved by the page's own colour scheme. */
function colourOf(place: HTMLElement): (name: string) => string {
  return (name) => {
    const sample = document.createElement('span');
    sample.style.color = `var(${name})`;
    place.append(sample);
    const { color } = getComputedStyle(sample);
    sample.remove();
    return color;
  };
}

const widthOf = (place: HTMLElement): number => Math.max(200, Math.floor(place.clientWidth));
