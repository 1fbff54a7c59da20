import { Priority, type FlowId, type Sequence } from '../../protocol/flow.ts';
import { maxDatagramBytes, urgentWindowBytes } from '../../protocol/limits.ts';
import { encodeMessage, type MessageHeader } from '../../protocol/message.ts';
import { encodeAudioDatagram } from '../../protocol/redundancy.ts';
import { micros, millis, millisToMicros, toMicros32, type Micros } from '../../protocol/time.ts';
import type { Clock } from '../session-clock.ts';
import { MessageStreams } from './message-streams.ts';
import type { Piece, PieceSource, TransportSink } from './transport.ts';
import type { BackendSession, WriteOutcome } from './webtransport-backend.ts';

/**
 * Payload bytes of one write: with the head of a message (at most 311 bytes) it stays within 16 KB, because the stack
 * sends what it has taken in no order: an urgent 30 KB behind 600 KB took 85 ms with such writes, up to 589 ms without.
 */
const MAX_PIECE_BYTES = 16_000;

/** A smaller rest of the window is not worth a write; it fills when the next write was taken. */
const MIN_PIECE_BYTES = 1_200;

/**
 * Bytes that may wait in the stack without being sent, at most: two writes, so that one is there when the other was
 * taken. What is on the path is bounded by the stack's own congestion window.
 */
const MAX_HANDED_BYTES = 2 * MAX_PIECE_BYTES;

/** A peer that is alive but takes nothing for this long, while something waits for it, does not read. */
const STALL = millisToMicros(millis(10_000));

/** What sending needs. */
export interface WebTransportOutboundOptions {
  readonly session: BackendSession;
  readonly clock: Clock;
  /** Taking or encoding a piece failed in a tick that nobody called into. */
  readonly onFailure: (error: unknown) => void;
}

/**
 * Takes pieces from the source whenever there is room and puts them on the wire: messages of audio as datagrams that
 * repeat the message before, all else as one stream per message.
 */
export class WebTransportOutbound {
  readonly #session: BackendSession;
  readonly #clock: Clock;
  readonly #onFailure: (error: unknown) => void;
  readonly #streams: MessageStreams;
  /** The last message of each flow that went as a datagram. */
  readonly #previous = new Map<FlowId, Uint8Array>();
  #source: PieceSource | undefined;
  #sink: TransportSink | undefined;
  #windowBytes = MAX_HANDED_BYTES;
  #inFlightBytes = 0;
  /** Handed to the stack and taken or dropped by it. */
  #settledBytes = 0;
  #isPumping = false;
  #progressAt: Micros;

  constructor({ session, clock, onFailure }: WebTransportOutboundOptions) {
    this.#session = session;
    this.#clock = clock;
    this.#onFailure = onFailure;
    this.#progressAt = clock.now();
    this.#streams = new MessageStreams({
      openUni: () => session.openUni(),
      onStream: () => this.#resume(),
    });
  }

  /** Bytes handed to the stack that it has not taken. */
  get inFlightBytes(): number {
    return this.#inFlightBytes;
  }

  /** Whether something has waited for the peer for 10 s. */
  isStalled(now: Micros): boolean {
    return this.#inFlightBytes > 0 && now - this.#progressAt > STALL;
  }

  start(source: PieceSource, sink: TransportSink): void {
    this.#source = source;
    this.#sink = sink;
    this.wake();
  }

  setWindow(bytes: number): void {
    this.#windowBytes = Math.min(bytes, MAX_HANDED_BYTES);
    this.wake();
  }

  abandon(flow: FlowId, range: { first: Sequence; count: number }, code: number): void {
    this.#streams.abandon(flow, range, code);
  }

  /** Resets all streams; nothing is sent after it. */
  stop(code: number): void {
    this.#source = undefined;
    this.#sink = undefined;
    this.#streams.close(code);
  }

  /** Writes what the source has, as far as there is room, in this tick. */
  wake(): void {
    // The source may abandon, or wake, while it is asked.
    if (this.#isPumping) return;
    this.#isPumping = true;
    try {
      while (this.#source !== undefined) {
        const now = this.#clock.now();
        const piece = this.#take(this.#source, now);
        if (piece === undefined) return;
        this.#write(piece, now);
      }
    } finally {
      this.#isPumping = false;
    }
  }

  #take(source: PieceSource, now: Micros): Piece | undefined {
    const room = this.#windowBytes - this.#inFlightBytes;
    const least = Math.min(MIN_PIECE_BYTES, this.#windowBytes);
    if (room >= least && this.#streams.hasRoom) {
      return source.next(now, { maxBytes: Math.min(room, MAX_PIECE_BYTES), urgentOnly: false });
    }
    const urgentRoom = this.#windowBytes + urgentWindowBytes - this.#inFlightBytes;
    if (urgentRoom <= 0) return undefined;
    return source.next(now, { maxBytes: urgentRoom, urgentOnly: true });
  }

  #write(piece: Piece, now: Micros): void {
    const { message, offset, bytes: payload, last } = piece;
    const isFirst = offset === 0;
    const bytes = isFirst ? encodeMessage(toMicros32(now), message.header, payload) : payload;
    const { flow, seq } = message.header;
    if (isFirst && last && isAudio(message.header) && bytes.length <= maxDatagramBytes) {
      const datagram = this.#withPrevious(flow, bytes);
      const sent = this.#session.sendDatagram(datagram);
      this.#count(
        datagram.length,
        now,
        sent.then((was) => (was ? 'taken' : 'dropped')),
      );
    } else {
      this.#count(bytes.length, now, this.#streams.write({ flow, seq, bytes, last }));
    }
  }

  #withPrevious(flow: FlowId, message: Uint8Array): Uint8Array {
    const previous = this.#previous.get(flow);
    this.#previous.set(flow, message);
    const datagram = encodeAudioDatagram(message, previous);
    return datagram.length <= maxDatagramBytes ? datagram : message;
  }

  #count(bytes: number, sentAt: Micros, outcome: Promise<WriteOutcome>): void {
    if (this.#inFlightBytes === 0) this.#progressAt = sentAt;
    this.#inFlightBytes += bytes;
    this.#sink?.sent(bytes, sentAt);
    void outcome.then((how) => {
      this.#inFlightBytes -= bytes;
      this.#settledBytes += bytes;
      this.#progressAt = this.#clock.now();
      if (how === 'taken') this.#acknowledge(bytes, sentAt);
      this.#resume();
    });
  }

  /** There is room again. A rejection here would be nobody's and end the process. */
  #resume(): void {
    try {
      this.wake();
    } catch (error) {
      this.#onFailure(error);
    }
  }

  #acknowledge(bytes: number, sentAt: Micros): void {
    this.#sink?.acknowledged({
      bytes,
      cumulativeBytes: this.#settledBytes,
      sentAt,
      receivedAt: undefined,
      hold: micros(0),
      now: this.#clock.now(),
    });
  }
}

function isAudio({ layer }: MessageHeader): boolean {
  return layer.priority >= Priority.audio;
}
