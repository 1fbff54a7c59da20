import { describe, expect, test } from 'vitest';
import type { ReportUnit } from '../../../protocol/control/report.ts';
import { flowId, sequence } from '../../../protocol/flow.ts';
import { micros, toMicros32 } from '../../../protocol/time.ts';
import { PACKET_BYTES, TrainCapacity } from '../../../server/schedule/train-capacity.ts';

const VIDEO = flowId(4);
const AUDIO = flowId(2);

interface Arrived {
  readonly seq: number;
  readonly bytes: number;
  readonly firstUs: number;
  readonly lastUs: number;
  readonly flow?: typeof VIDEO;
}

const report = (...entries: readonly Arrived[]): ReportUnit => ({
  type: 'report',
  now: toMicros32(micros(0)),
  entries: entries.map(({ seq, bytes, firstUs, lastUs, flow = VIDEO }) => ({
    flow,
    seq: sequence(seq),
    status: 'complete',
    bytes,
    echo: toMicros32(micros(firstUs)),
    first: toMicros32(micros(firstUs)),
    last: toMicros32(micros(lastUs)),
  })),
  values: {},
});

/** Pictures of so many bytes, 60 a second or as many as come one after the other, each spread over a time. */
const pictures = (
  capacity: TrainCapacity,
  given: { readonly bytes: number; readonly spreadUs: number; readonly count: number },
  from: { readonly seq: number; readonly us: number },
): number => {
  let at = from.us;
  for (let i = 0; i < given.count; i += 1) {
    at += Math.max(16_667, given.spreadUs);
    const [firstUs, lastUs] = [at, at + given.spreadUs];
    const entry = { seq: from.seq + i, bytes: given.bytes, firstUs, lastUs };
    capacity.onReport(report(entry), PACKET_BYTES, at);
  }
  return at;
};

describe('the capacity from trains', () => {
  test('is how fast the packets behind the first one came', () => {
    const capacity = new TrainCapacity();
    const at = pictures(capacity, { bytes: 11_200, spreadUs: 16_000, count: 5 }, { seq: 0, us: 0 });
    expect(capacity.value(at)).toBe(5e6);
  });

  test('is the median: neither a batch nor a busy moment moves it', () => {
    const capacity = new TrainCapacity();
    pictures(capacity, { bytes: 11_200, spreadUs: 16_000, count: 5 }, { seq: 0, us: 0 });
    pictures(capacity, { bytes: 11_200, spreadUs: 600, count: 1 }, { seq: 5, us: 100_000 });
    const at = pictures(
      capacity,
      { bytes: 11_200, spreadUs: 90_000, count: 1 },
      { seq: 6, us: 120_000 },
    );
    expect(capacity.value(at)).toBe(5e6);
  });

  test('counts the sound between the packets of a picture', () => {
    const capacity = new TrainCapacity();
    const sound = { flow: AUDIO, bytes: 190, firstUs: 8_000, lastUs: 8_000 };
    const picture = { seq: 0, bytes: 6_200, firstUs: 0, lastUs: 40_000 };
    capacity.onReport(report({ seq: 0, ...sound }, picture), PACKET_BYTES, 50_000);
    expect(capacity.value(50_000)).toBe(((5_000 + 250) * 8e6) / 40_000);
  });

  test('counts what came of a keyframe beside the picture after it', () => {
    const capacity = new TrainCapacity();
    const keyframe = { seq: 0, bytes: 101_200, firstUs: 0, lastUs: 100_000 };
    const picture = { seq: 1, bytes: 6_200, firstUs: 90_000, lastUs: 100_000 };
    capacity.onReport(report(keyframe), PACKET_BYTES, 100_000);
    const alone = capacity.value(100_000);
    capacity.onReport(report(picture), PACKET_BYTES, 100_000);
    // A tenth of the keyframe, half as much of the picture.
    expect(capacity.value(100_000)).toBeCloseTo(alone, -5);
  });

  test('falls at once when a long queue says so, but not below what is delivered', () => {
    const capacity = new TrainCapacity();
    pictures(capacity, { bytes: 11_200, spreadUs: 4_000, count: 5 }, { seq: 0, us: 0 });
    const slow = { bytes: 11_200, spreadUs: 40_000, count: 2 };
    const at = pictures(capacity, slow, { seq: 5, us: 100_000 });
    capacity.collapse(3e6, at);
    expect(capacity.value(at)).toBe(3e6);
  });

  test('that was far too low comes back, though no picture is a train any more', () => {
    const capacity = new TrainCapacity();
    const slow = { bytes: 11_200, spreadUs: 200_000, count: 5 };
    const lowAt = pictures(capacity, slow, { seq: 0, us: 0 });
    expect(capacity.value(lowAt)).toBe(400_000);
    const small = { bytes: 3_000, spreadUs: 700, count: 120 };
    const at = pictures(capacity, small, { seq: 5, us: lowAt });
    expect(capacity.value(at)).toBeGreaterThan(5e6);
  });
});
