import type { Micros32 } from '../../protocol/time.ts';

/** What the next ACK says; `receivedAt` and `hold` in µs of local time. */
export interface Acknowledgement {
  readonly cumulativeBytes: number;
  /** Send stamp of the newest unit. */
  readonly sendTime: Micros32;
  readonly receivedAt: number;
  readonly hold: number;
}

/** Until ACK_CFG says otherwise (docs/protocol.md, acknowledgements): two fragments of 1,400 bytes, or 5 ms. */
const DEFAULT_BYTES = 2800;
const DEFAULT_DELAY_MS = 5;

/** Decides when data units are acknowledged on WebSocket, and what the ACK says. A pure core. */
export class Acknowledger {
  #bytes = DEFAULT_BYTES;
  #maxDelayMs = DEFAULT_DELAY_MS;
  #cumulative = 0;
  #unacknowledged = 0;
  #newest: { readonly sendTime: Micros32; readonly receivedAt: number } | undefined;

  /** ACK_CFG: bytes and milliseconds after which an ACK is due. */
  configure(config: { readonly bytes: number; readonly maxDelay: number }): void {
    this.#bytes = config.bytes;
    this.#maxDelayMs = config.maxDelay;
  }

  /** Longest time to keep an acknowledgement back, milliseconds. */
  get maxDelayMs(): number {
    return this.#maxDelayMs;
  }

  /** Counts one unit; true when an ACK is due at once. Padding has no send stamp. */
  received(unit: {
    readonly bytes: number;
    readonly sendTime: Micros32 | undefined;
    readonly now: number;
  }): boolean {
    this.#cumulative += unit.bytes;
    this.#unacknowledged += unit.bytes;
    if (unit.sendTime !== undefined) {
      this.#newest = { sendTime: unit.sendTime, receivedAt: unit.now };
    }
    return this.#unacknowledged >= this.#bytes;
  }

  /** The ACK to send; undefined when nothing new came. */
  take(now: number): Acknowledgement | undefined {
    const newest = this.#newest;
    if (this.#unacknowledged === 0 || newest === undefined) return undefined;
    this.#unacknowledged = 0;
    return {
      cumulativeBytes: this.#cumulative,
      sendTime: newest.sendTime,
      receivedAt: newest.receivedAt,
      hold: Math.max(0, now - newest.receivedAt),
    };
  }
}
