import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LatencyWindow, stagesOf } from '../../../client/stats/latency-breakdown.ts';

const start = 1_795_000_000_000_000;

/** Frames at 60 per second: 7 ms encode, 3 ms network, 2 ms decode, 5 ms and a growing rest to draw. */
function frames(count: number): LatencyWindow {
  const window = new LatencyWindow();
  for (let frame = 0; frame < count; frame += 1) {
    const capturedAt = start + frame * 16_667;
    window.add({
      capturedAt,
      writtenAt: capturedAt + 7_000,
      receivedAt: capturedAt + 10_000,
      decodedAt: capturedAt + 12_000,
      shownAt: capturedAt + 17_000 + frame,
    });
  }
  return window;
}

describe('stages of a frame', () => {
  it('add up to its total exactly, whatever the clocks say', () => {
    const moment = fc.double({ min: start, max: start + 1e9, noNaN: true });
    const moments = fc.record({
      capturedAt: moment,
      writtenAt: moment,
      receivedAt: moment,
      decodedAt: moment,
      shownAt: moment,
    });
    fc.assert(
      fc.property(moments, (frame) => {
        const { encode, network, decode, present, total } = stagesOf(frame);
        expect(encode + network + decode + present).toBe(total);
        expect(Math.abs(total - (frame.shownAt - frame.capturedAt))).toBeLessThanOrEqual(1);
      }),
    );
  });
});

describe('latency window', () => {
  it('splits the time from capture to drawn, over the last 240 frames', () => {
    expect(new LatencyWindow().report()).toBeUndefined();
    const report = frames(300).report();
    expect(report?.samples).toBe(240);
    expect(report?.encode).toEqual({ p50Ms: 7, p95Ms: 7 });
    expect(report?.network).toEqual({ p50Ms: 3, p95Ms: 3 });
    expect(report?.decode).toEqual({ p50Ms: 2, p95Ms: 2 });
    expect(report?.present.p50Ms).toBeCloseTo(5.18, 5);
    expect(report?.total.p50Ms).toBeCloseTo(17.18, 5);
    expect(report?.total.p95Ms).toBeCloseTo(17.288, 5);
  });

  it('has a typical frame whose parts add up, and which a few slow frames do not move', () => {
    const window = frames(100);
    const before = window.report()?.typical;
    expect(before?.totalMs).toBeCloseTo(17.0495, 4);
    for (let slow = 0; slow < 20; slow += 1) {
      const capturedAt = start;
      const late = capturedAt + 900_000;
      window.add({
        capturedAt,
        writtenAt: late,
        receivedAt: late,
        decodedAt: late,
        shownAt: late,
      });
    }
    const typical = window.report()?.typical;
    expect(typical?.totalMs).toBeCloseTo(17.06, 1);
    const { encodeMs = 0, networkMs = 0, decodeMs = 0, presentMs = 0 } = typical ?? {};
    expect(encodeMs + networkMs + decodeMs + presentMs).toBeCloseTo(typical?.totalMs ?? 0, 9);
  });

  it('tells of the frames since the last report apart, and forgets all at a new connection', () => {
    const window = frames(50);
    expect(window.report()?.recent?.p50Ms).toBeCloseTo(17.025, 5);
    expect(window.report()?.recent).toBeUndefined();
    window.add({ capturedAt: 0, writtenAt: 1, receivedAt: 2, decodedAt: 3, shownAt: 40_000 });
    expect(window.report()?.recent).toEqual({ p50Ms: 40, p95Ms: 40 });
    window.clear();
    expect(window.report()).toBeUndefined();
  });
});
