import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { runOrder } from '../../../client/compare/run-order.ts';

describe('the order of runs', () => {
  it('is ABBA for two candidates and two rounds', () => {
    expect(runOrder(2, 2).map(({ candidate }) => 'AB'[candidate])).toEqual(['A', 'B', 'B', 'A']);
  });

  it('is forwards, backwards, forwards for three', () => {
    const order = runOrder(3, 3).map(({ candidate }) => 'ABC'[candidate]);
    expect(order.join('')).toBe('ABCCBAABC');
  });

  it('runs each candidate once in each round, and meets an even drift evenly', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 2, max: 4 }),
        fc.integer({ min: 1, max: 6 }),
        (candidates, rounds) => {
          const order = runOrder(candidates, rounds);
          const places = Array.from({ length: candidates }, (): number[] => []);
          order.forEach(({ candidate }, place) => places[candidate]?.push(place));
          for (let round = 0; round < rounds; round += 1) {
            const inRound = order.filter((run) => run.round === round);
            expect(new Set(inRound.map(({ candidate }) => candidate)).size).toBe(candidates);
          }
          const sums = places.map((own) => own.reduce((sum, place) => sum + place, 0));
          if (rounds % 2 === 0) expect(new Set(sums).size).toBe(1);
        },
      ),
    );
  });
});
