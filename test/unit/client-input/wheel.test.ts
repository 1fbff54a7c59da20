import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { InputEvent } from '../../../protocol/input.ts';
import { WheelAccumulator } from '../../../client/input/wheel.ts';

const turn = (dx: number, dy: number): InputEvent => ({ type: 'wheel', dx, dy });

describe('WheelAccumulator', () => {
  test.each([
    ['Chromium on Windows', { deltaY: 100, deltaMode: 0, wheelDeltaY: -120 }, 120],
    ['Chromium on Linux', { deltaY: 120, deltaMode: 0, wheelDeltaY: -120 }, 120],
    ['two notches at once', { deltaY: -240, deltaMode: 0, wheelDeltaY: 240 }, -240],
    ['Firefox, in lines', { deltaY: 3, deltaMode: 1 }, 120],
    ['a page', { deltaY: 1, deltaMode: 2 }, 1200],
    ['a touchpad', { deltaY: 10, deltaMode: 0, wheelDeltaY: -30 }, 12],
    ['a touchpad that hits 120 by chance', { deltaY: 40, deltaMode: 0, wheelDeltaY: -120 }, 48],
  ])('%s', (_name, facts, expected) => {
    expect(new WheelAccumulator().push({ deltaX: 0, ...facts })).toEqual(turn(0, expected));
  });

  test('sideways', () => {
    const facts = { deltaX: -100, deltaY: 0, deltaMode: 0, wheelDeltaX: 120 };
    expect(new WheelAccumulator().push(facts)).toEqual(turn(-120, 0));
  });

  test('fractions add up instead of getting lost', () => {
    const wheel = new WheelAccumulator();
    const facts = { deltaX: 0, deltaY: 0.25, deltaMode: 0 };
    const sent = Array.from({ length: 400 }, () => wheel.push(facts)).filter((event) => event);
    // 100 pixels are 120 steps; the last one may still be a rounding error away.
    expect(sent.length).toBeGreaterThanOrEqual(119);
  });

  test('nothing is sent for nothing', () => {
    const wheel = new WheelAccumulator();
    expect(wheel.push({ deltaX: 0, deltaY: 0, deltaMode: 0 })).toBeUndefined();
    expect(wheel.push({ deltaX: 0, deltaY: Number.NaN, deltaMode: 0 })).toBeUndefined();
  });

  test('any sequence of pixel deltas sums to 1.2 steps per pixel', () => {
    const delta = fc.double({ min: -300, max: 300, noNaN: true });
    fc.assert(
      fc.property(fc.array(delta, { maxLength: 200 }), (deltas) => {
        const wheel = new WheelAccumulator();
        let sum = 0;
        for (const deltaY of deltas) {
          const event = wheel.push({ deltaX: 0, deltaY, deltaMode: 0 });
          if (event?.type === 'wheel') sum += event.dy;
        }
        const pixels = deltas.reduce((total, value) => total + value, 0);
        expect(Math.abs(sum - pixels * 1.2)).toBeLessThan(1.001);
      }),
    );
  });
});
