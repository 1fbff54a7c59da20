/** Pause before the first try and the longest one between two, ms: a try costs one handshake that nobody answers. */
const FIRST_PAUSE_MS = 30_000;
const LONGEST_PAUSE_MS = 900_000;

/**
 * When a session that fell back to a slower transport tries the better one again: after 30 s, and after twice the time with each
 * failure. A pure core; times in ms of any clock.
 */
export class UpgradePlan {
  readonly #firstPauseMs: number;
  #pauseMs: number;
  #dueAt: number | undefined;

  /** @param firstPauseMs pause before the first try */
  constructor(firstPauseMs = FIRST_PAUSE_MS) {
    this.#firstPauseMs = firstPauseMs;
    this.#pauseMs = firstPauseMs;
  }

  /** The session runs on the slower transport: the pause begins, unless one is running. */
  begin(now: number): void {
    this.#dueAt ??= now + this.#pauseMs;
  }

  /** A better transport is not wanted, or carries the session: nothing is due, and the next pause is short again. */
  cancel(): void {
    this.#dueAt = undefined;
    this.#pauseMs = this.#firstPauseMs;
  }

  /** Whether to try now. Counts the try as failed until `cancel` says that it was not. */
  isDue(now: number): boolean {
    if (this.#dueAt === undefined || now < this.#dueAt) return false;
    this.#pauseMs = Math.min(LONGEST_PAUSE_MS, 2 * this.#pauseMs);
    this.#dueAt = now + this.#pauseMs;
    return true;
  }
}
