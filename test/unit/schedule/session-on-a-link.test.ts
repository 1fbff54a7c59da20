import { describe, expect, test } from 'vitest';
import { percentile, simulate, type SimulationResult } from './simulated-link.ts';

const latency = (frames: SimulationResult['video']): number[] =>
  frames.map(({ latencyMs }) => latencyMs);

const within = (
  frames: SimulationResult['video'],
  fromMs: number,
  toMs: number,
): SimulationResult['video'] =>
  frames.filter(({ capturedMs }) => capturedMs >= fromMs && capturedMs < toMs);

const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;

describe('queue, link estimate and rate control together, 60 fps over a path of 40 ms', () => {
  test('20, 5 and 20 Mbit/s: the delay stays low through both changes', () => {
    const capacityBps = (at: number): number => (at >= 10_000 && at < 20_000 ? 5e6 : 20e6);
    const run = simulate({ capacityBps, rttMs: 40, durationMs: 30_000 });
    expect(percentile(latency(run.video), 0.5)).toBeLessThan(45);
    expect(percentile(latency(run.video), 0.95)).toBeLessThan(80);
    expect(percentile(latency(run.video), 0.99)).toBeLessThan(110);
    expect(percentile(latency(run.audio), 0.95)).toBeLessThan(50);
    expect(run.video.length).toBeGreaterThan(0.95 * run.framesCaptured);
    // The path is used: four fifths of it in each phase, once the rate had 3 s to find it.
    expect(mean(run.throughputBps.slice(3, 10))).toBeGreaterThan(0.8 * 20e6);
    expect(mean(run.throughputBps.slice(13, 20))).toBeGreaterThan(0.75 * 5e6);
    expect(mean(run.throughputBps.slice(27, 30))).toBeGreaterThan(0.7 * 20e6);
  });

  test('8, 1 and 8 Mbit/s: smooth again within 2 s of the drop', () => {
    const capacityBps = (at: number): number => (at >= 10_000 && at < 20_000 ? 1e6 : 8e6);
    const run = simulate({ capacityBps, rttMs: 40, durationMs: 30_000 });
    const settled = within(run.video, 12_000, 20_000);
    expect(percentile(latency(settled), 0.95)).toBeLessThan(120);
    expect(settled.length).toBeGreaterThan(0.9 * 8 * 60);
    expect(percentile(latency(run.audio), 0.99)).toBeLessThan(120);
  });

  test('an encoder that ignores the rate loses frames, never the latency of what arrives, nor sound', () => {
    const run = simulate({
      capacityBps: () => 5e6,
      rttMs: 40,
      durationMs: 10_000,
      isControlled: false,
    });
    expect(percentile(latency(run.video), 0.95)).toBeLessThan(200);
    expect(run.video.length).toBeGreaterThan(0.4 * run.framesCaptured);
    expect(percentile(latency(run.audio), 0.99)).toBeLessThan(100);
    expect(run.audio.length).toBeGreaterThan(0.98 * 1_000);
  });

  test('1 Mbit/s under an encoder of 8: pictures keep coming', () => {
    const run = simulate({
      capacityBps: () => 1e6,
      rttMs: 40,
      durationMs: 20_000,
      isControlled: false,
    });
    for (let second = 2; second < 20; second++) {
      const frames = within(run.video, second * 1000 - 500, second * 1000 + 500);
      expect(frames.length, `second ${second}`).toBeGreaterThan(0);
    }
  });

  test('a long path is filled within a few seconds', () => {
    const run = simulate({ capacityBps: () => 100e6, rttMs: 150, durationMs: 6_000 });
    expect(mean(run.throughputBps.slice(3, 6))).toBeGreaterThan(20e6);
  });

  test('1 Mbit/s over 60 ms: a picture that is late by little, and sound that is not', () => {
    const run = simulate({ capacityBps: () => 1e6, rttMs: 120, durationMs: 20_000, startBps: 8e6 });
    const settled = within(run.video, 4_000, 20_000);
    expect(percentile(latency(settled), 0.95)).toBeLessThan(60 + 110);
    expect(percentile(latency(run.audio), 0.95)).toBeLessThan(60 + 60);
    expect(settled.length).toBeGreaterThan(0.8 * 16 * 60);
  });

  test('beside a flow that takes half of the path, it settles on the other half', () => {
    const run = simulate({
      capacityBps: () => 10e6,
      competingBps: (at) => (at >= 8_000 && at < 18_000 ? 5e6 : 0),
      rttMs: 40,
      durationMs: 28_000,
    });
    expect(percentile(latency(within(run.video, 10_000, 18_000)), 0.95)).toBeLessThan(100);
    expect(mean(run.throughputBps.slice(11, 18))).toBeGreaterThan(0.6 * 5e6);
    expect(mean(run.throughputBps.slice(25, 28))).toBeGreaterThan(0.7 * 10e6);
  });

  test.each([3e6, 5e6, 20e6])('at rest on %d bit/s the target moves by at most 30 %', (bps) => {
    const run = simulate({ capacityBps: () => bps, rttMs: 40, durationMs: 40_000 });
    const atRest = run.targetBps.slice(-20 * 20);
    const [low, high] = [Math.min(...atRest), Math.max(...atRest)];
    expect((high - low) / high).toBeLessThanOrEqual(0.3);
  });
});

describe('a desktop that rests and then changes', () => {
  /** 3 s of motion, a rest with small changes, then pictures of 40 KB. */
  const firstBurst = (capacity: number, restMs: number): number => {
    const burstAt = 3_000 + restMs;
    const run = simulate({
      capacityBps: () => capacity,
      rttMs: 40,
      durationMs: burstAt + 1_000,
      frameBytes: (at) => {
        if (at < 3_000) return capacity / 8 / 60;
        return at < burstAt ? 200 : 40_000;
      },
    });
    const [first] = within(run.video, burstAt, burstAt + 17);
    return first?.latencyMs ?? Infinity;
  };
  const serialMs = (capacity: number): number => (40_000 * 8e3) / capacity;

  test.each([5e6, 10e6, 20e6, 50e6])('after 3 s at %d bit/s, 40 KB take one way', (capacity) => {
    expect(firstBurst(capacity, 3_000)).toBeLessThan(20 + serialMs(capacity) + 20);
  });

  test.each([5e6, 20e6])('after a minute at %d bit/s, one round trip more at most', (capacity) => {
    expect(firstBurst(capacity, 60_000)).toBeLessThan(20 + serialMs(capacity) + 20 + 40);
  });

  test('on a path that became slower meanwhile, the burst does not stand in its queue for long', () => {
    const run = simulate({
      capacityBps: (at) => (at < 4_000 ? 20e6 : 4e6),
      rttMs: 40,
      durationMs: 12_000,
      frameBytes: (at) => (at < 3_000 || at >= 6_000 ? 6_000 : 200),
    });
    expect(percentile(latency(within(run.video, 7_000, 12_000)), 0.95)).toBeLessThan(120);
  });
});
