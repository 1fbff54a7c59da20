/** Shows of a frame that take longer than this part of the time between frames make a sink too slow: the decoder needs the rest. */
const BUSY_PART = 0.6;

/** How long it has to be too slow, µs: no hiccup of a loaded machine changes the picture's element. */
const PATIENCE = 2_000_000;

/** Weight of one frame in the averages. */
const SMOOTHING = 1 / 32;

/**
 * Notices that the canvas costs more time than the stream leaves, for `auto`: measured 4.8 ms a frame at 720p and more than 15 ms at
 * 4K without a graphics card, where the track costs 0.07 ms. A pure core; all times in µs.
 */
export class SinkChoice {
  #cost = 0;
  #interval: number | undefined;
  #lastAt: number | undefined;
  #busySince: number | undefined;

  /** Takes a frame that the canvas has shown. True when another sink would serve better. */
  drawn(duration: number, now: number): boolean {
    const last = this.#lastAt;
    this.#lastAt = now;
    this.#cost += (duration - this.#cost) * SMOOTHING;
    if (last === undefined) return false;
    // Capped, so that a pause of the picture does not count as time to spare.
    const interval = Math.min(now - last, 100_000);
    this.#interval ??= interval;
    this.#interval += (interval - this.#interval) * SMOOTHING;
    if (this.#cost < this.#interval * BUSY_PART) {
      this.#busySince = undefined;
      return false;
    }
    this.#busySince ??= now;
    return now - this.#busySince >= PATIENCE;
  }
}
