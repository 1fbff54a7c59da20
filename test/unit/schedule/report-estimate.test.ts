import { describe, expect, test } from 'vitest';
import type { MessageStatusName, ReportEntry } from '../../../protocol/control/report.ts';
import { sequence, type FlowId } from '../../../protocol/flow.ts';
import { micros, millis, toMicros32 } from '../../../protocol/time.ts';
import { ReportEstimate } from '../../../server/schedule/report-estimate.ts';
import { AUDIO, ms, VIDEO } from './messages.ts';

interface Arrived {
  readonly flow?: FlowId;
  readonly seq: number;
  readonly sentMs: number;
  /** From the writing to the first byte. */
  readonly delayMs: number;
  readonly bytes?: number;
  /** From the first byte to the last. */
  readonly spreadMs?: number;
  readonly status?: MessageStatusName;
}

const stamp = (atMs: number) => toMicros32(micros(atMs * 1000));

const entry = (arrived: Arrived): ReportEntry => {
  const { flow = VIDEO, seq, sentMs, delayMs, bytes = 1_000, spreadMs = 0 } = arrived;
  return {
    flow,
    seq: sequence(seq),
    status: arrived.status ?? 'complete',
    bytes,
    echo: stamp(sentMs),
    first: stamp(sentMs + delayMs),
    last: stamp(sentMs + delayMs + spreadMs),
  };
};

const report = (estimate: ReportEstimate, atMs: number, entries: readonly Arrived[]): void =>
  estimate.onReport(
    { type: 'report', now: stamp(atMs), entries: entries.map(entry), values: {} },
    ms(atMs + 20),
  );

const make = (): ReportEstimate => new ReportEstimate({ delayTarget: millis(20) });

/** 60 pictures a second of so many bytes over a path of so many bits per second. */
const stream = (estimate: ReportEstimate, fromMs: number, toMs: number, given: object): void => {
  const { bytes, bps, delayMs } = { bytes: 12_000, bps: 10e6, delayMs: 20, ...given };
  for (let at = fromMs; at < toMs; at += 50) {
    for (const index of [0, 1, 2]) estimate.onSent(bytes, ms(at + index * 16 - delayMs - 20));
    report(
      estimate,
      at + 50,
      [0, 1, 2].map((index) => ({
        seq: Math.round(at / 50) * 3 + index,
        sentMs: at + index * 16 - delayMs - 20,
        delayMs,
        bytes,
        spreadMs: ((bytes - 1_200) * 8e3) / bps,
      })),
    );
  }
};

describe('estimate from reports', () => {
  test('knows nothing before the first report, and lets the stack have two writes', () => {
    expect(make().snapshot(ms(0))).toMatchObject({ bandwidthBps: 0, windowBytes: 32_000 });
  });

  test('the packets of a picture arrive as fast as the path lets them', () => {
    const estimate = make();
    stream(estimate, 100, 1_000, {});
    const { bandwidthBps, ackRateBps, queueDelay } = estimate.snapshot(ms(1_020));
    expect(bandwidthBps).toBeGreaterThan(9.9e6);
    expect(bandwidthBps).toBeLessThan(10.1e6);
    // 60 pictures a second of 12,000 bytes; the newest are under way to the report.
    expect(ackRateBps).toBeGreaterThan(4.5e6);
    expect(ackRateBps).toBeLessThan(6.5e6);
    expect(queueDelay).toBe(0);
  });

  test('a picture that came in one batch is no proof of a faster path', () => {
    const estimate = make();
    stream(estimate, 100, 500, {});
    report(estimate, 560, [
      { seq: 900, sentMs: 500, delayMs: 20, bytes: 12_000, spreadMs: 0.1 },
      { seq: 901, sentMs: 516, delayMs: 20, bytes: 12_000, spreadMs: 0.6 },
    ]);
    expect(estimate.snapshot(ms(600)).bandwidthBps).toBeLessThan(10.1e6);
  });

  test('a queue shows as a first byte that comes later than others did', () => {
    const estimate = make();
    stream(estimate, 100, 500, {});
    stream(estimate, 500, 700, { delayMs: 50 });
    const { queueDelay } = estimate.snapshot(ms(720));
    expect(queueDelay).toBeGreaterThan(28_000);
    expect(queueDelay).toBeLessThan(30_001);
  });

  test('a long queue puts the newest pictures in the place of the estimate', () => {
    const estimate = make();
    stream(estimate, 100, 500, {});
    stream(estimate, 500, 700, { delayMs: 120, bytes: 3_600, bps: 2e6 });
    expect(estimate.snapshot(ms(720)).bandwidthBps).toBeLessThan(2.5e6);
  });

  test('what a busy client takes at once shows no slower path, however slowly it takes some of it', () => {
    const estimate = make();
    stream(estimate, 100, 500, {});
    for (let at = 500; at < 1_000; at += 100) {
      // Its thread did nothing for 80 ms; the newest picture waited for none of it.
      const pictures = [0, 1, 2, 3, 4].map((index) => {
        const sentMs = at + 16 * index - 20;
        estimate.onSent(12_000, ms(sentMs));
        const seq = at + index;
        return { seq, sentMs, delayMs: 100 - 16 * index, bytes: 12_000, spreadMs: 40 - 4 * index };
      });
      report(estimate, at + 120, pictures);
    }
    expect(estimate.snapshot(ms(1_020)).newestDelay).toBeLessThan(20_000);
    expect(estimate.snapshot(ms(620)).bandwidthBps).toBeGreaterThan(9e6);
  });

  test('a desktop at rest behind a long queue says nothing about the bandwidth', () => {
    const estimate = make();
    stream(estimate, 100, 500, {});
    stream(estimate, 500, 900, { delayMs: 120, bytes: 300 });
    expect(estimate.snapshot(ms(920)).bandwidthBps).toBeGreaterThan(9e6);
  });

  test("the client's clock may be anywhere, at the wrap of its stamps too", () => {
    for (const offsetUs of [2 ** 31 - 60_000, 2 ** 32 - 60_000, 77e6]) {
      const estimate = make();
      for (let at = 0; at < 20; at += 1) {
        const first = micros(offsetUs + at * 10_000);
        const entries = [
          {
            flow: VIDEO,
            seq: sequence(at),
            status: 'complete' as const,
            bytes: 100,
            echo: stamp(at * 10 - (at < 10 ? 20 : 50)),
            first: toMicros32(first),
            last: toMicros32(first),
          },
        ];
        const now = toMicros32(micros(first + 1_000));
        estimate.onReport({ type: 'report', now, entries, values: {} }, ms(at * 10));
      }
      const { queueDelay } = estimate.snapshot(ms(200));
      expect(queueDelay).toBeGreaterThan(25_000);
      expect(queueDelay).toBeLessThan(30_001);
    }
  });

  test('a repeated sound packet, a reset message and stamps from nowhere count for nothing', () => {
    const estimate = make();
    const sound = (seq: number, sentMs: number, delayMs: number): Arrived => ({
      flow: AUDIO,
      seq,
      sentMs,
      delayMs,
    });
    report(estimate, 100, [sound(1, 10, 20), sound(2, 20, 20)]);
    report(estimate, 150, [
      sound(1, 10, 100),
      { seq: 5, sentMs: 50, delayMs: 90, status: 'reset' },
      { seq: 6, sentMs: 50, delayMs: 500_000 },
      { seq: 7, sentMs: 130, delayMs: 90 },
    ]);
    expect(estimate.snapshot(ms(200)).queueDelay).toBe(0);
  });

  test('the round trip is what the stack says', () => {
    const estimate = make();
    estimate.onRoundTrip(45_000, ms(100));
    estimate.onRoundTrip(90_000, ms(600));
    expect(estimate.snapshot(ms(700))).toMatchObject({ minRtt: 45_000, smoothedRtt: 90_000 });
  });
});
