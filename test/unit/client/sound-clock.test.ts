import { expect, it } from 'vitest';
import { outputStamp, soundShift, type TimedContext } from '../../../client/audio/sound-clock.ts';

const context = (fields: Partial<TimedContext>): TimedContext => ({
  currentTime: 10,
  baseLatency: 0.01,
  outputLatency: 0.03,
  getOutputTimestamp: () => ({ contextTime: 9.96, performanceTime: 5_000 }),
  ...fields,
});

it('takes the time stamp of the output', () => {
  expect(outputStamp(context({}), 0, 1_000_000)).toEqual({
    frame: 9.96 * 48_000,
    heardAt: 1_005_000_000,
  });
});

it('reckons with the latencies where there is no stamp, or an old one', () => {
  const expected = { frame: 480_000, heardAt: 7_040_000 };
  const none = context({ getOutputTimestamp: () => ({ contextTime: 0, performanceTime: 0 }) });
  expect(outputStamp(none, 7_000_000, 0)).toEqual(expected);
  const old = context({ getOutputTimestamp: () => ({ contextTime: 3, performanceTime: 9 }) });
  expect(outputStamp(old, 7_000_000, 0)).toEqual(expected);
});

it('says by how much sound is heard later than the session clock said it was made', () => {
  const stamp = { frame: 48_000, heardAt: 3_000_000 };
  expect(soundShift({ outputFrame: 52_800, captureTime: 2_900_000 }, stamp)).toBe(200_000);
  expect(soundShift({ outputFrame: 48_000, captureTime: 9_000_000 }, stamp)).toBe(-6_000_000);
});
