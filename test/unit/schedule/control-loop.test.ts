import { describe, expect, test } from 'vitest';
import type {
  Arrival,
  SessionOptions,
  SessionRecord,
} from '../../support/simulation/session-record.ts';
import { simulateSession } from '../../support/simulation/simulated-session.ts';
import { percentile } from './simulated-link.ts';

const MBIT = 1e6;
const transports = ['websocket', 'webtransport'] as const;
type Conditions = Omit<SessionOptions, 'transport'>;

const between = <Item extends { readonly atMs: number }>(
  items: readonly Item[],
  fromMs: number,
  untilMs = Infinity,
): readonly Item[] => items.filter(({ atMs }) => atMs >= fromMs && atMs < untilMs);

const latency = (arrivals: readonly Arrival[], share: number): number =>
  percentile(
    arrivals.map(({ latencyMs }) => latencyMs),
    share,
  );

const rateBps = ({ video }: SessionRecord, fromMs: number, untilMs: number): number =>
  (between(video, fromMs, untilMs).reduce((sum, { bytes }) => sum + bytes, 0) * 8_000) /
  (untilMs - fromMs);

/** The first moment from which on no picture took longer than this. */
const settledAt = ({ video }: SessionRecord, limitMs: number, untilMs: number): number =>
  Math.max(0, ...between(video, 0, untilMs).flatMap((p) => (p.latencyMs > limitMs ? p.atMs : [])));

/** The first second that carries so much, its end. */
const reachedAt = (record: SessionRecord, bps: number, fromMs: number): number => {
  for (let end = fromMs + 250; end < fromMs + 10_000; end += 250) {
    if (rateBps(record, end - 1_000, end) >= bps) return end;
  }
  return Infinity;
};

const swing = ({ ticks }: SessionRecord, fromMs: number): number => {
  const targets = between(ticks, fromMs).map(({ targetBps }) => targetBps);
  return 1 - Math.min(...targets) / Math.max(...targets);
};

describe.each(transports)('one session over %s, on a simulated path', (transport) => {
  const run = (conditions: Conditions): Promise<SessionRecord> =>
    simulateSession({ ...conditions, transport });

  test('20, 5 and 20 Mbit/s: settled within 1.5 s, 90 % again within 4 s', async () => {
    const step = (atMs: number): number => (atMs >= 10_000 && atMs < 20_000 ? 5 : 20) * MBIT;
    const record = await run({ rateBps: step, oneWayMs: 20, queueBytes: 187_500, seconds: 30 });
    expect(settledAt(record, 90, 20_000)).toBeLessThan(11_500);
    const before = rateBps(record, 5_000, 10_000);
    expect(reachedAt(record, 0.9 * before, 20_000)).toBeLessThanOrEqual(24_000);
    expect(latency(between(record.video, 3_000), 0.95)).toBeLessThan(90);
    expect(latency(between(record.audio, 3_000), 0.95)).toBeLessThan(60);
    expect(rateBps(record, 13_000, 20_000)).toBeGreaterThan(0.7 * 5 * MBIT);
  });

  test.each([4, 5, 10, 20])(
    '%d Mbit/s: used to three quarters at least, quiet at rest',
    async (mbit) => {
      const conditions = { rateBps: () => mbit * MBIT, oneWayMs: 20, seconds: 25, maxBps: 16e6 };
      const record = await run(conditions);
      expect(rateBps(record, 5_000, 25_000)).toBeGreaterThan(0.75 * Math.min(16, mbit) * MBIT);
      expect(swing(record, 10_000)).toBeLessThanOrEqual(0.3);
      expect(latency(between(record.video, 3_000), 0.95)).toBeLessThan(20 + 70);
    },
  );

  test('after two seconds of 1 Mbit/s it takes no ten until 20 are used', async () => {
    const rate = (atMs: number): number => (atMs >= 1_000 && atMs < 3_000 ? 1 : 20) * MBIT;
    const record = await run({ rateBps: rate, oneWayMs: 20, seconds: 16, clientStallMs: 20 });
    expect(rateBps(record, 12_000, 16_000)).toBeGreaterThan(0.8 * 8 * MBIT);
  });

  test('5 Mbit/s is used when the encoder makes only two thirds of what it is asked for', async () => {
    const share = (): number => 0.65;
    const conditions = { rateBps: () => 5 * MBIT, oneWayMs: 20, seconds: 20, yield: share };
    const record = await run(conditions);
    expect(rateBps(record, 6_000, 20_000)).toBeGreaterThan(0.7 * 5 * MBIT);
    expect(latency(between(record.video, 3_000), 0.95)).toBeLessThan(20 + 70);
  });

  test('losses that the stack below does not take for congestion cost no rate', async () => {
    const conditions = { rateBps: () => 20 * MBIT, oneWayMs: 20, seconds: 20, loss: 0.02 };
    const record = await run({ ...conditions, fixedWindowBytes: 200_000 });
    expect(rateBps(record, 4_000, 20_000)).toBeGreaterThan(0.8 * 8 * MBIT);
    expect(latency(between(record.video, 3_000), 0.95)).toBeLessThan(110);
  });

  test('jitter of 30 ms is no congestion', async () => {
    const conditions = { rateBps: () => 20 * MBIT, oneWayMs: 10, jitterMs: 30, seconds: 15 };
    const record = await run(conditions);
    expect(rateBps(record, 3_000, 15_000)).toBeGreaterThan(0.9 * 8 * MBIT);
  });

  test('nor do stalls of up to 350 ms, as when TCP repeats what it has repeated before', async () => {
    const conditions = { rateBps: () => 20 * MBIT, oneWayMs: 20, seconds: 20, loss: 0.02 };
    const stalls = { clientStallMs: 350, clientIdleMs: 2_000 };
    const record = await run({ ...conditions, ...stalls, fixedWindowBytes: 200_000 });
    expect(rateBps(record, 4_000, 20_000)).toBeGreaterThan(0.75 * 8 * MBIT);
  });

  test('a client whose thread is busy for up to 120 ms is no slower path', async () => {
    const conditions = { rateBps: () => 20 * MBIT, oneWayMs: 20, seconds: 12, clientStallMs: 120 };
    const record = await run(conditions);
    expect(rateBps(record, 3_000, 12_000)).toBeGreaterThan(0.9 * 8 * MBIT);
  });

  test('nor does one on 5 Mbit/s lose much of them', async () => {
    const conditions = { rateBps: () => 5 * MBIT, oneWayMs: 20, seconds: 15, clientStallMs: 80 };
    const record = await run({ ...conditions, yield: () => 0.67 });
    expect(rateBps(record, 4_000, 15_000)).toBeGreaterThan(0.6 * 5 * MBIT);
  });

  test('a flow that takes half of the path gets it, and gives it back', async () => {
    const competingBps = (atMs: number): number => (atMs >= 8_000 && atMs < 18_000 ? 5 * MBIT : 0);
    const conditions = { rateBps: () => 10 * MBIT, oneWayMs: 20, seconds: 28, competingBps };
    const record = await run(conditions);
    expect(latency(between(record.video, 10_000, 18_000), 0.95)).toBeLessThan(150);
    expect(rateBps(record, 11_000, 18_000)).toBeGreaterThan(0.5 * 5 * MBIT);
    expect(rateBps(record, 24_000, 28_000)).toBeGreaterThan(0.7 * 8 * MBIT);
  });

  test('keyframes of others do not hold up sound', async () => {
    const conditions = { rateBps: () => 10 * MBIT, oneWayMs: 20, seconds: 20 };
    const record = await run({ ...conditions, keyframesEveryMs: 2_000 });
    // 20 ms on the path, and its own packet among those of a picture.
    expect(latency(between(record.audio, 3_000), 0.95)).toBeLessThan(20 + 25);
    expect(latency(between(record.video, 3_000), 0.99)).toBeLessThan(20 + 70);
  });

  test('a keyframe of 200 KB, which takes 160 ms, holds up sound by little', async () => {
    const conditions = { rateBps: () => 10 * MBIT, oneWayMs: 20, seconds: 15 };
    const keyframes = { keyframesEveryMs: 2_000, leastKeyframeBytes: 200_000 };
    const record = await run({ ...conditions, ...keyframes, yield: () => 0.25 });
    expect(latency(between(record.audio, 5_000), 0.99)).toBeLessThan(20 + 35);
    expect(latency(between(record.audio, 5_000), 0.95)).toBeLessThan(20 + 22);
    expect(latency(between(record.video, 5_000), 0.95)).toBeLessThan(20 + 30);
  });

  test('never more than 100 ms of picture waits at the sender, once the path is known', async () => {
    const conditions = { rateBps: () => 5 * MBIT, oneWayMs: 20, seconds: 20 };
    const record = await run({ ...conditions, keyframesEveryMs: 1_000 });
    const waiting = between(record.ticks, 3_000).map(({ backlogMs }) => backlogMs);
    expect(Math.max(...waiting)).toBeLessThanOrEqual(100);
  });

  test('1 Mbit/s over 60 ms: pictures that are little late, and sound that is less', async () => {
    const record = await run({ rateBps: () => MBIT, oneWayMs: 30, seconds: 20 });
    expect(latency(between(record.video, 4_000), 0.95)).toBeLessThan(30 + 110);
    expect(latency(between(record.audio, 4_000), 0.95)).toBeLessThan(30 + 60);
    expect(between(record.video, 4_000).length).toBeGreaterThan(0.8 * 16 * 15);
  });
});
