import { expect, it } from 'vitest';
import { drawLinePlot, type PlotLine } from '../../bench/line-plot.ts';

const plot = (lines: readonly PlotLine[], isLogarithmic: boolean) =>
  drawLinePlot({ title: 'a < b', x: 'seconds', y: 'ms', isLogarithmic, yMin: 10, lines });

const line = {
  name: 'one',
  points: [
    [0, 10],
    [5, 100],
    [10, 1_000],
  ],
} as const;

/** The points of the first line, in pixels. */
function drawn(svg: string): readonly (readonly number[])[] {
  const path = /<path d="(M[^"]*)" fill="none" stroke="#0072b2"/.exec(svg)?.[1] ?? '';
  return [...path.matchAll(/[ML]([\d.]+) ([\d.]+)/g)].map(([, x, y]) => [Number(x), Number(y)]);
}

it('draws powers of ten at equal distances', () => {
  const svg = plot([line], true);
  const [first, second, third] = drawn(svg).map(([, y]) => y ?? 0);
  expect((first ?? 0) - (second ?? 0)).toBeCloseTo((second ?? 0) - (third ?? 0));
  for (const tick of [10, 100, 1_000]) expect(svg).toContain(`text-anchor="end">${tick}</text>`);
});

it('draws equal steps at equal distances, and what is too small at the bottom', () => {
  const points = [
    [0, 1],
    [5, 60],
    [10, 110],
  ] as const;
  const [first, second, third] = drawn(plot([{ name: 'one', points }], false)).map(([, y]) => y);
  expect(first).toBe(316);
  // Pixels are rounded to tenths.
  expect((first ?? 0) - (second ?? 0)).toBeCloseTo((second ?? 0) - (third ?? 0), 0);
});

it('breaks a line where there is no value', () => {
  const points = [
    [0, 10],
    [1, 10],
    [2, Number.NaN],
    [3, 10],
    [4, 10],
  ] as const;
  const svg = plot([{ name: 'one', points }], true);
  expect(
    /<path d="(M[^"]*)" fill="none" stroke="#0072b2"/.exec(svg)?.[1]?.match(/M/g),
  ).toHaveLength(2);
});

it('escapes its texts', () => {
  expect(plot([line], true)).toContain('a &lt; b');
});
