/*
 * When a sender with RTWebSocket's published window sends (zenomt/rtwebsocket, rtws.js: chunkSize, minOutstandingThresh,
 * maxAdditionalDelay, min- and maxAckWindow, the interval of 250 ms; RFC 7016 has the flows that it carries). Bytes may be outstanding up
 * to bandwidth times (base round trip + 50 ms), 64 KB at least; bandwidth and round trip come from one sample per window. Messages
 * have the lifetimes of its own live server (zenomt/rtmfp-cpp, tcserver: video 2 s to begin, 0.1 s more to end).
 */

/** Bytes of a fragment. */
export const CHUNK_BYTES = 1_400;

/** The receiver acknowledges at least so often, milliseconds. */
export const ACK_INTERVAL_MS = 250;

/** The receiver acknowledges after so many bytes: a quarter of what is outstanding between these. */
const MIN_ACK_BYTES = 2 * CHUNK_BYTES;
const MAX_ACK_BYTES = 8 * CHUNK_BYTES;

const MIN_OUTSTANDING_BYTES = 64 * 1_024;
const ADDITIONAL_DELAY_MS = 50;
const START_WITHIN_MS = 2_000;
const FINISH_MARGIN_MS = 100;

interface Queued<Message> {
  readonly message: Message;
  readonly bytes: number;
  readonly queuedAt: number;
  sent: number;
}

/** A part of a message, to be written now. */
export interface Chunk<Message> {
  readonly message: Message;
  readonly from: number;
  readonly to: number;
  readonly isLast: boolean;
}

/** One flow of video. A pure core: times are milliseconds of any clock. */
export class RtWebSocketWindow<Message> {
  #queue: Queued<Message>[] = [];
  #sent = 0;
  #acknowledged = 0;
  #outstandingBytes = MIN_OUTSTANDING_BYTES;
  #baseRoundTripMs = 100;
  #sample: { readonly at: number; readonly position: number } | undefined;
  #previousPosition = 0;

  /** After how many bytes the receiver is asked to acknowledge. */
  get ackBytes(): number {
    const quarter = (this.#sent - this.#acknowledged) / 4;
    return Math.round(Math.min(Math.max(quarter, MIN_ACK_BYTES), MAX_ACK_BYTES));
  }

  push(message: Message, bytes: number, now: number): void {
    this.#queue.push({ message, bytes, queuedAt: now, sent: 0 });
  }

  /** The next part to write; undefined when the window is full or nothing waits. What is too old is left out. */
  next(now: number): Chunk<Message> | undefined {
    this.#queue = this.#queue.filter(({ queuedAt, sent }) => {
      const lifetime = START_WITHIN_MS + (sent > 0 ? FINISH_MARGIN_MS : 0);
      return now - queuedAt <= lifetime;
    });
    const [head] = this.#queue;
    if (head === undefined || this.#sent - this.#acknowledged >= this.#outstandingBytes) {
      return undefined;
    }
    const from = head.sent;
    head.sent = Math.min(head.bytes, from + CHUNK_BYTES);
    this.#sent += head.sent - from;
    const isLast = head.sent === head.bytes;
    if (isLast) this.#queue.shift();
    return { message: head.message, from, to: head.sent, isLast };
  }

  /** Call when nothing more can be written now. */
  settle(now: number): void {
    if (this.#sample !== undefined || this.#sent < this.#previousPosition) return;
    this.#sample = { at: now, position: this.#sent };
  }

  /** The receiver has got this many bytes in all. */
  acknowledge(bytes: number, now: number): void {
    this.#acknowledged = bytes;
    const sample = this.#sample;
    if (sample === undefined || bytes <= sample.position) return;
    const roundTripMs = Math.max(now - sample.at, 0.1);
    const windowBytes = this.#sent - this.#previousPosition;
    this.#sample = undefined;
    this.#previousPosition = this.#sent;
    this.#baseRoundTripMs = Math.min(this.#baseRoundTripMs, roundTripMs);
    if (windowBytes < MIN_OUTSTANDING_BYTES - MIN_ACK_BYTES) return;
    const span = this.#baseRoundTripMs + ADDITIONAL_DELAY_MS;
    this.#outstandingBytes = Math.max(MIN_OUTSTANDING_BYTES, (windowBytes / roundTripMs) * span);
  }
}
