import { describe, expect, test } from 'vitest';
import { PathQueue } from '../../../server/schedule/path-queue.ts';
import { ms } from './messages.ts';

const CAPACITY_BPS = 8e6;

describe('what stands on the path', () => {
  test('is unknown until three messages were told of', () => {
    const queue = new PathQueue();
    queue.sent(50_000, ms(0));
    queue.met(ms(0), 30_000);
    queue.met(ms(0), 30_000);
    expect(queue.expected(CAPACITY_BPS, ms(10))).toBe(0);
    expect(queue.told).toBe(0);
  });

  test('grows with what was sent since, and goes with time', () => {
    const queue = new PathQueue();
    for (const [at, delayUs] of [
      [0, 60_000],
      [10, 51_000],
      [20, 42_000],
    ] as const) {
      queue.sent(1_000, ms(at));
      queue.met(ms(at), delayUs);
    }
    // What the last one met, its own millisecond, and 20 ms that were sent behind it; 30 ms have passed.
    queue.sent(20_000, ms(40));
    expect(queue.expected(CAPACITY_BPS, ms(50))).toBe(42_000 + 1_000 + 20_000 - 30_000);
    expect(queue.expected(CAPACITY_BPS, ms(90))).toBe(0);
  });

  test('is what the most hopeful of three says: one message that came late is none', () => {
    const queue = new PathQueue();
    for (const [at, delayUs] of [
      [0, 0],
      [10, 0],
      [20, 70_000],
    ] as const) {
      queue.sent(100, ms(at));
      queue.met(ms(at), delayUs);
    }
    expect(queue.told).toBe(0);
    expect(queue.expected(CAPACITY_BPS, ms(25))).toBe(0);
  });

  test('counts from all that had arrived, where that is known', () => {
    const queue = new PathQueue();
    queue.sent(30_000, ms(0));
    for (const arrived of [10_000, 11_000, 12_000]) queue.met(ms(0), 20_000, arrived);
    expect(queue.expected(CAPACITY_BPS, ms(10))).toBe(20_000 + 18_000 - 10_000);
  });
});
