/** What one message of an independent flow (sound, cursor) turned out to be. */
export type NewestOutcome =
  | {
      readonly type: 'deliver';
      /** Messages lost just before this one. */ readonly missing: number;
    }
  | { readonly type: 'duplicate' }
  /** The first time that it comes, but after a newer one. */
  | { readonly type: 'overtaken' };

/** Messages remembered to tell those that come twice from those that come late: 0.3 s of sound. */
const REMEMBERED = 32;

/**
 * A flow whose messages stand alone: each is delivered when it arrives, unless it or a newer one was delivered before.
 * Sound comes in datagrams that repeat the packet before, so that most duplicates are expected and a lost datagram
 * costs nothing. A pure core.
 */
export class NewestFlow {
  #last = -1;
  readonly #recent: number[] = [];
  readonly counters = { delivered: 0, duplicates: 0, missing: 0 };

  push(seq: number): NewestOutcome {
    if (seq <= this.#last) {
      if (this.has(seq)) {
        this.counters.duplicates += 1;
        return { type: 'duplicate' };
      }
      this.#remember(seq);
      return { type: 'overtaken' };
    }
    this.#remember(seq);
    // Before the first message nothing was promised: a viewer joins in the middle.
    const missing = this.#last < 0 ? 0 : seq - this.#last - 1;
    this.#last = seq;
    this.counters.delivered += 1;
    this.counters.missing += missing;
    return { type: 'deliver', missing };
  }

  /** Whether the message came, as far back as messages are remembered. */
  has(seq: number): boolean {
    return this.#recent.includes(seq);
  }

  #remember(seq: number): void {
    this.#recent.push(seq);
    if (this.#recent.length > REMEMBERED) this.#recent.shift();
  }
}
