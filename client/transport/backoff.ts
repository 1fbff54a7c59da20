/**
 * Waits between attempts in milliseconds: at once after a cut, then slower, so that a restarted server is not stormed. A gateway that
 * was killed listens again after 1 to 2 s, on a busy machine after 5: until then no wait is longer than a quarter of a second, and no
 * more than that is lost of the 5 s within which the picture is to be back. An attempt where nobody listens is one refused packet.
 */
const STEPS_MS: readonly number[] = [0, ...new Array<number>(20).fill(250), 500, 1000, 2000, 4000];

/** Part of a wait that chance decides, so that many clients of one server spread out. */
const SPREAD = 0.3;

/** Counts failed attempts and says how long to wait before the next. A pure core. */
export class Backoff {
  #failures = 0;

  /**
   * The wait before the next attempt; each call counts one more failure.
   *
   * @param chance uniform in [0, 1)
   * @param atLeastMs what the server asked for (Retry-After)
   */
  next(chance: number, atLeastMs = 0): number {
    const step = STEPS_MS[Math.min(this.#failures, STEPS_MS.length - 1)] ?? 0;
    this.#failures += 1;
    return Math.max(atLeastMs, step * (1 - SPREAD / 2 + SPREAD * chance));
  }

  /** A connection stood for a while: the next cut is a new story. */
  reset(): void {
    this.#failures = 0;
  }
}
