/** A step larger than this is real (the sound server stopped, the clock was corrected), in nanoseconds. */
const MAX_ERROR_NS = 40_000_000n;

/**
 * Packets until the average is at full length. 64 packets are 0.3 s at 5 ms: jitter of some milliseconds shrinks to
 * some tens of microseconds, and the 100 ppm of a bad sound clock leave a lag of 64 x 0.5 us.
 */
const WINDOW = 64n;

/**
 * So many packets in a row that were all captured later than the line says, by this much at least (nanoseconds): samples were lost, as on a
 * busy machine, and the line is moved. A block is read late now and then, but never eight in a row; 4 ms are more than blocks of 5 ms jitter
 * by at rest. By the average alone a loss of 20 ms made all sound of the next second seem 20 ms older than it was (measured).
 */
const AGREEING = 8;
const MIN_GAP_NS = 4_000_000n;

/**
 * Smooths capture times that jitter although the packets are evenly long: `slave-method=re-timestamp` stamps each block
 * with the moment when it happened to be read. Follows the line "last time + last duration" and corrects it by the mean
 * error, so that neither jitter nor a drifting sound clock gets through.
 */
export class CaptureSmoother {
  #next: bigint | undefined;
  #seen = 0n;
  /** By how much the newest packets were later than the line, the oldest first. */
  #late: readonly bigint[] = [];

  /**
   * Returns the smoothed time of a packet.
   *
   * @param captureTime The time that it carries, in nanoseconds.
   * @param durationNs How long it is; the next one is expected that much later.
   */
  push(captureTime: bigint, durationNs: bigint): bigint {
    const error = this.#next === undefined ? 0n : captureTime - this.#next;
    const isStep = this.#next === undefined || error > MAX_ERROR_NS || error < -MAX_ERROR_NS;
    const gap = isStep ? error : this.#gapOf(error);
    if (isStep || gap > 0n) this.reset();
    this.#seen = this.#seen < WINDOW ? this.#seen + 1n : WINDOW;
    const correction = isStep || gap > 0n ? gap : error / this.#seen;
    const smoothed = isStep ? captureTime : captureTime - error + correction;
    this.#late = this.#late.map((late) => late - correction);
    this.#next = smoothed + durationNs;
    return smoothed;
  }

  reset(): void {
    this.#next = undefined;
    this.#seen = 0n;
    this.#late = [];
  }

  /** What the newest packets agree on that the line is behind by; 0 when they do not. */
  #gapOf(error: bigint): bigint {
    this.#late = [...this.#late, error].slice(-AGREEING);
    if (this.#late.length < AGREEING) return 0n;
    const least = this.#late.reduce((a, b) => (b < a ? b : a));
    return least >= MIN_GAP_NS ? least : 0n;
  }
}
