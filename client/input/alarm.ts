/** One timer that follows the due time of a state machine. */
export class Alarm {
  readonly #ring: () => void;
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** @param ring called once per `set` that was not replaced */
  constructor(ring: () => void) {
    this.#ring = ring;
  }

  /** @param dueAt on the clock of `performance.now()`; undefined stops the timer */
  set(dueAt: number | undefined): void {
    clearTimeout(this.#timer);
    this.#timer =
      dueAt === undefined
        ? undefined
        : setTimeout(this.#ring, Math.max(0, dueAt - performance.now()));
  }
}
