import { expect, it } from 'vitest';
import { ClockSync } from '../../../client/receive/clock-sync.ts';

/** An exchange with a server whose clock is `offset` ahead, and the two one-way delays. */
const exchange = (t0: number, offset: number, out: number, back: number) => {
  const t1 = t0 + out + offset;
  const t2 = t1 + 50;
  return { t0, t1, t2, t3: t2 - offset + back };
};

it('knows nothing before the first exchange', () => {
  const clock = new ClockSync();
  expect(clock.offset).toBeUndefined();
  expect(clock.uncertainty).toBeUndefined();
});

it('finds the offset when both ways take the same time', () => {
  const clock = new ClockSync();
  clock.add(exchange(1_000_000, -400_000, 9000, 9000));
  expect(clock.offset).toBe(-400_000);
  expect(clock.uncertainty).toBe(9000);
  expect(clock.minRtt).toBe(18_000);
});

it('trusts the exchange with the smallest round trip, not the newest', () => {
  const clock = new ClockSync();
  clock.add(exchange(0, 5000, 1000, 1000));
  clock.add(exchange(500_000, 5000, 90_000, 1000));
  expect(clock.offset).toBe(5000);
  expect(clock.minRtt).toBe(2000);
  expect(clock.smoothedRtt).toBe(2000 + 89_000 / 8);
});

it('forgets old exchanges, so that drift does not add up', () => {
  const clock = new ClockSync();
  clock.add(exchange(0, 5000, 1000, 1000));
  clock.add(exchange(20_000_000, 7000, 2000, 2000));
  expect(clock.offset).toBe(7000);
});

it('is never wrong by more than its uncertainty', () => {
  const clock = new ClockSync();
  for (const [at, out, back] of [
    [0, 3000, 20_000],
    [500_000, 15_000, 1000],
    [1_000_000, 6000, 2000],
  ] as const) {
    clock.add(exchange(at, 123_456, out, back));
    const error = Math.abs((clock.offset ?? Number.NaN) - 123_456);
    expect(error).toBeLessThanOrEqual(clock.uncertainty ?? 0);
  }
});

it('ignores an exchange that cannot be', () => {
  const clock = new ClockSync();
  clock.add({ t0: 1000, t1: 0, t2: 5000, t3: 2000 });
  expect(clock.offset).toBeUndefined();
});
