import type { FlowId, Sequence } from '../../protocol/flow.ts';
import type { Micros } from '../../protocol/time.ts';

/** A message of which something is not over with yet. */
interface Held {
  readonly flow: FlowId;
  readonly seq: Sequence;
  readonly since: Micros;
  /** Bytes handed to the wire up to the message's end; undefined until its last byte was. */
  endBytes: number | undefined;
}

/**
 * How old the oldest message is that the sender still holds: in its own queue, or handed to the wire and not taken (WebTransport) or not
 * acknowledged (WebSocket). A pure core; what it holds is bounded by the queue and the window.
 */
export class SenderBacklog {
  #held: Held[] = [];
  #handedBytes = 0;
  #handing: Held | undefined;
  #worst = 0;

  /** A message came into the queue. */
  queued(flow: FlowId, seq: Sequence, now: Micros): void {
    this.#held.push({ flow, seq, since: now, endBytes: undefined });
  }

  /** A piece of a message is about to be handed to the wire; `handed` follows with its bytes. */
  taken(flow: FlowId, seq: Sequence, isLast: boolean): void {
    this.#handing = isLast
      ? this.#held.find((held) => held.flow === flow && held.seq === seq)
      : undefined;
  }

  /** Bytes of a data unit were handed to the wire. */
  handed(bytes: number): void {
    this.#handedBytes += bytes;
    if (this.#handing !== undefined) this.#handing.endBytes = this.#handedBytes;
    this.#handing = undefined;
  }

  /** Messages `first` to `first + count - 1` are given up. */
  abandoned(flow: FlowId, first: Sequence, count: number): void {
    this.#held = this.#held.filter(
      (held) => held.flow !== flow || held.seq < first || held.seq >= first + count,
    );
  }

  /**
   * All bytes up to `cumulativeBytes` have left.
   *
   * @param roundTrip what an acknowledgement takes at best; 0 where the wire tells as soon as it took something
   */
  left(cumulativeBytes: number, roundTrip: Micros, now: Micros): void {
    this.#worst = Math.max(this.#worst, this.#age(roundTrip, now));
    this.#held = this.#held.filter(
      ({ endBytes }) => endBytes === undefined || endBytes > cumulativeBytes,
    );
  }

  /** The oldest age since the last call, µs; the round trip that an acknowledgement takes at best is not counted. */
  takeWorst(roundTrip: Micros, now: Micros): number {
    const worst = Math.max(this.#worst, this.#age(roundTrip, now));
    this.#worst = 0;
    return worst;
  }

  #age(roundTrip: Micros, now: Micros): number {
    return this.#held.reduce((oldest, { since, endBytes }) => {
      const age = now - since - (endBytes === undefined ? 0 : roundTrip);
      return Math.max(oldest, age);
    }, 0);
  }
}
