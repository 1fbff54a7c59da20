import type { ControlUnit } from '../../protocol/control/control-unit.ts';
import { ProtocolError, StreamResetCode } from '../../protocol/errors.ts';
import type { CompleteMessage } from '../../protocol/fragment.ts';
import { maxClientMessageBytes, maxMessageHeadBytes } from '../../protocol/limits.ts';
import { decodeDataUnit } from '../../protocol/message.ts';
import { millis, millisToMicros, type Micros } from '../../protocol/time.ts';
import { decodeUnit, StreamUnitReader } from '../../protocol/unit.ts';
import type { Clock } from '../session-clock.ts';
import { InboundGuard } from './inbound-guard.ts';
import type {
  BackendSessionClosed,
  BackendSessionSink,
  IncomingStream,
  IncomingStreamSink,
  SendStream,
  StreamEnd,
} from './webtransport-backend.ts';

/** Streams that a client may have open at once, its control stream included. */
const MAX_OPEN_STREAMS = 32;

/** Streams that a client may open per second. */
const MAX_OPENS_PER_SECOND = 200;

/** Datagrams per second that are looked at; more are taken off the wire and dropped. */
const MAX_DATAGRAMS_PER_SECOND = 2_000;

const SECOND = millisToMicros(millis(1_000));

/** Who takes what came in. Called synchronously; a thrown ProtocolError comes back as `violation`. */
export interface InboundSink {
  /** The client opened its control stream; our half of it. */
  controlStream(reply: SendStream): void;
  /** A unit for the session. */
  unit(unit: ControlUnit): void;
  /** A unit that goes back at once. */
  answer(unit: ControlUnit): void;
  message(message: CompleteMessage): void;
  /** The peer broke the protocol. */
  violation(error: ProtocolError): void;
  closed(how: BackendSessionClosed): void;
}

/**
 * Turns the streams and datagrams of a client into units and messages, within the limits.
 *
 * ```
 *   first bidirectional stream   length-prefixed control units
 *   unidirectional streams       one message each, to the end of the stream
 *   datagrams                    one INPUT unit each
 * ```
 */
export class WebTransportInbound implements BackendSessionSink {
  readonly #clock: Clock;
  readonly #sink: InboundSink;
  readonly #opens = new RateWindow(MAX_OPENS_PER_SECOND);
  readonly #datagrams = new RateWindow(MAX_DATAGRAMS_PER_SECOND);
  readonly #guard: InboundGuard;
  #openStreams = 0;
  #hasControlStream = false;
  #isStopped = false;

  constructor(clock: Clock, sink: InboundSink) {
    this.#clock = clock;
    this.#sink = sink;
    this.#guard = new InboundGuard(clock.now());
  }

  /** Whether nothing came from the peer for too long. */
  isSilent(now: Micros): boolean {
    return this.#guard.isSilent(now);
  }

  /** Drops everything from now on, except the end of the session. */
  stop(): void {
    this.#isStopped = true;
  }

  stream(stream: IncomingStream): IncomingStreamSink {
    const now = this.#heard();
    this.#openStreams++;
    const reader = this.guard(() => this.#accept(stream, now)) ?? ignored;
    return {
      data: (chunk) => {
        const receivedAt = this.#heard();
        this.guard(() => reader.data(chunk, receivedAt));
      },
      end: (how) => {
        this.#openStreams--;
        const receivedAt = this.#heard();
        this.guard(() => reader.end(how, receivedAt));
      },
    };
  }

  datagram(bytes: Uint8Array): void {
    const now = this.#heard();
    if (!this.#datagrams.takes(now)) return;
    this.guard(() => {
      this.#guard.unit(bytes.length, now);
      const unit = decodeUnit(bytes);
      if (unit.type !== 'input') {
        throw new ProtocolError('E_STATE', `datagram: expected an input unit, got ${unit.type}`);
      }
      this.#admit(unit, now);
    });
  }

  closed(how: BackendSessionClosed): void {
    this.#sink.closed(how);
  }

  #accept(stream: IncomingStream, now: Micros): StreamReader {
    if (!this.#opens.takes(now)) {
      throw new ProtocolError(
        'E_RATE',
        `streams: expected at most ${MAX_OPENS_PER_SECOND} opened per second, got more`,
      );
    }
    if (this.#openStreams > MAX_OPEN_STREAMS) {
      throw new ProtocolError(
        'E_COUNT',
        `streams: expected at most ${MAX_OPEN_STREAMS} open, got more`,
      );
    }
    if (stream.reply === undefined) return this.#readMessage(stream);
    if (this.#hasControlStream) {
      throw new ProtocolError('E_STATE', 'streams: expected one bidirectional stream, got another');
    }
    this.#hasControlStream = true;
    this.#sink.controlStream(stream.reply);
    return this.#readControl();
  }

  #readControl(): StreamReader {
    const reader = new StreamUnitReader();
    return {
      data: (chunk, receivedAt) => {
        for (const unit of reader.push(chunk)) {
          if (this.#isStopped) return;
          // The reader has checked the size.
          this.#guard.unit(0, receivedAt);
          this.#admit(unit, receivedAt);
        }
      },
      end: (how) => {
        if (how.type === 'sessionClosed') return;
        throw new ProtocolError('E_STATE', 'control stream: expected it to stay open, got its end');
      },
    };
  }

  #readMessage(stream: IncomingStream): StreamReader {
    let chunks: Uint8Array[] = [];
    let length = 0;
    return {
      data: (chunk) => {
        length += chunk.length;
        if (length > maxClientMessageBytes + maxMessageHeadBytes) {
          chunks = [];
          stream.stopSending(StreamResetCode.tooBig);
          throw new ProtocolError(
            'E_SIZE',
            `message: expected at most ${maxClientMessageBytes} bytes, got more`,
          );
        }
        chunks.push(chunk);
      },
      end: (how, receivedAt) => {
        if (how.type !== 'finished' || length === 0) return;
        this.#guard.unit(0, receivedAt);
        this.#takeMessage(joined(chunks, length));
      },
    };
  }

  #takeMessage(bytes: Uint8Array): void {
    const unit = decodeDataUnit(bytes);
    if (unit.type === 'padding') return;
    if (unit.type !== 'message') {
      throw new ProtocolError('E_STATE', `stream: expected a whole message, got ${unit.type}`);
    }
    const { header, payload, sendTime } = unit;
    this.#sink.message({ header, payload, sendTimeFirst: sendTime, sendTimeLast: sendTime });
  }

  #admit(unit: ControlUnit, receivedAt: Micros): void {
    if (unit.type === 'ack') {
      throw new ProtocolError('E_STATE', 'ack: expected none on webtransport, got one');
    }
    const admitted = this.#guard.control(unit, receivedAt, this.#clock.now());
    if (admitted.type === 'answer') this.#sink.answer(admitted.unit);
    else this.#sink.unit(unit);
  }

  #heard(): Micros {
    const now = this.#clock.now();
    this.#guard.heard(now);
    return now;
  }

  /** Runs what looks at something of the peer, unless stopped; what the peer did wrong is a violation. */
  guard<T>(read: () => T): T | undefined {
    if (this.#isStopped) return undefined;
    try {
      return read();
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error;
      this.#sink.violation(error);
      return undefined;
    }
  }
}

function joined(chunks: readonly Uint8Array[], length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  let offset = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, offset);
    offset += chunk.length;
  }
  return bytes;
}

/** Counts events in windows of a second. */
class RateWindow {
  readonly #maxPerSecond: number;
  #windowStart = 0 as Micros;
  #count = 0;

  constructor(maxPerSecond: number) {
    this.#maxPerSecond = maxPerSecond;
  }

  takes(now: Micros): boolean {
    if (now - this.#windowStart >= SECOND) {
      this.#windowStart = now;
      this.#count = 0;
    }
    return ++this.#count <= this.#maxPerSecond;
  }
}

/** What one kind of stream does with its bytes. */
interface StreamReader {
  data(chunk: Uint8Array, receivedAt: Micros): void;
  end(how: StreamEnd, receivedAt: Micros): void;
}

const ignored: StreamReader = { data: () => undefined, end: () => undefined };
