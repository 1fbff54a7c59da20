/** Silence after which a connection counts as lost although pings were sent, µs. */
const SILENCE = 2_000_000;

/** A ping must have been out for this long, µs: a tab that slept has not asked yet. */
const PATIENCE = 1_000_000;

/** Notices a server that vanished without a word. A pure core; times in µs of local time. */
export class Liveness {
  #heardAt: number;
  /** When the first ping since the last sign of life went out. */
  #askedAt: number | undefined;

  /** @param now when the connection opened */
  constructor(now: number) {
    this.#heardAt = now;
  }

  /** Any byte came. */
  heard(now: number): void {
    this.#heardAt = now;
    this.#askedAt = undefined;
  }

  /** A ping went out. */
  asked(now: number): void {
    this.#askedAt ??= now;
  }

  /** For how long the first ping since the last sign of life has been out, µs; 0 when none is. */
  unansweredFor(now: number): number {
    return this.#askedAt === undefined ? 0 : now - this.#askedAt;
  }

  isLost(now: number): boolean {
    if (this.#askedAt === undefined) return false;
    return now - this.#heardAt > SILENCE && now - this.#askedAt > PATIENCE;
  }
}
