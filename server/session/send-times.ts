import type { Micros } from '../../protocol/time.ts';

/** Told how long a message waited for its first byte to be written, and then for its last, microseconds. */
export type OnSent = (queuedUs: number, sendingUs: number) => void;

/**
 * Clocks the messages of one flow on their way through a queue that keeps their order and may drop any of them. A pure core; times on
 * the session clock.
 */
export class SendTimes {
  readonly #onSent: OnSent;
  /** Of messages that wait, in the order of their sequence numbers. */
  readonly #queuedAt = new Map<number, Micros>();
  #begun: { readonly seq: number; readonly queuedAt: Micros; readonly at: Micros } | undefined;

  constructor(onSent: OnSent) {
    this.#onSent = onSent;
  }

  queued(seq: number, now: Micros): void {
    this.#queuedAt.set(seq, now);
  }

  /** A piece was handed to the wire: the first one at offset 0, the last one with `last`. */
  wrote(seq: number, { offset, last }: { offset: number; last: boolean }, now: Micros): void {
    if (offset === 0) this.#begin(seq, now);
    const begun = this.#begun;
    if (!last || begun?.seq !== seq) return;
    this.#begun = undefined;
    this.#onSent(begun.at - begun.queuedAt, now - begun.at);
  }

  /** What came before and still waits was dropped. */
  #begin(seq: number, now: Micros): void {
    const queuedAt = this.#queuedAt.get(seq);
    for (const older of this.#queuedAt.keys()) {
      if (older > seq) break;
      this.#queuedAt.delete(older);
    }
    this.#begun = queuedAt === undefined ? undefined : { seq, queuedAt, at: now };
  }
}
