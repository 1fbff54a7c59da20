import { encodeControl, type ControlUnit } from '../../protocol/control/control-unit.ts';
import { decodeDataUnit } from '../../protocol/data-unit.ts';
import { ProtocolError, SessionCode } from '../../protocol/errors.ts';
import { maxMessageBytes, maxMessageHeadBytes } from '../../protocol/limits.ts';
import { decodeDatagram } from '../../protocol/redundancy.ts';
import { encodeStreamUnit, StreamUnitReader } from '../../protocol/unit.ts';
import { localMicros } from '../local-time.ts';
import {
  BROKEN,
  type ClientTransport,
  type Connector,
  type TransportEnd,
  type TransportSink,
} from './transport.ts';

/** Protocol name of docs/protocol.md in the WebTransport handshake. */
const PROTOCOL = 'dtf-1';

/** Datagrams that may wait for us: 1 s of sound; older ones are worthless. */
const MAX_WAITING_DATAGRAMS = 100;

/** WebTransport options that TypeScript's DOM library does not have yet. */
interface ConnectOptions extends WebTransportOptions {
  readonly protocols?: string[];
}

/** Whether this browser can try at all. */
export const hasWebTransport = (): boolean => typeof WebTransport !== 'undefined';

/** Opens the session and its control stream; the ticket in `url` is spent whatever comes of it. */
export function webTransportConnector(
  url: string,
  certificateHashes: readonly Uint8Array<ArrayBuffer>[],
): Connector {
  return async (signal) => {
    signal.throwIfAborted();
    const options: ConnectOptions = {
      protocols: [PROTOCOL],
      congestionControl: 'low-latency',
      requireUnreliable: true,
      ...(certificateHashes.length === 0
        ? {}
        : {
            serverCertificateHashes: certificateHashes.map((value) => ({
              algorithm: 'sha-256',
              value,
            })),
          }),
    };
    const session = new WebTransport(url, options);
    // `closed` rejects beside `ready`; only `ready` is of interest until the session is open.
    session.closed.catch(() => undefined);
    const giveUp = (): void => session.close();
    signal.addEventListener('abort', giveUp, { once: true });
    try {
      await session.ready;
      const control = await session.createBidirectionalStream();
      signal.throwIfAborted();
      return new WebTransportTransport(session, control);
    } finally {
      signal.removeEventListener('abort', giveUp);
    }
  };
}

/**
 * DTF/1 over WebTransport: control units on one bidirectional stream, each message on a stream of its own, sound in
 * datagrams.
 */
export class WebTransportTransport implements ClientTransport {
  readonly kind = 'webtransport';
  readonly isLossy = true;
  readonly ended: Promise<TransportEnd>;
  readonly #session: WebTransport;
  readonly #control: WebTransportBidirectionalStream;
  readonly #controlWriter: WritableStreamDefaultWriter<Uint8Array>;
  readonly #datagramWriter: WritableStreamDefaultWriter<Uint8Array>;
  #sink: TransportSink | undefined;
  #settle: (end: TransportEnd) => void = () => undefined;

  constructor(session: WebTransport, control: WebTransportBidirectionalStream) {
    this.#session = session;
    this.#control = control;
    this.#controlWriter = (control.writable as WritableStream<Uint8Array>).getWriter();
    this.#datagramWriter = datagramWritable(session).getWriter();
    session.datagrams.incomingHighWaterMark = MAX_WAITING_DATAGRAMS;
    this.ended = new Promise((resolve) => {
      this.#settle = resolve;
    });
    session.closed.then(
      ({ closeCode, reason }) => this.#end({ code: closeCode ?? 0, reason: reason ?? '' }),
      (error: unknown) => this.#end({ code: BROKEN, reason: String(error) }),
    );
  }

  start(sink: TransportSink): void {
    this.#sink = sink;
    this.#run(this.#readControl());
    this.#run(this.#readStreams());
    this.#run(this.#readDatagrams());
  }

  sendControl(unit: ControlUnit): void {
    if (this.#sink === undefined) return;
    // A write that fails means that the session is over, which `closed` tells.
    this.#controlWriter.write(encodeStreamUnit(encodeControl(unit))).catch(() => undefined);
  }

  sendMessage(message: Uint8Array<ArrayBuffer>): void {
    if (this.#sink === undefined) return;
    // As with units: `closed` tells what a failed write means.
    this.#onStream(message).catch(() => undefined);
  }

  sendUnreliable(unit: ControlUnit): void {
    if (this.#sink === undefined) return;
    this.#datagramWriter.write(encodeControl(unit)).catch(() => undefined);
  }

  close(code: SessionCode, reason: string): void {
    this.#session.close({ closeCode: code, reason });
    this.#end({ code, reason });
  }

  async #onStream(message: Uint8Array<ArrayBuffer>): Promise<void> {
    const stream = (await this.#session.createUnidirectionalStream()) as WritableStream<Uint8Array>;
    const writer = stream.getWriter();
    await writer.write(message);
    await writer.close();
  }

  async #readControl(): Promise<void> {
    const units = new StreamUnitReader();
    const stream = this.#control.readable as ReadableStream<Uint8Array>;
    for await (const chunk of read(stream)) {
      this.#sink?.received(chunk.length);
      for (const unit of units.push(chunk)) this.#sink?.control(unit);
    }
  }

  async #readStreams(): Promise<void> {
    const streams = this.#session.incomingUnidirectionalStreams as ReadableStream<
      ReadableStream<Uint8Array>
    >;
    for await (const stream of read(streams)) this.#run(this.#readMessage(stream));
  }

  async #readMessage(stream: ReadableStream<Uint8Array>): Promise<void> {
    const collected = await this.#collect(stream);
    if (collected === undefined) return;
    const receivedAt = localMicros();
    const unit = decodeDataUnit(collected.bytes);
    if (unit.type === 'padding') return;
    if (unit.type !== 'message') {
      throw new ProtocolError('E_STATE', `stream: expected a message, got ${unit.type}`);
    }
    const { header, payload, sendTime } = unit;
    const complete = { header, payload, sendTimeFirst: sendTime, sendTimeLast: sendTime };
    this.#sink?.message(complete, receivedAt, collected.begunAt ?? receivedAt);
  }

  /** All bytes of a stream, or undefined when the server gave it up (ABANDON on the control stream says which message). */
  async #collect(
    stream: ReadableStream<Uint8Array>,
  ): Promise<{ readonly bytes: Uint8Array; readonly begunAt: number | undefined } | undefined> {
    const chunks: Uint8Array[] = [];
    let length = 0;
    let begunAt: number | undefined;
    try {
      for await (const chunk of read(stream)) {
        begunAt ??= localMicros();
        this.#sink?.received(chunk.length);
        chunks.push(chunk);
        length += chunk.length;
        if (length > maxMessageBytes + maxMessageHeadBytes) break;
      }
    } catch {
      return undefined;
    }
    if (length > maxMessageBytes + maxMessageHeadBytes) {
      throw new ProtocolError('E_SIZE', `stream: expected at most ${maxMessageBytes} bytes`);
    }
    return { bytes: joined(chunks, length), begunAt };
  }

  async #readDatagrams(): Promise<void> {
    const datagrams = this.#session.datagrams.readable as ReadableStream<Uint8Array>;
    for await (const datagram of read(datagrams)) {
      const receivedAt = localMicros();
      this.#sink?.received(datagram.length);
      for (const { header, payload, sendTime } of decodeDatagram(datagram)) {
        const complete = { header, payload, sendTimeFirst: sendTime, sendTimeLast: sendTime };
        this.#sink?.message(complete, receivedAt, receivedAt);
      }
    }
  }

  /** A reader that fails on the server's protocol error ends the session; one that fails with the session is over anyway. */
  #run(reading: Promise<void>): void {
    reading.catch((error: unknown) => {
      if (error instanceof ProtocolError) this.close(error.closeCode, error.message);
      else if (this.#sink !== undefined && !isStreamEnd(error)) throw error;
    });
  }

  #end(end: TransportEnd): void {
    this.#sink = undefined;
    this.#settle(end);
  }
}

/** A generator over a reader, since Safari has no asynchronous iteration of streams; cancels when left early. */
async function* read<Chunk>(stream: ReadableStream<Chunk>): AsyncGenerator<Chunk, void> {
  const reader = stream.getReader();
  let isDone = false;
  try {
    for (;;) {
      const { value, done } = await reader.read();
      isDone = done;
      if (done) return;
      yield value;
    }
  } finally {
    if (!isDone) reader.cancel().catch(() => undefined);
  }
}

function joined(chunks: readonly Uint8Array[], length: number): Uint8Array {
  const [only] = chunks;
  if (chunks.length === 1 && only !== undefined) return only;
  const whole = new Uint8Array(length);
  let at = 0;
  for (const chunk of chunks) {
    whole.set(chunk, at);
    at += chunk.length;
  }
  return whole;
}

const isStreamEnd = (error: unknown): boolean =>
  error instanceof DOMException || error instanceof TypeError;

/** The specification moved `writable` to createWritable(); browsers have one of the two. */
function datagramWritable(session: WebTransport): WritableStream<Uint8Array> {
  const datagrams = session.datagrams as {
    readonly createWritable?: () => WritableStream<Uint8Array>;
    readonly writable: WritableStream<Uint8Array>;
  };
  return datagrams.createWritable?.() ?? datagrams.writable;
}
