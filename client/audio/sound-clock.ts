import { SAMPLE_RATE } from './sample-rate.ts';

/** Which frame of an output is heard when (Web Audio, AudioTimestamp). */
export interface OutputStamp {
  /** Frame of the output, counted from the context's beginning. */
  readonly frame: number;
  /** When it is heard, local time, µs. */
  readonly heardAt: number;
}

/** What a context says of its own time; the part of AudioContext that is needed. */
export interface TimedContext {
  readonly currentTime: number;
  readonly baseLatency: number;
  readonly outputLatency: number;
  getOutputTimestamp(): { contextTime?: number; performanceTime?: number };
}

/** A time stamp of the output that is older than this was made before a pause, s. */
const STALE = 1;

/**
 * A frame of the output and when it is heard. Where the browser's time stamp is missing or old, from its latencies.
 *
 * @param now local time, µs
 * @param origin `performance.timeOrigin` of this thread, ms
 */
export function outputStamp(context: TimedContext, now: number, origin: number): OutputStamp {
  const { contextTime = 0, performanceTime = 0 } = context.getOutputTimestamp();
  if (performanceTime > 0 && context.currentTime - contextTime < STALE) {
    return { frame: contextTime * SAMPLE_RATE, heardAt: (origin + performanceTime) * 1000 };
  }
  const latency = context.baseLatency + context.outputLatency;
  return { frame: context.currentTime * SAMPLE_RATE, heardAt: now + latency * 1e6 };
}

/**
 * Local time at which a moment of the session clock is heard, minus that moment, µs.
 *
 * @param moment a frame of the output and when its sound was captured, see SoundRing.moment
 */
export const soundShift = (
  moment: { readonly outputFrame: number; readonly captureTime: number },
  { frame, heardAt }: OutputStamp,
): number => heardAt + ((moment.outputFrame - frame) * 1e6) / SAMPLE_RATE - moment.captureTime;
