import type { Micros } from '../../protocol/time.ts';
import { frameRateFor, type FrameRateBounds, type PictureSize } from './encoder-rate.ts';
import { Patience } from './patience.ts';

/**
 * How much more than the least bit rate of a frame rate is asked for before going back up to it: more than the 25 % by which
 * rate control moves at rest (simulated), or the two would follow each other for ever.
 */
const RAISE_MARGIN = 1.3;

/** Chooses the frame rate for the bit rate, without flapping. A pure core; times in session-clock microseconds. */
export class FrameRate {
  readonly #patience = new Patience();
  #bounds: FrameRateBounds;
  #current: number;

  constructor(maxFrameRate: number) {
    this.#bounds = { most: maxFrameRate, quality: 'text' };
    this.#current = maxFrameRate;
  }

  /** Frames per second, as they stand. */
  get current(): number {
    return this.#current;
  }

  /** Other bounds from now on. Returns the new frame rate to set, or undefined when it stays. */
  setBounds(bounds: FrameRateBounds): number | undefined {
    const wasHighest = this.#current === this.#bounds.most;
    this.#bounds = bounds;
    const next = wasHighest ? bounds.most : Math.min(bounds.most, this.#current);
    if (next === this.#current) return undefined;
    this.#current = next;
    return next;
  }

  /** The new frame rate to set, or undefined when it stays. */
  follow(targetBps: number, size: PictureSize, now: Micros): number | undefined {
    const fit = frameRateFor(targetBps, size, this.#bounds);
    const safe = frameRateFor(targetBps / RAISE_MARGIN, size, this.#bounds);
    const next = this.#patience.decide(this.#current, { fit, safe }, now);
    if (next !== undefined) this.#current = next;
    return next;
  }
}
