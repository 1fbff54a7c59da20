/** The stops of a slider: pure functions. */
import type { SettingRange } from '../../../protocol/stream-settings.ts';

/** A stop of a slider. */
export type Step = number | 'auto';

/** Bit rates of a picture, kbit/s; each about a third more than the one before. */
export const bitrateSteps = [
  100, 200, 300, 500, 750, 1_000, 1_500, 2_000, 3_000, 4_000, 6_000, 8_000, 10_000, 15_000, 20_000,
  30_000, 50_000, 100_000, 200_000, 500_000,
] as const;

/** Frames per second, those that films and screens have among them. */
export const frameRateSteps = [
  1, 5, 10, 15, 20, 24, 30, 40, 50, 60, 75, 90, 120, 144, 240,
] as const;

/** Parts of the desktop's width and height. */
export const scaleSteps = [0.25, 1 / 3, 0.5, 2 / 3, 0.75, 1] as const;

/** Bit rates of sound, kbit/s. */
export const soundBitrateSteps = [6, 16, 24, 32, 48, 64, 96, 128, 160, 192, 256, 320, 510] as const;

/** Delays and buffers, ms. */
export const delaySteps = [
  0, 5, 10, 15, 20, 30, 40, 50, 60, 80, 100, 120, 150, 200, 250, 300, 400, 500, 600, 800, 1_000,
  1_500, 2_000, 3_000, 4_000, 5_000,
] as const;

/** The stops within a range, its ends and the present value among them, rising. */
export function stepsWithin(
  steps: readonly number[],
  { least, most }: SettingRange,
  present: Step,
): readonly number[] {
  const inside = steps.filter((step) => step >= least && step <= most);
  const all = new Set([least, ...inside, most]);
  if (present !== 'auto') all.add(present);
  return [...all].sort((a, b) => a - b);
}

/** Where a value stands among stops; the nearest one where it is not among them. */
export function positionOf(value: Step, steps: readonly Step[]): number {
  const exact = steps.indexOf(value);
  if (exact !== -1 || value === 'auto') return Math.max(0, exact);
  const distance = (step: Step | undefined): number =>
    typeof step === 'number' ? Math.abs(step - value) : Infinity;
  return steps.reduce<number>(
    (nearest, step, at) => (distance(step) < distance(steps[nearest]) ? at : nearest),
    0,
  );
}
