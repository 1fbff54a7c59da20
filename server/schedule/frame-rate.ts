import type { Micros } from '../../protocol/time.ts';
import { frameRateFor, type PictureSize } from './encoder-rate.ts';
import { Patience } from './patience.ts';

/**
 * How much more than the least bit rate of a frame rate is asked for before going back up to it: more than the 25 % by which
 * rate control moves at rest (simulated), or the two would follow each other for ever.
 */
const RAISE_MARGIN = 1.3;

/** Chooses the frame rate for the bit rate, without flapping. A pure core; times in session-clock microseconds. */
export class FrameRate {
  readonly #max: number;
  readonly #patience = new Patience();
  #current: number;

  constructor(maxFrameRate: number) {
    this.#max = maxFrameRate;
    this.#current = maxFrameRate;
  }

  /** Frames per second, as they stand. */
  get current(): number {
    return this.#current;
  }

  /** The new frame rate to set, or undefined when it stays. */
  follow(targetBps: number, size: PictureSize, now: Micros): number | undefined {
    const fit = frameRateFor(targetBps, size, this.#max);
    const safe = frameRateFor(targetBps / RAISE_MARGIN, size, this.#max);
    const next = this.#patience.decide(this.#current, { fit, safe }, now);
    if (next !== undefined) this.#current = next;
    return next;
  }
}
