import { describe, expect, test } from 'vitest';
import { millis, type Micros } from '../../../protocol/time.ts';
import { EncoderRate, frameRateFor } from '../../../server/schedule/encoder-rate.ts';
import { FrameRate } from '../../../server/schedule/frame-rate.ts';
import { RateControl, type RateInput } from '../../../server/schedule/rate-control.ts';
import { ms } from './messages.ts';

const calm: RateInput = {
  queueDelay: ms(0),
  newestDelay: ms(0),
  leastDelay: ms(0),
  videoDelay: ms(0),
  bandwidthBps: 10e6,
  capacityBps: 0,
  isProbing: false,
  isStalled: false,
  besideBps: 0,
  ackRateBps: 10e6,
  minRtt: ms(40),
};

/** A queue that every message met. */
const queued = (delay: Micros) => ({ queueDelay: delay, newestDelay: delay });

const make = (startBps: number): RateControl =>
  new RateControl({ delayTarget: millis(20), startBps, maxBps: 20e6 });

/** Ticks every 50 ms from `fromMs` and returns the last decision. */
const run = (control: RateControl, input: RateInput, fromMs: number, toMs: number) => {
  let decision = control.tick(input, ms(fromMs));
  for (let at = fromMs + 50; at < toMs; at += 50) decision = control.tick(input, ms(at));
  return decision;
};

describe('rate control', () => {
  test('grows by 80 % a second while nothing was ever over', () => {
    const { targetBps, state } = run(make(4e6), calm, 0, 1_000);
    expect(targetBps).toBeGreaterThan(4e6 * 1.7);
    expect(targetBps).toBeLessThan(4e6 * 2.3);
    expect(state).toBe('increase');
  });

  test('another highest rate holds at once, and a raised one where only the old one was in the way', () => {
    const control = make(8e6);
    control.setMaxBps(2e6, ms(0));
    expect(control.tick(calm, ms(0)).targetBps).toBe(2e6);
    control.setMaxBps(6e6, ms(100));
    expect(control.tick({ ...calm, ackRateBps: 2e6 }, ms(100)).targetBps).toBe(6e6);
    const burdened = make(8e6);
    const { targetBps } = run(burdened, { ...calm, ...queued(ms(60)) }, 0, 400);
    expect(targetBps).toBeLessThan(8e6);
    burdened.setMaxBps(40e6, ms(400));
    expect(burdened.tick({ ...calm, ...queued(ms(60)) }, ms(400)).targetBps).toBeLessThan(8e6);
  });

  test('another delay is tolerated from its setting on', () => {
    const control = make(4e6);
    const waiting = { ...calm, ...queued(ms(50)) };
    control.setDelayTarget(millis(60));
    const before = run(control, waiting, 0, 500);
    expect(before.state).not.toBe('decrease');
    control.setDelayTarget(millis(10));
    expect(run(control, waiting, 500, 700).targetBps).toBeLessThan(before.targetBps);
  });

  test('never grows beyond what acknowledgements prove, and a still screen lowers nothing', () => {
    expect(run(make(4e6), { ...calm, ackRateBps: 3e6 }, 0, 5_000).targetBps).toBeLessThanOrEqual(
      4.7e6,
    );
    expect(run(make(4e6), { ...calm, ackRateBps: 0 }, 0, 5_000).targetBps).toBe(4e6);
  });

  test('goes down between two ticks when the path carries clearly less and all messages wait, once', () => {
    const control = make(8e6);
    const slower = { ...calm, bandwidthBps: 5e6, capacityBps: 5e6, ackRateBps: 5e6 };
    control.tick(slower, ms(0));
    expect(control.learn({ ...slower, ...queued(ms(40)) }, ms(10)).targetBps).toBe(8e6);
    const waiting = { ...slower, ...queued(ms(40)), leastDelay: ms(30) };
    const decided = control.learn(waiting, ms(20));
    expect(decided).toMatchObject({ state: 'decrease', targetBps: 0.88 * 5e6 });
    expect(control.learn(waiting, ms(30)).targetBps).toBe(decided.targetBps);
  });

  test('steps below the capacity when delay stands for two ticks, then waits', () => {
    const control = make(12e6);
    const over = { ...calm, ...queued(ms(40)), bandwidthBps: 8e6, ackRateBps: 7e6 };
    expect(control.tick(over, ms(0)).state).toBe('hold');
    const decided = control.tick(over, ms(50));
    expect(decided).toMatchObject({ state: 'decrease', standingDelayUs: 40_000 });
    expect(decided.targetBps).toBe(Math.round(0.88 * 0.95 * 8e6));
    expect(control.tick(over, ms(100))).toMatchObject({
      state: 'hold',
      targetBps: decided.targetBps,
    });
    // The queue gets half a second to drain, unless it grows.
    expect(control.tick(over, ms(150)).state).toBe('hold');
    expect(run(control, over, 200, 600).state).toBe('decrease');
  });

  test('a queue that grows after a decrease calls for the next one at once', () => {
    const control = make(12e6);
    const over = { ...calm, ...queued(ms(40)), bandwidthBps: 8e6, ackRateBps: 7e6 };
    const first = run(control, over, 0, 100);
    const next = run(control, { ...over, ...queued(ms(60)) }, 100, 350);
    expect(next.targetBps).toBeLessThan(first.targetBps);
  });

  test('once well beyond the last overuse it grows by 30 % a second', () => {
    const control = make(8e6);
    run(control, { ...calm, ...queued(ms(40)), bandwidthBps: 8e6, ackRateBps: 8e6 }, 0, 100);
    const at = run(control, calm, 600, 5_000).targetBps;
    expect(at).toBeGreaterThan(1.1 * 8e6);
    expect(run(control, calm, 5_000, 6_000).targetBps / at).toBeGreaterThan(1.2);
  });

  test('steps lower when more than 100 ms stand', () => {
    const control = make(12e6);
    const over = { ...calm, ...queued(ms(120)), bandwidthBps: 8e6, ackRateBps: 8e6 };
    control.tick(over, ms(0));
    expect(control.tick(over, ms(50)).targetBps).toBe(Math.round(0.6 * 8e6));
  });

  test('of a path without a measured bandwidth it gives up a step, not all', () => {
    const control = make(8e6);
    const over = { ...calm, ...queued(ms(50)), bandwidthBps: 0, ackRateBps: 180e3 };
    expect(run(control, over, 0, 100).targetBps).toBe(Math.round(0.88 * 8e6));
  });

  test('one late frame is no overuse', () => {
    const control = make(4e6);
    for (let at = 0; at < 1_000; at += 50) {
      const spike = at % 150 === 0 ? ms(80) : ms(5);
      expect(control.tick({ ...calm, ...queued(spike) }, ms(at)).state).not.toBe('decrease');
    }
  });

  test('a queue of ours before an empty path calls for a small step, whatever little was sent before', () => {
    const control = make(8e6);
    const ours = { ...calm, ...queued(ms(2)), videoDelay: ms(150) };
    const decided = run(control, { ...ours, bandwidthBps: 0.6e6, ackRateBps: 0.4e6 }, 0, 300);
    expect(decided.targetBps).toBe(Math.round(0.88 * 8e6));
  });

  test('a queue that the newest messages did not meet is none: what was held up came at once', () => {
    const control = make(8e6);
    const heldUp = { ...calm, queueDelay: ms(90), newestDelay: ms(4), bandwidthBps: 8e6 };
    expect(run(control, heldUp, 0, 2_000).targetBps).toBeGreaterThanOrEqual(8e6);
  });

  test('a queue on the path that no short look is needed for is answered within 100 ms', () => {
    const control = make(8e6);
    run(control, calm, 0, 200);
    const over = { ...calm, ...queued(ms(120)), bandwidthBps: 3e6, ackRateBps: 3e6 };
    expect(run(control, over, 200, 350).targetBps).toBeLessThan(3e6);
  });

  test('creeps near the last overuse for 8 s, and never falls below 300 kbit/s', () => {
    const control = make(10e6);
    run(control, { ...calm, ...queued(ms(40)), bandwidthBps: 8e6, ackRateBps: 8e6 }, 0, 100);
    const low = control.tick(calm, ms(100)).targetBps;
    expect(run(control, calm, 600, 2_600).targetBps).toBeLessThan(low * 1.2);
    const choked = { ...calm, ...queued(ms(500)), bandwidthBps: 0, ackRateBps: 0 };
    expect(run(control, choked, 3_000, 9_000).targetBps).toBe(300_000);
  });
});

describe('encoder rate', () => {
  test('follows down at once, up in steps of 5 %, four times a second', () => {
    const encoder = new EncoderRate(8e6);
    expect(encoder.follow(7.9e6, ms(0))).toBe(7.9e6);
    expect(encoder.follow(8e6, ms(1_000))).toBeUndefined();
    expect(encoder.follow(9e6, ms(1_000))).toBe(9e6);
    expect(encoder.follow(12e6, ms(1_100))).toBeUndefined();
    expect(encoder.follow(12e6, ms(1_250))).toBe(12e6);
    expect(encoder.follow(12e6, ms(2_000))).toBeUndefined();
  });

  test('fewer frames below 0.04 bit per pixel, but 15 at least', () => {
    const size = { width: 1920, height: 1080 };
    const bounds = { most: 60, quality: 'text' } as const;
    expect(frameRateFor(8e6, size, bounds)).toBe(60);
    expect(frameRateFor(4e6, size, bounds)).toBe(30);
    expect(frameRateFor(300e3, size, bounds)).toBe(15);
    // Motion keeps its frames for longer.
    expect(frameRateFor(4e6, size, { most: 60, quality: 'motion' })).toBe(60);
  });
});

describe('bounds of the frame rate', () => {
  test('hold at once in both directions, and leave a rate that the link has lowered', () => {
    const rate = new FrameRate(60);
    expect(rate.setBounds({ most: 30, quality: 'text' })).toBe(30);
    expect(rate.setBounds({ most: 60, quality: 'text' })).toBe(60);
    expect(rate.setBounds({ most: 60, quality: 'motion' })).toBeUndefined();
    const size = { width: 1280, height: 720 };
    const slow = 300e3;
    for (let at = 0; at < 4_000; at += 50) rate.follow(slow, size, ms(at));
    const lowered = rate.current;
    expect(lowered).toBeLessThan(60);
    expect(rate.setBounds({ most: 50, quality: 'motion' })).toBeUndefined();
    expect(rate.setBounds({ most: 10, quality: 'motion' })).toBe(10);
  });
});
