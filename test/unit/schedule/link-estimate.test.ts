import { describe, expect, test } from 'vitest';
import { micros, millis } from '../../../protocol/time.ts';
import { LinkEstimate } from '../../../server/schedule/link-estimate.ts';
import { WindowedExtreme } from '../../../server/schedule/windowed-extreme.ts';
import { ms } from './messages.ts';

interface Round {
  readonly atMs: number;
  readonly bytes: number;
  readonly rttMs: number;
  /** One-way delay on the peer's clock, which is 5 s ahead. */
  readonly oneWayMs?: number;
  /** There was nothing more to send. */
  readonly isAll?: boolean;
}

/** Sends one unit and acknowledges it after the round trip; units do not overlap. */
const exchange = (estimate: LinkEstimate, rounds: readonly Round[]): void => {
  let cumulativeBytes = 0;
  for (const { atMs, bytes, rttMs, oneWayMs = rttMs / 2, isAll = false } of rounds) {
    cumulativeBytes += bytes;
    estimate.onSent(bytes, ms(atMs));
    if (isAll) estimate.onIdle();
    estimate.onAck({
      bytes,
      cumulativeBytes,
      sentAt: ms(atMs),
      receivedAt: ms(atMs + oneWayMs + 5_000),
      hold: micros(0),
      now: ms(atMs + rttMs),
    });
  }
};

const make = (): LinkEstimate => new LinkEstimate({ delayTarget: millis(20) });

describe('link estimate', () => {
  test('starts with the initial window and no bandwidth', () => {
    expect(make().snapshot(ms(0))).toMatchObject({
      bandwidthBps: 0,
      windowBytes: 14_600,
      queueDelay: 0,
    });
  });

  test('bandwidth is what arrived between sending and acknowledgement', () => {
    const estimate = make();
    exchange(estimate, [{ atMs: 0, bytes: 10_000, rttMs: 40 }]);
    const snapshot = estimate.snapshot(ms(40));
    expect(snapshot).toMatchObject({
      bandwidthBps: 2_000_000,
      minRtt: 40_000,
      smoothedRtt: 40_000,
    });
    // Twice bandwidth x (40 + 20 ms) until queueing shows where the capacity is.
    expect(snapshot.windowBytes).toBe(30_000);
  });

  test('a sender with little to say does not lower the estimate', () => {
    const estimate = make();
    const small = Array.from({ length: 40 }, (_, at) => ({
      atMs: 100 + at * 50,
      bytes: 100,
      rttMs: 40,
      isAll: true,
    }));
    exchange(estimate, [{ atMs: 0, bytes: 10_000, rttMs: 40, isAll: true }, ...small]);
    expect(estimate.snapshot(ms(2_100)).bandwidthBps).toBe(2_000_000);
  });

  test('what was measured stands for 10 s of rest, then halves, down to a quarter', () => {
    const estimate = make();
    exchange(estimate, [
      { atMs: 0, bytes: 10_000, rttMs: 40, isAll: true },
      { atMs: 9_000, bytes: 100, rttMs: 40, isAll: true },
    ]);
    expect(estimate.snapshot(ms(10_000)).bandwidthBps).toBe(2_000_000);
    expect(estimate.snapshot(ms(20_040)).bandwidthBps).toBe(1_000_000);
    expect(estimate.snapshot(ms(600_000)).bandwidthBps).toBe(500_000);
  });

  test('full speed that is slower lowers the estimate after half a second of it', () => {
    const estimate = make();
    const slower = Array.from({ length: 20 }, (_, at) => ({
      atMs: 100 + at * 40,
      bytes: 5_000,
      rttMs: 40,
    }));
    exchange(estimate, [{ atMs: 0, bytes: 10_000, rttMs: 40 }, ...slower.slice(0, 11)]);
    expect(estimate.snapshot(ms(540)).bandwidthBps).toBe(2_000_000);
    const contested = make();
    exchange(contested, [{ atMs: 0, bytes: 10_000, rttMs: 40 }, ...slower]);
    expect(contested.snapshot(ms(900)).bandwidthBps).toBe(1_000_000);
  });

  test('the queueing delay needs no common clock, and is smoothed by a quarter', () => {
    const estimate = make();
    exchange(estimate, [
      { atMs: 0, bytes: 1_000, rttMs: 40, oneWayMs: 20 },
      { atMs: 50, bytes: 1_000, rttMs: 80, oneWayMs: 60 },
    ]);
    expect(estimate.snapshot(ms(130)).queueDelay).toBe(10_000);
  });

  test('a long queue puts the recent rate in the place of the estimate', () => {
    const estimate = make();
    const slow = Array.from({ length: 10 }, (_, at) => ({
      atMs: 100 + at * 200,
      bytes: 2_000,
      rttMs: 190,
      oneWayMs: 170,
    }));
    exchange(estimate, [{ atMs: 0, bytes: 40_000, rttMs: 40 }, ...slow]);
    const snapshot = estimate.snapshot(ms(2_090));
    // One acknowledgement of 2,000 bytes in 150 ms.
    expect(snapshot.bandwidthBps).toBeLessThan(110_000);
    expect(snapshot.windowBytes).toBe(6_000);
  });

  test('the time that a peer keeps an acknowledgement back is no round trip', () => {
    const estimate = make();
    estimate.onSent(1_000, ms(0));
    estimate.onAck({
      bytes: 1_000,
      cumulativeBytes: 1_000,
      sentAt: ms(0),
      receivedAt: undefined,
      hold: ms(5),
      now: ms(45),
    });
    expect(estimate.snapshot(ms(45)).minRtt).toBe(40_000);
  });
});

describe('windowed extreme', () => {
  test('forgets what left the window, but never everything', () => {
    const lowest = new WindowedExtreme('min');
    lowest.add(3, 0);
    lowest.add(5, 10);
    lowest.add(4, 20);
    expect(lowest.value(0)).toBe(3);
    expect(lowest.value(1)).toBe(4);
    expect(lowest.value(100)).toBe(4);
    expect(new WindowedExtreme('max').value(0)).toBeUndefined();
  });

  test('stays bounded on a rising series', () => {
    const lowest = new WindowedExtreme('min');
    for (let at = 0; at < 10_000; at++) lowest.add(at, at);
    expect(lowest.value(0)).toBe(0);
  });
});
