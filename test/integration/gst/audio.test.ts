import { afterEach, describe, expect, test } from 'vitest';
import { audioPipeline } from '../../../gst/audio-pipeline.ts';
import { captureGapsMs, median, RunningSource, until } from '../../support/gst/running-source.ts';

let running: RunningSource | undefined;

afterEach(async () => {
  await running?.source.close();
  running = undefined;
});

describe('sound', () => {
  test.each([5, 10, 20] as const)('a tone comes as Opus packets of %i ms', async (frameMs) => {
    running = new RunningSource('opus', {
      description: () =>
        audioPipeline({
          source: { type: 'test', frequencyHz: 440 },
          frameMs,
          bitrateBps: 128_000,
        }),
    });
    const packets = await running.more(1000 / frameMs + 1);
    // One second of packets spans one second of capture.
    const spanMs = captureGapsMs(packets).reduce((sum, gap) => sum + gap, 0);
    expect(Math.abs(spanMs - 1000)).toBeLessThan(10);
    expect(median(captureGapsMs(packets))).toBeCloseTo(frameMs, 1);
    expect(packets.every(({ durationUs }) => durationUs === frameMs * 1000)).toBe(true);
    expect(packets.slice(1).some(({ discontinuity }) => discontinuity)).toBe(false);
    const delays = packets.map(
      ({ captureTime, arrivalTime }) => Number(arrivalTime - captureTime) / 1e6,
    );
    expect(median(delays)).toBeLessThan(100);
    expect(Object.values(running.stream.faults).every((count) => count === 0)).toBe(true);
  });

  test('without a sound server the source says so and goes on trying', async () => {
    const source = { type: 'pulse', device: 'none.monitor', server: 'unix:/nonexistent' } as const;
    const audio = (running = new RunningSource('opus', {
      description: () => audioPipeline({ source, frameMs: 10, bitrateBps: 128_000 }),
    }));
    await until('two attempts', () => audio.reasons.length >= 2);
    expect(audio.reasons[0]).toMatch(/^pulsesrc\d+: .*connect/i);
  });
});
