import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  figuresOf,
  percentilesOf,
  quantile,
  type RunSample,
} from '../../../client/compare/figures.ts';

const NOTHING_DROPPED = {
  deadline: 0,
  superseded: 0,
  givenUp: 0,
  undecodable: 0,
  skipped: 0,
  late: 0,
};

const SAMPLE: RunSample = {
  durationMs: 10_000,
  shown: 600,
  latenciesMs: [10, 20, 30],
  freezesMs: [],
  dropped: NOTHING_DROPPED,
  audioUnderruns: 0,
  receivedBytes: 1_250_000,
};

describe('percentiles', () => {
  it('are the nearest ranks', () => {
    const values = Array.from({ length: 100 }, (_, index) => index + 1);
    expect(percentilesOf([...values].reverse())).toEqual({ p50Ms: 50, p95Ms: 95, p99Ms: 99 });
    expect(percentilesOf([7])).toEqual({ p50Ms: 7, p95Ms: 7, p99Ms: 7 });
    expect(percentilesOf([])).toBeNull();
  });

  it('are values that at least so many are not above', () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: 0, max: 1e4, noNaN: true }), { minLength: 1 }),
        fc.double({ min: 0.01, max: 1, noNaN: true }),
        (values, part) => {
          const sorted = [...values].sort((a, b) => a - b);
          const found = quantile(sorted, part);
          const share = values.filter((value) => value <= found).length / values.length;
          expect(values).toContain(found);
          expect(share).toBeGreaterThanOrEqual(part - 1e-9);
        },
      ),
    );
  });
});

describe('the figures of runs', () => {
  it('are rates over their time and percentiles over their frames', () => {
    const other = { ...SAMPLE, durationMs: 5_000, shown: 150, latenciesMs: [40, 50] };
    expect(figuresOf([SAMPLE, other])).toMatchObject({
      seconds: 15,
      shown: 750,
      latency: { p50Ms: 30, p95Ms: 50 },
      framesPerSecond: 50,
      bitrateKbps: (2_500_000 * 8) / 15 / 1_000,
    });
  });

  it('count freezes, and how many a minute', () => {
    const { freezes, freezesPerMinute } = figuresOf([{ ...SAMPLE, freezesMs: [120, 300] }]);
    expect({ freezes, freezesPerMinute }).toEqual({ freezes: 2, freezesPerMinute: 12 });
  });

  it('say of how many frames those dropped were', () => {
    const dropped = { ...NOTHING_DROPPED, deadline: 4, skipped: 2 };
    const figures = figuresOf([
      { ...SAMPLE, shown: 94, dropped },
      { ...SAMPLE, shown: 100 },
    ]);
    expect(figures.dropped).toEqual(dropped);
    expect(figures.droppedPercent).toBeCloseTo(3);
  });

  it('have no underruns where one run had no sound', () => {
    expect(figuresOf([SAMPLE, { ...SAMPLE, audioUnderruns: 2 }]).audioUnderruns).toBe(2);
    expect(figuresOf([SAMPLE, { ...SAMPLE, audioUnderruns: null }]).audioUnderruns).toBeNull();
  });

  it('of nothing are nothing', () => {
    expect(figuresOf([])).toMatchObject({ latency: null, framesPerSecond: 0, droppedPercent: 0 });
  });
});
