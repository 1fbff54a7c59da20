import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  bitrateSteps,
  frameRateSteps,
  positionOf,
  stepsWithin,
} from '../../../client/view/settings/steps.ts';

test('the stops of a slider lie within the range, rise, and hold its ends and the present value', () => {
  const range = fc
    .tuple(fc.integer({ min: 100, max: 500_000 }), fc.integer({ min: 0, max: 400_000 }))
    .map(([least, span]) => ({ least, most: least + span }));
  fc.assert(
    fc.property(range, fc.double({ min: 0, max: 1, noNaN: true }), ({ least, most }, part) => {
      const present = Math.round(least + part * (most - least));
      const steps = stepsWithin(bitrateSteps, { least, most }, present);
      expect([steps[0], steps.at(-1)]).toEqual([least, most]);
      expect(steps).toContain(present);
      expect(steps.every((step, at) => at === 0 || step > (steps[at - 1] ?? step))).toBe(true);
      expect(steps[positionOf(present, steps)]).toBe(present);
    }),
  );
});

test('a value that is no stop stands at the nearest one, and auto at its own', () => {
  const steps = [...stepsWithin(frameRateSteps, { least: 10, most: 30 }, 'auto'), 'auto'] as const;
  expect(steps).toEqual([10, 15, 20, 24, 30, 'auto']);
  expect([positionOf(23, steps), positionOf(500, steps), positionOf('auto', steps)]).toEqual([
    3, 4, 5,
  ]);
  expect(positionOf('auto', [10, 20])).toBe(0);
});
