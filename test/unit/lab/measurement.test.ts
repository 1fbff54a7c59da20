import { describe, expect, it } from 'vitest';
import {
  binsOf,
  figuresOf,
  reachedAfter,
  settledAfter,
  type Sample,
} from '../../lab/measurement.ts';

/** One sample each `everyMs`, whose latency and size depend on its time. */
function samples(
  durationMs: number,
  everyMs: number,
  of: (atMs: number) => { readonly latencyMs: number; readonly bytes?: number },
): Sample[] {
  return Array.from({ length: durationMs / everyMs }, (_, i) => ({
    atMs: i * everyMs,
    bytes: 0,
    ...of(i * everyMs),
  }));
}

describe('figures of a viewer', () => {
  it('counts pictures, gaps and bits', () => {
    const isFrozen = (atMs: number) => atMs > 1_000 && atMs < 1_500;
    const shown = samples(3_000, 20, () => ({ latencyMs: 30 })).filter(
      ({ atMs }) => !isFrozen(atMs),
    );
    const video = samples(3_000, 20, () => ({ latencyMs: 25, bytes: 2_000 }));
    const audio = samples(3_000, 10, () => ({ latencyMs: 22, bytes: 100 }));
    const figures = figuresOf({ durationMs: 3_000, video, audio, shown });
    expect(figures.framesPerSecond).toBeCloseTo((150 - 24) / 3);
    expect(figures.freezesPerMinute).toBe(20);
    expect(figures.longestFreezeMs).toBe(500);
    expect(figures.bitrateBps).toBe((150 * 2_000 * 8) / 3 + (300 * 100 * 8) / 3);
    expect(figures.video.p95).toBe(25);
    expect(figures.audio.p50).toBe(22);
    expect(figures.glass.p99).toBe(30);
  });

  it('counts a picture that stops for good as a freeze', () => {
    const shown = samples(1_000, 20, () => ({ latencyMs: 30 }));
    const figures = figuresOf({ durationMs: 4_000, video: [], audio: [], shown });
    expect(figures.freezesPerMinute).toBe(15);
    expect(figures.longestFreezeMs).toBe(3_020);
    expect(figures.video.p50).toBeNaN();
  });
});

it('cuts a run into slices', () => {
  const run = samples(1_000, 10, (atMs) => ({ latencyMs: atMs < 500 ? 10 : 90, bytes: 125 }));
  const bins = binsOf(run, 1_500, 500);
  expect(bins.map(({ fromMs, samples, p95 }) => [fromMs, samples, p95])).toEqual([
    [0, 50, 10],
    [500, 50, 90],
    [1_000, 0, Number.NaN],
  ]);
  expect(bins[0]?.bitrateBps).toBe(100_000);
});

describe('settling after a step', () => {
  const window = { fromMs: 1_000, untilMs: 5_000, limitMs: 90 };

  it('is the last time that the latency was too high', () => {
    const run = samples(6_000, 10, (atMs) => ({
      latencyMs: (atMs >= 1_000 && atMs < 1_400) || (atMs >= 1_800 && atMs < 1_900) ? 200 : 30,
    }));
    expect(settledAfter(run, window)).toBe(1_000);
  });

  it('is nothing when it was never too high, and undefined when it stays so', () => {
    expect(
      settledAfter(
        samples(6_000, 10, () => ({ latencyMs: 30 })),
        window,
      ),
    ).toBe(0);
    const lasting = samples(6_000, 10, (atMs) => ({ latencyMs: atMs < 1_000 ? 30 : 200 }));
    expect(settledAfter(lasting, window)).toBeUndefined();
    expect(settledAfter([], window)).toBeUndefined();
  });

  it('is the first second that carries the bitrate again', () => {
    const run = samples(6_000, 10, (atMs) => ({
      latencyMs: 30,
      bytes: atMs < 2_500 ? 125 : 1_250,
    }));
    const step = { fromMs: 2_000, untilMs: 6_000, bitrateBps: 1e6 };
    expect(reachedAfter(run, step)).toBe(1_500);
    expect(reachedAfter(run, { ...step, bitrateBps: 2e6 })).toBeUndefined();
  });
});
