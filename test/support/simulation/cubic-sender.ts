import type { Bottleneck } from './bottleneck.ts';
import type { EventQueue } from './event-queue.ts';

/** Payload bytes of one packet. */
export const SEGMENT_BYTES = 1_200;
const HEAD_BYTES = 48;

/** RFC 9438: the window after a loss, and how fast it grows back. */
const BETA = 0.7;
const CUBIC = 0.4;

interface Segment {
  readonly bytes: number;
  readonly isReliable: boolean;
  readonly arrive: () => void;
  /** Position among all that were sent, anew at each retransmission. */
  number: number;
  sentAt: number;
  hasArrived: boolean;
}

/**
 * A sender with CUBIC (RFC 9438) over packets that may be lost: the transport below a WebSocket or a WebTransport session as far
 * as it matters here. Takes segments from its owner whenever its congestion window has room.
 */
export class CubicSender {
  readonly #events: EventQueue;
  readonly #path: Bottleneck;
  readonly #backUs: number;
  /** The next segment to send; undefined when there is none. */
  readonly #next: () => Pick<Segment, 'bytes' | 'isReliable' | 'arrive'> | undefined;
  #inFlight: Segment[] = [];
  #lost: Segment[] = [];
  #number = 0;
  #cwnd = 10 * SEGMENT_BYTES;
  #threshold = Infinity;
  #maximum = 0;
  #epochAt = 0;
  #recoverAt = -1;
  #rttUs: number;
  readonly #isFixed: boolean;

  constructor(
    events: EventQueue,
    path: {
      readonly down: Bottleneck;
      readonly backMs: number;
      readonly rttMs: number;
      /** A window that no loss changes, as BBR's: twice what the path holds. */
      readonly fixedBytes?: number | undefined;
    },
    next: () => Pick<Segment, 'bytes' | 'isReliable' | 'arrive'> | undefined,
  ) {
    this.#events = events;
    this.#path = path.down;
    this.#backUs = path.backMs * 1000;
    this.#rttUs = path.rttMs * 1000;
    this.#isFixed = path.fixedBytes !== undefined;
    if (path.fixedBytes !== undefined) this.#cwnd = path.fixedBytes;
    this.#next = next;
    events.every(50_000, () => this.#checkTimeout());
  }

  get rttUs(): number {
    return this.#rttUs;
  }

  get cwndBytes(): number {
    return this.#cwnd;
  }

  /** There may be something to send. */
  wake(): void {
    for (;;) {
      const flying = this.#inFlight.reduce((sum, { bytes }) => sum + bytes, 0);
      if (flying + SEGMENT_BYTES > this.#cwnd) return;
      const lost = this.#lost.shift();
      const fresh = lost ?? this.#next();
      if (fresh === undefined) return;
      this.#send(lost ?? { ...fresh, number: 0, sentAt: 0, hasArrived: false });
    }
  }

  #send(segment: Segment): void {
    segment.number = this.#number++;
    segment.sentAt = this.#events.now;
    this.#inFlight.push(segment);
    const { number, sentAt } = segment;
    this.#path.enter(segment.bytes + HEAD_BYTES, () => {
      if (!segment.hasArrived) {
        segment.hasArrived = true;
        segment.arrive();
      }
      this.#events.after(this.#backUs, () => this.#acknowledged(number, sentAt));
    });
  }

  #acknowledged(number: number, sentAt: number): void {
    this.#rttUs += (this.#events.now - sentAt - this.#rttUs) / 8;
    const acked = this.#inFlight.find((segment) => segment.number === number);
    if (acked === undefined) return;
    const wasFull =
      this.#inFlight.reduce((sum, { bytes }) => sum + bytes, 0) + 2 * SEGMENT_BYTES > this.#cwnd;
    this.#inFlight = this.#inFlight.filter((segment) => segment !== acked);
    const lost = this.#inFlight.filter((segment) => segment.number < number - 2);
    this.#inFlight = this.#inFlight.filter((segment) => segment.number >= number - 2);
    this.#lost.push(...lost.filter(({ isReliable }) => isReliable));
    if (lost.some((segment) => segment.number > this.#recoverAt)) this.#reduce();
    else if (wasFull) this.#grow(acked.bytes);
    this.wake();
  }

  #reduce(): void {
    if (this.#isFixed) return;
    this.#maximum = this.#cwnd;
    this.#cwnd = Math.max(2 * SEGMENT_BYTES, BETA * this.#cwnd);
    this.#threshold = this.#cwnd;
    this.#epochAt = this.#events.now;
    this.#recoverAt = this.#number;
  }

  #grow(bytes: number): void {
    if (this.#isFixed) return;
    if (this.#cwnd < this.#threshold) {
      this.#cwnd += bytes;
      return;
    }
    const seconds = (this.#events.now - this.#epochAt) / 1e6;
    const maximum = this.#maximum / SEGMENT_BYTES;
    const k = Math.cbrt((maximum * (1 - BETA)) / CUBIC);
    const cubic = (CUBIC * (seconds - k) ** 3 + maximum) * SEGMENT_BYTES;
    const reno = BETA * this.#maximum + (0.53 * seconds * 1e6 * SEGMENT_BYTES) / this.#rttUs;
    const wanted = Math.min(1.5 * this.#cwnd, Math.max(cubic, reno));
    if (wanted > this.#cwnd) this.#cwnd += ((wanted - this.#cwnd) * bytes) / this.#cwnd;
  }

  /** Nothing came back for long: everything under way is lost (RFC 6298, 200 ms as Linux has it). */
  #checkTimeout(): void {
    const oldest = this.#inFlight[0];
    if (oldest && this.#events.now - oldest.sentAt > Math.max(200_000, 2 * this.#rttUs)) {
      this.#lost.push(...this.#inFlight.filter(({ isReliable }) => isReliable));
      this.#inFlight = [];
      this.#reduce();
    }
    this.wake();
  }
}
