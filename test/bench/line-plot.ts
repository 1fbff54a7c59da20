/** A line of a plot. Points in their order; a NaN breaks the line. */
export interface PlotLine {
  readonly name: string;
  readonly points: readonly (readonly [x: number, y: number])[];
  /** Drawn thin and dashed: a limit or a given, not a result. */
  readonly isReference?: boolean;
}

export interface LinePlot {
  readonly title: string;
  readonly x: string;
  readonly y: string;
  /** Powers of ten, for what spans several of them; values below `yMin` are drawn there. */
  readonly isLogarithmic: boolean;
  readonly yMin: number;
  readonly lines: readonly PlotLine[];
}

const WIDTH = 910;
const HEIGHT = 360;
const [LEFT, RIGHT, TOP, BOTTOM] = [64, 226, 40, 44];

/** Told apart with every usual kind of colour vision (Okabe and Ito). */
const COLOURS = ['#0072b2', '#d55e00', '#009e73', '#cc79a7', '#e69f00', '#56b4e9', '#000000'];
const GRID = '#d8d8d8';
const INK = '#333333';

/** Where a value is on the picture, and the values that get a grid line. */
interface Axis {
  place(value: number): number;
  readonly ticks: readonly number[];
}

/** The plot as an SVG document on white, so that it can be read on light and on dark pages. */
export function drawLinePlot({ title, x, y, isLogarithmic, yMin, lines }: LinePlot): string {
  const all = lines.flatMap(({ points }) => points);
  const xAxis = linearAxis([0, largest(all.map(([value]) => value))], [LEFT, WIDTH - RIGHT]);
  const span = [yMin, largest(all.map(([, value]) => value))] as const;
  const yAxis = (isLogarithmic ? logarithmicAxis : linearAxis)(span, [HEIGHT - BOTTOM, TOP]);
  const bottom = HEIGHT - BOTTOM;
  const parts = [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" font-family="sans-serif" font-size="12" fill="${INK}">`,
    `<rect width="${WIDTH}" height="${HEIGHT}" fill="#ffffff"/>`,
    `<text x="${LEFT}" y="22" font-size="14" font-weight="bold">${escape(title)}</text>`,
    ...yAxis.ticks.map((tick) => {
      const at = round(yAxis.place(tick));
      return `<path d="M${LEFT} ${at}H${WIDTH - RIGHT}" stroke="${GRID}"/><text x="${LEFT - 8}" y="${at + 4}" text-anchor="end">${tick}</text>`;
    }),
    ...xAxis.ticks.map((tick) => {
      const at = round(xAxis.place(tick));
      return `<path d="M${at} ${bottom}v5" stroke="${INK}"/><text x="${at}" y="${bottom + 18}" text-anchor="middle">${tick}</text>`;
    }),
    `<path d="M${LEFT} ${TOP}V${bottom}H${WIDTH - RIGHT}" fill="none" stroke="${INK}"/>`,
    `<text x="${(LEFT + WIDTH - RIGHT) / 2}" y="${HEIGHT - 8}" text-anchor="middle">${escape(x)}</text>`,
    `<text transform="translate(16 ${(TOP + bottom) / 2}) rotate(-90)" text-anchor="middle">${escape(y)}</text>`,
    ...lines.flatMap((line, index) => drawLine(line, { index, xAxis, yAxis, yMin })),
    '</svg>',
  ];
  return `${parts.join('\n')}\n`;
}

interface Placement {
  readonly index: number;
  readonly xAxis: Axis;
  readonly yAxis: Axis;
  readonly yMin: number;
}

function drawLine(line: PlotLine, { index, xAxis, yAxis, yMin }: Placement): readonly string[] {
  const colour = line.isReference === true ? '#888888' : (COLOURS[index % COLOURS.length] ?? INK);
  const style =
    line.isReference === true ? 'stroke-width="1" stroke-dasharray="5 4"' : 'stroke-width="1.8"';
  let isPenDown = false;
  const path = line.points
    .map(([x, y]) => {
      const move = isPenDown ? 'L' : 'M';
      isPenDown = Number.isFinite(y);
      if (!isPenDown) return '';
      return `${move}${round(xAxis.place(x))} ${round(yAxis.place(Math.max(y, yMin)))}`;
    })
    .join('');
  const [keyX, keyY] = [WIDTH - RIGHT + 12, TOP + 10 + index * 18];
  return [
    `<path d="${path}" fill="none" stroke="${colour}" stroke-linejoin="round" ${style}/>`,
    `<path d="M${keyX} ${keyY}h18" stroke="${colour}" ${style}/>`,
    `<text x="${keyX + 24}" y="${keyY + 4}">${escape(line.name)}</text>`,
  ];
}

type Span = readonly [from: number, to: number];

function linearAxis([from, to]: Span, [low, high]: Span): Axis {
  const step = niceStep((to - from) / 6);
  const count = Math.floor((to - from) / step);
  return {
    place: (value) => low + ((value - from) / (to - from)) * (high - low),
    ticks: Array.from({ length: count + 1 }, (_, i) => Number((from + i * step).toPrecision(6))),
  };
}

function logarithmicAxis([from, to]: Span, [low, high]: Span): Axis {
  const [first, last] = [Math.floor(Math.log10(from)), Math.ceil(Math.log10(to))];
  return {
    place: (value) => low + ((Math.log10(value) - first) / (last - first)) * (high - low),
    ticks: Array.from({ length: last - first + 1 }, (_, i) => 10 ** (first + i)),
  };
}

/** 1, 2 or 5 times a power of ten, at least `step`. */
function niceStep(step: number): number {
  const power = 10 ** Math.floor(Math.log10(step));
  return ([1, 2, 5, 10].find((factor) => factor * power >= step) ?? 10) * power;
}

const largest = (values: readonly number[]): number =>
  values.reduce((most, value) => (value > most ? value : most), 1);

const round = (value: number): number => Math.round(value * 10) / 10;

const escape = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
