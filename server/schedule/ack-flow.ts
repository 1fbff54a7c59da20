/** Without an acknowledgement for so long while something is under way, nothing flows, microseconds: they come every 5 ms, or every two fragments. */
const STALL_US = 40_000;

/** After a stall so much time passes before a rate of acknowledgements is one of the path, microseconds: half of the time that it is taken over. */
const STEADY_US = 75_000;

/** Whether acknowledgements come in, as they do on a path that is only slow, or have ceased for a while. A pure core; microseconds. */
export class AckFlow {
  /** When something could have come back last. */
  #dueAt = -Infinity;
  #steadySince = -Infinity;
  #isAwaited = false;

  /** @param isFirst nothing else is under way, so that nothing can come back for a round trip */
  sent(isFirst: boolean, roundTripUs: number, now: number): void {
    if (isFirst) this.#dueAt = now + roundTripUs;
    this.#isAwaited = true;
  }

  acknowledged(now: number, isAll: boolean): void {
    if (this.isStalled(now)) this.#steadySince = now;
    this.#dueAt = now;
    this.#isAwaited = !isAll;
  }

  isStalled(now: number): boolean {
    return this.#isAwaited && now - this.#dueAt > STALL_US;
  }

  isSteady(now: number): boolean {
    return !this.isStalled(now) && now - this.#steadySince >= STEADY_US;
  }
}
