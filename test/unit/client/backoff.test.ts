import { describe, expect, it } from 'vitest';
import { Backoff } from '../../../client/transport/backoff.ts';

describe('backoff', () => {
  it('tries at once, then ever slower, and at once again after a reset', () => {
    const backoff = new Backoff();
    const waits = Array.from({ length: 7 }, () => backoff.next(0.5));
    expect(waits[0]).toBe(0);
    for (let at = 1; at < waits.length; at += 1) {
      expect(waits[at]).toBeGreaterThanOrEqual(waits[at - 1] ?? Number.NaN);
    }
    backoff.reset();
    expect(backoff.next(0.5)).toBe(0);
  });

  it('never sleeps through a quarter of a second of the first five, in which a killed gateway comes back', () => {
    const backoff = new Backoff();
    let sinceCut = 0;
    while (sinceCut < 5_000) {
      const wait = backoff.next(0.5);
      if (sinceCut + wait < 5_000) expect(wait).toBeLessThanOrEqual(250);
      sinceCut += wait;
    }
    expect(backoff.next(0.5)).toBeGreaterThan(250);
  });

  it('waits as long as the server asks', () => {
    expect(new Backoff().next(0, 9000)).toBe(9000);
  });
});
