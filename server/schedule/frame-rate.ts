import type { Micros } from '../../protocol/time.ts';
import { frameRateFor, type PictureSize } from './encoder-rate.ts';

/** A change costs a keyframe, so changes keep this distance, microseconds. */
const CHANGE_INTERVAL_US = 2e6;

/** How long fewer, or more, frames must have been wanted: a dip of the bit rate is shorter than the keyframe it would cost. */
const LOWER_PATIENCE_US = 1e6;
const RAISE_PATIENCE_US = 2e6;

/**
 * How much more than the least bit rate of a frame rate is asked for before going back up to it: more than the 25 % by which
 * rate control moves at rest (simulated), or the two would follow each other for ever.
 */
const RAISE_MARGIN = 1.3;

/** Chooses the frame rate for the bit rate, without flapping. A pure core; times in session-clock microseconds. */
export class FrameRate {
  readonly #max: number;
  #current: number;
  #changedAt = -Infinity;
  #direction: 'lower' | 'higher' | undefined;
  #wantedSince = 0;

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
    const wanted = fit < this.#current ? fit : Math.max(safe, this.#current);
    const direction =
      wanted === this.#current ? undefined : wanted < this.#current ? 'lower' : 'higher';
    if (direction !== this.#direction) {
      this.#direction = direction;
      this.#wantedSince = now;
    }
    if (direction === undefined) return undefined;
    const patience = direction === 'lower' ? LOWER_PATIENCE_US : RAISE_PATIENCE_US;
    if (now - this.#wantedSince < patience || now - this.#changedAt < CHANGE_INTERVAL_US) {
      return undefined;
    }
    this.#current = wanted;
    this.#changedAt = now;
    this.#direction = undefined;
    return wanted;
  }
}
