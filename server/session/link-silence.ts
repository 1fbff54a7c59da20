import { millis, millisToMicros, type Micros } from '../../protocol/time.ts';

/** A client that connects has to say HELLO within this time. */
const HELLO_TIMEOUT = millisToMicros(millis(5_000));

/** A viewer whose link takes nothing at all for this long is closed; it can reconnect. */
const STALL_TIMEOUT = millisToMicros(millis(10_000));

/** How long a connection may do nothing: before its HELLO, and while something waits for its link. A pure core. */
export class LinkSilence {
  readonly #connectedAt: Micros;
  #movedAt: Micros;

  constructor(connectedAt: Micros) {
    this.#connectedAt = connectedAt;
    this.#movedAt = connectedAt;
  }

  /** The link took something. */
  moved(now: Micros): void {
    this.#movedAt = now;
  }

  /**
   * Why the connection has to be closed; undefined while it may go on.
   * @param queuedBytes what waits for the link; undefined before HELLO
   */
  overdue(queuedBytes: number | undefined, now: Micros): string | undefined {
    if (queuedBytes === undefined)
      return now - this.#connectedAt > HELLO_TIMEOUT ? 'no HELLO in 5 s' : undefined;
    if (queuedBytes === 0) this.#movedAt = now;
    return now - this.#movedAt > STALL_TIMEOUT ? 'the link took nothing for 10 s' : undefined;
  }
}
