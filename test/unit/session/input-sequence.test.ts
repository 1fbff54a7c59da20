import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { InputEvent } from '../../../protocol/input.ts';
import { InputSequence } from '../../../server/session/input-sequence.ts';

const events = (from: number, to: number): InputEvent[] =>
  Array.from({ length: to - from }, (_, i) => ({ type: 'text', text: String(from + i) }));

describe('InputSequence', () => {
  it('takes each event once, whichever overlapping units arrive in whichever order', () => {
    const unit = fc
      .tuple(fc.integer({ min: 0, max: 40 }), fc.integer({ min: 0, max: 8 }))
      .map(([first, length]) => ({ first, events: events(first, first + length) }));
    fc.assert(
      fc.property(fc.array(unit, { maxLength: 60 }), (units) => {
        const sequence = new InputSequence();
        const taken = units.flatMap(({ first, events: part }) => sequence.take(first, part));
        expect(taken).toEqual(events(0, sequence.cumulative));
      }),
    );
  });

  it('waits for the events before a gap', () => {
    const sequence = new InputSequence();
    expect(sequence.take(2, events(2, 4))).toEqual([]);
    expect(sequence.take(0, events(0, 4))).toEqual(events(0, 4));
    expect(sequence.cumulative).toBe(4);
  });
});
