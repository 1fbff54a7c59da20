import type { Micros } from '../../protocol/time.ts';

/**
 * Bytes that are sent again for each byte that was sent: on a path that loses because it is full, more would fill it further. A guess;
 * 5 % of random loss needs 0.05, and a burst comes out of the store.
 */
const SHARE = 0.25;

/** The most that can be saved up, bytes: a burst of 200 ms at 16 Mbit/s. */
const STORE_BYTES = 400_000;

/** What a session begins with, bytes. */
const FIRST_BYTES = 100_000;

/** A packet that is asked for again so soon was asked for before it could arrive, microseconds: less than any round trip that matters. */
const REPEAT_US = 10_000;

/**
 * With at least this much saved up a packet is sent again twice, bytes: what is lost once more costs a round trip and the peer's patience
 * (100 ms where it knows no round trip), which is a picture that stands still. Below, losses are so many that they fill the path themselves.
 */
const AMPLE_BYTES = 50_000;

/** Packets remembered as sent again. */
const REMEMBERED = 512;

/** How much may be sent again, and what was just now. A pure core. */
export class RetransmissionBudget {
  #bytes = FIRST_BYTES;
  readonly #sentAt = new Map<number, Micros>();

  /** Whether there is enough for a second copy of what is sent again. */
  get isAmple(): boolean {
    return this.#bytes >= AMPLE_BYTES;
  }

  /** A second copy is sent. */
  spend(bytes: number): void {
    this.#bytes = Math.max(0, this.#bytes - bytes);
  }

  /** Bytes were sent for the first time. */
  earn(bytes: number): void {
    this.#bytes = Math.min(STORE_BYTES, this.#bytes + SHARE * bytes);
  }

  /**
   * Whether a packet may be sent again: `again` (it is counted), `soon` when it just was, `never` when there is no budget left.
   *
   * @param sequence its number on its track, u16
   */
  ask(sequence: number, bytes: number, now: Micros): 'again' | 'soon' | 'never' {
    if (now - (this.#sentAt.get(sequence) ?? -Infinity) < REPEAT_US) return 'soon';
    if (bytes > this.#bytes) return 'never';
    this.#bytes -= bytes;
    this.#sentAt.delete(sequence);
    this.#sentAt.set(sequence, now);
    if (this.#sentAt.size > REMEMBERED) {
      const [oldest] = this.#sentAt.keys();
      if (oldest !== undefined) this.#sentAt.delete(oldest);
    }
    return 'again';
  }
}
