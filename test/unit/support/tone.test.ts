import { describe, expect, it } from 'vitest';
import { analyzeTone } from '../../support/tone.ts';

const rate = 48_000;
const sine = (seconds: number, hz = 1_000): Float32Array =>
  Float32Array.from(
    { length: seconds * rate },
    (_, index) => 0.5 * Math.sin((2 * Math.PI * hz * index) / rate),
  );

describe('analyzeTone', () => {
  it('finds frequency and purity of a clean tone, also of one that is resampled by 0.5 %', () => {
    for (const hz of [1_000, 1_005, 995]) {
      const report = analyzeTone(sine(2, hz), rate, 1_000);
      expect(report.frequencyHz).toBeCloseTo(hz, 1);
      expect(report.purity).toBeGreaterThan(0.98);
      expect(report.glitches).toBe(0);
    }
  });

  it('hears a packet of 10 ms that is missing, silent or played twice', () => {
    const whole = sine(2, 1_003);
    const at = Math.round(rate * 0.7123);
    const packet = 480;
    const silent = Float32Array.from(whole);
    silent.fill(0, at, at + packet);
    const shifted = Float32Array.from([...whole.subarray(0, at), ...whole.subarray(at + 500)]);
    const repeated = Float32Array.from([
      ...whole.subarray(0, at),
      ...whole.subarray(at - 250, at),
      ...whole.subarray(at),
    ]);
    for (const damaged of [silent, shifted, repeated]) {
      expect(analyzeTone(damaged, rate, 1_000).glitches).toBeGreaterThan(0);
    }
  });
});
