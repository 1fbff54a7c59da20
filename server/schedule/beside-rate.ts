import type { Micros } from '../../protocol/time.ts';

/** Over this time is counted: a second is a hundred packets of sound. */
const WINDOW_US = 1e6;

/** Pieces remembered at most: sound of 5 ms makes 200 a second, a clipboard may make more, and then hardly matters here. */
const MAX_PIECES = 1_024;

/** What a packet costs beside its payload: heads of unit, TCP or QUIC, UDP and IP. */
const HEAD_BYTES = 80;

/** How much goes beside the picture: at 1 Mbit/s sound is a fifth of it all. A pure core. */
export class BesideRate {
  #pieces: { readonly at: number; readonly bytes: number }[] = [];

  /** `bytes`: payload of a piece that is no picture. */
  sent(bytes: number, now: Micros): void {
    this.#forget(now);
    this.#pieces.push({ at: now, bytes: bytes + HEAD_BYTES });
    if (this.#pieces.length > MAX_PIECES) this.#pieces.shift();
  }

  /** Bits per second of the last second, heads included. */
  bps(now: Micros): number {
    this.#forget(now);
    return (this.#pieces.reduce((sum, { bytes }) => sum + bytes, 0) * 8e6) / WINDOW_US;
  }

  #forget(now: Micros): void {
    while ((this.#pieces[0]?.at ?? Infinity) <= now - WINDOW_US) this.#pieces.shift();
  }
}
