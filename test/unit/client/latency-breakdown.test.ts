import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LatencyWindow, stagesOf } from '../../../client/stats/latency-breakdown.ts';

const start = 1_795_000_000_000_000;

/** Frames at 60 per second: 6 ms encode, 1 ms queue, 2 ms network, 1 ms reassembly, 2 ms decode, 5 ms and a growing rest to draw. */
function frames(count: number): LatencyWindow {
  const window = new LatencyWindow();
  for (let frame = 0; frame < count; frame += 1) {
    const capturedAt = start + frame * 16_667;
    window.add({
      capturedAt,
      queuedAt: capturedAt + 6_000,
      writtenAt: capturedAt + 7_000,
      begunAt: capturedAt + 9_000,
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
      changedAt: moment,
      capturedAt: moment,
      queuedAt: moment,
      writtenAt: moment,
      begunAt: moment,
      receivedAt: moment,
      decodedAt: moment,
      shownAt: moment,
    });
    fc.assert(
      fc.property(moments, (frame) => {
        const { total, ...stages } = stagesOf(frame);
        expect(Object.values(stages)).toHaveLength(7);
        expect(Object.values(stages).reduce((sum, stage) => sum + stage, 0)).toBe(total);
        expect(Math.abs(total - (frame.shownAt - frame.changedAt))).toBeLessThanOrEqual(1);
        const { changedAt, ...fromCapture } = frame;
        const short = stagesOf(fromCapture);
        expect(short.total).toBe(total - (stages.capture ?? 0));
        expect(short.capture).toBeUndefined();
        expect(changedAt).toBe(frame.changedAt);
      }),
    );
  });
});

describe('latency window', () => {
  it('begins with the change where one is known, and takes the frames of known changes alone', () => {
    const window = frames(10);
    for (let frame = 0; frame < 30; frame += 1) {
      const capturedAt = start + frame * 16_667;
      window.add({
        ...(frame % 3 === 0 ? { changedAt: capturedAt - 8_000 } : {}),
        capturedAt,
        queuedAt: capturedAt + 6_000,
        writtenAt: capturedAt + 6_000,
        begunAt: capturedAt + 6_000,
        receivedAt: capturedAt + 6_000,
        decodedAt: capturedAt + 6_000,
        shownAt: capturedAt + 10_000,
      });
    }
    const report = window.report();
    expect(report?.samples).toBe(10);
    expect(report?.capture).toEqual({ p50Ms: 8, p95Ms: 8 });
    expect(report?.total).toEqual({ p50Ms: 18, p95Ms: 18 });
    expect(report?.recent).toEqual({ p50Ms: 18, p95Ms: 18 });
    expect(report?.typical).toMatchObject({ captureMs: 8, encodeMs: 6, presentMs: 4, totalMs: 18 });
    expect(frames(10).report()?.capture).toBeUndefined();
    expect(frames(10).report()?.typical).not.toHaveProperty('captureMs');
  });

  it('splits the time from capture to drawn, over the last 240 frames', () => {
    expect(new LatencyWindow().report()).toBeUndefined();
    const report = frames(300).report();
    expect(report?.samples).toBe(240);
    expect(report?.encode).toEqual({ p50Ms: 6, p95Ms: 6 });
    expect(report?.queue).toEqual({ p50Ms: 1, p95Ms: 1 });
    expect(report?.network).toEqual({ p50Ms: 2, p95Ms: 2 });
    expect(report?.reassembly).toEqual({ p50Ms: 1, p95Ms: 1 });
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
        queuedAt: late,
        writtenAt: late,
        begunAt: late,
        receivedAt: late,
        decodedAt: late,
        shownAt: late,
      });
    }
    const typical = window.report()?.typical;
    expect(typical?.totalMs).toBeCloseTo(17.06, 1);
    const { totalMs = 0, ...parts } = typical ?? {};
    expect(Object.values(parts).reduce((sum, part) => sum + part, 0)).toBeCloseTo(totalMs, 9);
  });

  it('tells of the frames since the last report apart, and forgets all at a new connection', () => {
    const window = frames(50);
    expect(window.report()?.recent?.p50Ms).toBeCloseTo(17.025, 5);
    expect(window.report()?.recent).toBeUndefined();
    window.add({
      capturedAt: 0,
      queuedAt: 1,
      writtenAt: 1,
      begunAt: 2,
      receivedAt: 2,
      decodedAt: 3,
      shownAt: 40_000,
    });
    expect(window.report()?.recent).toEqual({ p50Ms: 40, p95Ms: 40 });
    window.clear();
    expect(window.report()).toBeUndefined();
  });
});
