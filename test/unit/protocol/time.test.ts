import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  fromMicros32,
  micros,
  micros32,
  micros32Difference,
  millis,
  toMicros32,
  toWireMillis,
} from '../../../protocol/time.ts';

/** Half of the span after which a 32-bit stamp repeats. */
const half = 2 ** 31;

describe('32-bit stamps', () => {
  it('are restored when they are less than 35.8 minutes away', () => {
    const distance = fc.integer({ min: -half + 1, max: half - 1 });
    fc.assert(
      fc.property(fc.integer({ min: half, max: 2 ** 52 }), distance, (near, away) => {
        const moment = micros(near + away);
        expect(fromMicros32(toMicros32(moment), micros(near))).toBe(moment);
      }),
    );
  });

  it('give the distance across the wrap', () => {
    expect(micros32Difference(micros32(0x10), micros32(0xffff_fff0))).toBe(32);
    expect(micros32Difference(micros32(0xffff_fff0), micros32(0x10))).toBe(-32);
  });
});

describe('toWireMillis', () => {
  it.each([
    [0, 0],
    [0.001, 1],
    [0.6, 1],
    [1.4, 1],
    [1.5, 2],
    [150, 150],
  ])('writes %d as %d', (span, expected) => {
    expect(toWireMillis(millis(span))).toBe(expected);
  });
});
