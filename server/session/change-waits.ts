import { micros, millis, millisToMicros, type Micros } from '../../protocol/time.ts';

/** A change of the screen that was noticed. */
export interface SeenChange {
  /** Nothing had changed between then and the change. */
  readonly quietSince: Micros;
  readonly changedAt: Micros;
}

/**
 * The watch on the screen may begin so much after a capture and still count as begun with it: what changes within it is missed, and
 * a timer is late by about a millisecond. A change that is missed is missed by a tenth of a frame period at 60 frames a second.
 */
const LATE = millisToMicros(millis(2));

/** Changes that wait for their picture: one in 50 ms is noticed, and an encoder takes at most some 100 ms. */
const MAX_SEEN = 8;

/**
 * Knows how long changes of the screen waited for the picture that is the first to show them. The screen is watched from about the moment
 * of a capture until its next change, again and again: a picture's wait is known when the watch that noticed its change began with the
 * capture before it. The others are not known, and nothing is said of them. A pure core; times on the session clock.
 */
export class ChangeWaits {
  readonly #seen: SeenChange[] = [];
  #capturedAt: Micros | undefined;

  /** A change was noticed; in the order of their times. */
  seen(change: SeenChange): void {
    if (this.#seen.length < MAX_SEEN) this.#seen.push(change);
  }

  /** A picture was captured. Returns how long the oldest change in it had waited; undefined when there is none, or it is not known. */
  captured(captureTime: Micros): Micros | undefined {
    const before = this.#capturedAt;
    this.#capturedAt = captureTime;
    let oldest: SeenChange | undefined;
    while (this.#seen[0] !== undefined && this.#seen[0].changedAt <= captureTime) {
      oldest ??= this.#seen[0];
      this.#seen.shift();
    }
    if (oldest === undefined || before === undefined) return undefined;
    if (oldest.quietSince > before + LATE || oldest.changedAt <= before) return undefined;
    return micros(captureTime - oldest.changedAt);
  }

  /**
   * The first capture at `from` or later, if they go on as evenly as they did; `from` before the first one.
   *
   * @param period between two captures, µs
   */
  nextCapture(from: Micros, period: number): Micros {
    const last = this.#capturedAt;
    if (last === undefined || from <= last) return from;
    return micros(last + Math.ceil((from - last) / period) * period);
  }
}
