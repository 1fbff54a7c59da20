/** A child that delivered for this long was healthy: whatever ended it, the next one starts with a clean record. */
const HEALTHY_MS = 1000;

/** Wait after the second failure in a row; doubles with each further one. A guess: long against a start of 200 ms. */
const FIRST_DELAY_MS = 100;

/** Longest wait between attempts, for a machine on which the pipeline cannot work. A guess: one log line per 5 s. */
const MAX_DELAY_MS = 5000;

/**
 * So many children in a row that delivered and died young are replaced at once: somebody kills them, or they share a
 * rare fault. Their own start (200 ms) keeps that to five a second.
 */
const FREE_RESTARTS = 15;

/** The wait after that. With the start the picture is still back within a second. */
const DELAY_AFTER_DELIVERY_MS = 250;

/** How a child ended. */
export interface ChildRun {
  /** Time from its start to its end, in milliseconds. */
  readonly ranMs: number;
  /** It sent media. */
  readonly delivered: boolean;
}

/** Decides how long to wait before the next attempt; a core without timers. */
export class RestartPolicy {
  /** Children in a row that ended without a healthy one between them. */
  #failures = 0;
  /** Those of them, the last ones, that delivered. */
  #shortLives = 0;

  /** Notes that a child ended; returns the wait before the next one in milliseconds. The first restart is immediate. */
  delayAfter({ ranMs, delivered }: ChildRun): number {
    const isHealthy = delivered && ranMs >= HEALTHY_MS;
    if (isHealthy) this.#failures = 0;
    this.#shortLives = delivered && !isHealthy ? this.#shortLives + 1 : 0;
    const failures = this.#failures;
    this.#failures = Math.min(failures + 1, 16);
    if (delivered) return this.#shortLives > FREE_RESTARTS ? DELAY_AFTER_DELIVERY_MS : 0;
    return failures === 0 ? 0 : Math.min(FIRST_DELAY_MS * 2 ** (failures - 1), MAX_DELAY_MS);
  }
}
