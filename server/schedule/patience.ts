import type { Micros } from '../../protocol/time.ts';

/** A change costs a keyframe, so changes keep this distance, microseconds. */
const CHANGE_INTERVAL_US = 2e6;

/** How long less, or more, must have been wanted: a dip of the bit rate is shorter than the keyframe it would cost. */
const LOWER_PATIENCE_US = 1e6;
const RAISE_PATIENCE_US = 2e6;

/** A value to choose: what fits the bit rate as it is, and what fits even if that were less by a margin. */
export interface Choice {
  readonly fit: number;
  /** At most `fit`. */
  readonly safe: number;
}

/**
 * Follows a wish reluctantly: down to what fits when that has been too little for a while, up to what is safe when that has
 * been more for longer. A pure core; times in session-clock microseconds.
 */
export class Patience {
  #changedAt = -Infinity;
  #direction: 'lower' | 'higher' | undefined;
  #wantedSince = 0;

  /** The value to change to, or undefined when it stays. */
  decide(current: number, { fit, safe }: Choice, now: Micros): number | undefined {
    const wanted = fit < current ? fit : Math.max(safe, current);
    const direction = wanted === current ? undefined : wanted < current ? 'lower' : 'higher';
    if (direction !== this.#direction) {
      this.#direction = direction;
      this.#wantedSince = now;
    }
    if (direction === undefined) return undefined;
    const patience = direction === 'lower' ? LOWER_PATIENCE_US : RAISE_PATIENCE_US;
    if (now - this.#wantedSince < patience || now - this.#changedAt < CHANGE_INTERVAL_US) {
      return undefined;
    }
    this.#changedAt = now;
    this.#direction = undefined;
    return wanted;
  }
}
