/** What a recording of a steady tone says about the sound path. */
export interface ToneReport {
  readonly frequencyHz: number;
  /** Share of the energy that is the tone: 1 for a pure sine. */
  readonly purity: number;
  /** Windows whose amplitude or phase jumps against the one before: each is a click, a gap or a repeated part. */
  readonly glitches: number;
}

/** Length of a window: ten periods of 1 kHz, short enough that a lost packet of 5 ms shows in its phase. */
const WINDOW_SECONDS = 0.01;

/** The resampler may bend time by 0.5 %: 0.31 rad of a 1 kHz tone in 10 ms. Twice that is a jump. */
const MAX_PHASE_STEP = 0.7;
const MAX_AMPLITUDE_STEP = 0.25;

/** Follows a tone of about `nominalHz` through a recording, window by window, by its complex amplitude (Goertzel's sum). */
export function analyzeTone(
  samples: Float32Array,
  sampleRate: number,
  nominalHz: number,
): ToneReport {
  const length = Math.round(sampleRate * WINDOW_SECONDS);
  const windows = Array.from({ length: Math.floor(samples.length / length) }, (_, index) =>
    correlate(samples.subarray(index * length, (index + 1) * length), {
      start: index * length,
      turn: (2 * Math.PI * nominalHz) / sampleRate,
    }),
  );
  const typical = median(windows.map(({ amplitude }) => amplitude));
  let glitches = 0;
  let turned = 0;
  for (const [index, window] of windows.entries()) {
    if (Math.abs(window.amplitude - typical) > MAX_AMPLITUDE_STEP * typical) glitches += 1;
    const before = windows[index - 1];
    if (before === undefined) continue;
    const step = wrap(window.phase - before.phase);
    if (Math.abs(step) > MAX_PHASE_STEP) glitches += 1;
    turned += step;
  }
  const seconds = (windows.length - 1) * WINDOW_SECONDS;
  const energy = samples.reduce((sum, sample) => sum + sample * sample, 0) / samples.length;
  return {
    frequencyHz: nominalHz + turned / (2 * Math.PI) / seconds,
    purity: (typical * typical) / 2 / energy,
    glitches,
  };
}

function correlate(
  window: Float32Array,
  { start, turn }: { readonly start: number; readonly turn: number },
): { readonly amplitude: number; readonly phase: number } {
  let real = 0;
  let imaginary = 0;
  for (const [index, sample] of window.entries()) {
    real += sample * Math.cos(turn * (start + index));
    imaginary -= sample * Math.sin(turn * (start + index));
  }
  return {
    amplitude: (2 * Math.hypot(real, imaginary)) / window.length,
    phase: Math.atan2(imaginary, real),
  };
}

const wrap = (angle: number): number => angle - 2 * Math.PI * Math.round(angle / (2 * Math.PI));

const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
