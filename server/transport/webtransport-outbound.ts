import { Priority, type FlowId, type Sequence } from '../../protocol/flow.ts';
import { maxDatagramBytes } from '../../protocol/limits.ts';
import { encodeMessage, type MessageHeader } from '../../protocol/message.ts';
import { encodeAudioDatagram } from '../../protocol/redundancy.ts';
import { micros, millis, millisToMicros, toMicros32, type Micros } from '../../protocol/time.ts';
import type { Clock } from '../session-clock.ts';
import { MessageStreams } from './message-streams.ts';
import { StackWindow } from './stack-window.ts';
import type { Piece, PieceSource, SendRates, TransportSink } from './transport.ts';
import type { BackendSession, WriteOutcome } from './webtransport-backend.ts';

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
  readonly #window = new StackWindow();
  /** The last message of each flow that went as a datagram. */
  readonly #previous = new Map<FlowId, Uint8Array>();
  #source: PieceSource | undefined;
  #sink: TransportSink | undefined;
  /** Handed to the stack and taken or dropped by it. */
  #settledBytes = 0;
  #isPumping = false;
  #progressAt: Micros;
  #paceTimer: NodeJS.Timeout | undefined;

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
    return this.#window.inFlightBytes;
  }

  /** Whether something has waited for the peer for 10 s. */
  isStalled(now: Micros): boolean {
    return this.inFlightBytes > 0 && now - this.#progressAt > STALL;
  }

  start(source: PieceSource, sink: TransportSink): void {
    this.#source = source;
    this.#sink = sink;
    this.wake();
  }

  /** Without rates the last ones stay. */
  setWindow(bytes: number, rates: SendRates | undefined): void {
    this.#window.resize(bytes, rates, this.#clock.now());
    this.wake();
  }

  abandon(flow: FlowId, range: { first: Sequence; count: number }, code: number): void {
    this.#streams.abandon(flow, range, code);
  }

  /** Resets all streams; nothing is sent after it. */
  stop(code: number): void {
    this.#source = undefined;
    this.#sink = undefined;
    clearTimeout(this.#paceTimer);
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
        if (piece === undefined) break;
        this.#write(piece, now);
      }
    } finally {
      this.#isPumping = false;
    }
    this.#wakeWhenPaced();
  }

  /** Nothing but time lets a paced piece go. */
  #wakeWhenPaced(): void {
    const delay = this.#source === undefined ? 0 : this.#window.delay(this.#clock.now());
    if (delay === 0 || this.#paceTimer !== undefined) return;
    this.#paceTimer = setTimeout(() => {
      this.#paceTimer = undefined;
      this.#resume();
    }, delay / 1000);
  }

  #take(source: PieceSource, now: Micros): Piece | undefined {
    const limit = this.#window.limit(this.#streams.hasRoom, now);
    return limit && source.next(now, limit);
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
    if (this.inFlightBytes === 0) this.#progressAt = sentAt;
    this.#window.handed(bytes, sentAt);
    this.#sink?.sent(bytes, sentAt);
    void outcome.then((how) => {
      this.#window.settled(bytes);
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
