import { describe, expect, it } from 'vitest';
import type { FrameMoments } from '../../../client/stats/latency-breakdown.ts';
import type { PictureKind } from '../../../client/stats/measurement-messages.ts';
import { RunRecorder } from '../../../client/stats/run-recorder.ts';

const PICTURE: PictureKind = { codec: 'vp8', width: 640, height: 360, place: 'canvas' };

const NO_COUNTERS = { superseded: 0, late: 0, decoderFaults: 0 };

/** A frame captured and shown at given milliseconds. */
function frame(sequence: number, capturedMs: number, shownMs: number) {
  const [capturedAt, shownAt] = [capturedMs * 1000, shownMs * 1000];
  const between = (part: number) => capturedAt + (shownAt - capturedAt) * part;
  const moments: FrameMoments = {
    capturedAt,
    queuedAt: between(0.3),
    writtenAt: between(0.4),
    begunAt: between(0.5),
    receivedAt: between(0.6),
    decodedAt: between(0.8),
    shownAt,
  };
  return { sequence, moments, shownAt, picture: PICTURE };
}

function record(frames: readonly ReturnType<typeof frame>[]) {
  const recorder = new RunRecorder(0, NO_COUNTERS);
  for (const each of frames) recorder.add(each);
  return recorder.end(10_000_000, NO_COUNTERS);
}

describe('the recorder of a run', () => {
  it('keeps each frame, its stages adding up to its latency', () => {
    const { latencyMs, shownAtMs, stagesMs } = record([frame(0, 0, 20), frame(1, 16, 41)]);
    expect(shownAtMs).toEqual([20, 41]);
    expect(latencyMs).toEqual([20, 25]);
    const sums = latencyMs.map((_, index) =>
      Object.entries(stagesMs)
        .filter(([name]) => name !== 'capture')
        .reduce((sum, [, stage]) => sum + (stage[index] ?? 0), 0),
    );
    sums.forEach((sum, index) => expect(sum).toBeCloseTo(latencyMs[index] ?? 0, 6));
  });

  it('keeps the wait for the capture apart from the latency', () => {
    const known = frame(0, 8, 20);
    const { latencyMs, stagesMs } = record([
      { ...known, moments: { ...known.moments, changedAt: 5_000 } },
      frame(1, 16, 41),
    ]);
    expect(latencyMs).toEqual([12, 25]);
    expect(stagesMs.capture).toEqual([3, Number.NaN]);
  });

  it('notes what the picture is, and each time that it is another', () => {
    const small = { ...frame(2, 32, 50), picture: { ...PICTURE, width: 320, height: 180 } };
    const { pictures } = record([frame(0, 0, 20), frame(1, 16, 41), small]);
    expect(pictures).toEqual([
      { ...PICTURE, atMs: 20 },
      { ...PICTURE, width: 320, height: 180, atMs: 50 },
    ]);
  });

  it('takes a pause of a still desktop for what it is', () => {
    expect(record([frame(0, 0, 20), frame(1, 900, 921)]).freezesMs).toEqual([]);
  });

  it('counts a pause in which frames were lost', () => {
    expect(record([frame(0, 0, 20), frame(9, 150, 170)]).freezesMs).toEqual([150]);
  });

  it('counts a pause after which a frame came late', () => {
    expect(record([frame(0, 0, 20), frame(1, 16, 200)]).freezesMs).toEqual([180]);
  });

  it('does not count a pause of 100 ms', () => {
    expect(record([frame(0, 0, 20), frame(9, 100, 120)]).freezesMs).toEqual([]);
  });

  it('counts what was not shown since it began', () => {
    const before = { superseded: 5, late: 1, decoderFaults: 2 };
    const recorder = new RunRecorder(0, before);
    const { counters } = recorder.end(1, { superseded: 8, late: 1, decoderFaults: 3 });
    expect(counters).toEqual({ superseded: 3, late: 0, decoderFaults: 1 });
  });

  it('puts the painted age where its frame is, and keeps frames without a clock', () => {
    const recorder = new RunRecorder(0, NO_COUNTERS);
    recorder.add({ ...frame(0, 0, 20), moments: undefined });
    const index = recorder.add(frame(1, 16, 40)) ?? 0;
    recorder.painted(index, { glassMs: 31 });
    const { latencyMs, glassMs } = recorder.end(1, NO_COUNTERS);
    expect(latencyMs).toEqual([Number.NaN, 24]);
    expect(glassMs).toEqual([Number.NaN, 31]);
  });

  it('is bounded', () => {
    const recorder = new RunRecorder(0, NO_COUNTERS);
    for (let index = 0; index < 9_000; index += 1) recorder.add(frame(index, index, index + 20));
    const run = recorder.end(1, NO_COUNTERS);
    expect(run.shownAtMs.length).toBeLessThan(9_000);
    expect(run.shownAtMs.length + run.unrecorded).toBe(9_000);
  });
});
