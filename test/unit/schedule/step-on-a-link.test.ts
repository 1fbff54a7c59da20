import { describe, expect, test } from 'vitest';
import { decodable } from '../../support/simulation/session-record.ts';
import { simulateSession } from '../../support/simulation/simulated-session.ts';

const MBIT = 1e6;
const SLOW_FROM_MS = 5_000;

/** A path of 20 Mbit/s that becomes so slow for five seconds, with 300 ms of 5 Mbit/s in its queue. */
const step = async (mbit: number, seed: number) => {
  const isSlow = (atMs: number): boolean => atMs >= SLOW_FROM_MS && atMs < 10_000;
  const record = await simulateSession({
    transport: 'webtransport',
    rateBps: (atMs) => (isSlow(atMs) ? mbit : 20) * MBIT,
    oneWayMs: 20,
    queueBytes: 187_500,
    seconds: 12,
    seed,
  });
  const shown = decodable(record.video).map(({ atMs }) => atMs);
  const gaps = shown.slice(1).map((atMs, i) => atMs - (shown[i] ?? 0));
  const held = record.ticks.filter(({ atMs }) => atMs >= SLOW_FROM_MS).map((tick) => tick.heldMs);
  return { heldMs: Math.max(...held), longestGapMs: Math.max(...gaps) };
};

describe.each([1, 2, 3])('a step down by far over WebTransport, seed %d', (seed) => {
  test('20 to 2 Mbit/s: what cannot leave for the queue of the path is not held, but made anew', async () => {
    const { heldMs, longestGapMs } = await step(2, seed);
    expect(heldMs).toBeLessThan(150);
    expect(longestGapMs).toBeLessThan(1_000);
  });
});
