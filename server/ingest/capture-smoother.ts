/** A step larger than this is real (the sound server stopped, the clock was corrected), in nanoseconds. */
const MAX_ERROR_NS = 40_000_000n;

/**
 * Packets until the average is at full length. 64 packets are 0.3 s at 5 ms: jitter of some milliseconds shrinks to
 * some tens of microseconds, and the 100 ppm of a bad sound clock leave a lag of 64 x 0.5 us.
 */
const WINDOW = 64n;

/**
 * Smooths capture times that jitter although the packets are evenly long: `slave-method=re-timestamp` stamps each block
 * with the moment when it happened to be read. Follows the line "last time + last duration" and corrects it by the mean
 * error, so that neither jitter nor a drifting sound clock gets through.
 */
export class CaptureSmoother {
  #next: bigint | undefined;
  #seen = 0n;

  /**
   * Returns the smoothed time of a packet.
   *
   * @param captureTime The time that it carries, in nanoseconds.
   * @param durationNs How long it is; the next one is expected that much later.
   */
  push(captureTime: bigint, durationNs: bigint): bigint {
    const error = this.#next === undefined ? 0n : captureTime - this.#next;
    const isStep = this.#next === undefined || error > MAX_ERROR_NS || error < -MAX_ERROR_NS;
    this.#seen = isStep ? 1n : this.#seen < WINDOW ? this.#seen + 1n : WINDOW;
    const smoothed = isStep ? captureTime : captureTime - error + error / this.#seen;
    this.#next = smoothed + durationNs;
    return smoothed;
  }

  reset(): void {
    this.#next = undefined;
    this.#seen = 0n;
  }
}
