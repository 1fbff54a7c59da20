import type { Socket } from 'node:net';
import type { WebSocket } from 'ws';
import type { ControlUnit } from '../../protocol/control/control-unit.ts';
import { ProtocolError, type SessionCode } from '../../protocol/errors.ts';
import type { Logger } from '../observe/logger.ts';
import type { Clock } from '../session-clock.ts';
import type {
  PieceSource,
  SendRates,
  ServerTransport,
  TransportClosed,
  TransportSink,
  TransportStats,
} from './transport.ts';
import { tcpStats, useBbr } from './tcp-connection.ts';
import { UnitTransport } from './unit-transport.ts';
import type { UnitWire, UnitWireSink } from './unit-wire.ts';

/** What a WebSocket transport is made of. It owns the socket from now on. */
export interface WebSocketTransportOptions {
  /** Open, accepted with the subprotocol dtf.1, without compression, from a server with `maxPayload` set. */
  readonly socket: WebSocket;
  /** What it runs on; undefined where nobody needs to change it. */
  readonly tcp?: Socket;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** DTF/1 over one WebSocket (docs/protocol.md, "WebSocket"). Create it in the same turn in which the socket was accepted. */
export class WebSocketTransport implements ServerTransport {
  readonly kind = 'websocket';
  readonly backend = 'ws';
  readonly #transport: UnitTransport;
  readonly #tcp: Socket | undefined;
  readonly #logger: Logger;

  constructor({ socket, tcp, clock, logger }: WebSocketTransportOptions) {
    this.#tcp = tcp;
    this.#logger = logger;
    const { kind, backend } = this;
    const wire = new SocketWire(socket);
    this.#transport = new UnitTransport({ kind, backend, wire, clock, logger });
  }

  get closed(): Promise<TransportClosed> {
    return this.#transport.closed;
  }

  get inFlightBytes(): number {
    return this.#transport.inFlightBytes;
  }

  start(source: PieceSource, sink: TransportSink): void {
    this.#transport.start(source, sink);
  }

  expectLosses(): void {
    if (this.#tcp !== undefined) void this.#keepRate(this.#tcp);
  }

  wake(): void {
    this.#transport.wake();
  }

  sendControl(unit: ControlUnit): void {
    this.#transport.sendControl(unit);
  }

  abandon(): void {
    this.#transport.abandon();
  }

  setWindow(bytes: number, rates?: SendRates): void {
    this.#transport.setWindow(bytes, rates);
  }

  stats(): Promise<TransportStats> {
    return this.#tcp === undefined ? this.#transport.stats() : tcpStats(this.#tcp);
  }

  close(code: SessionCode, reason: string): void {
    this.#transport.close(code, reason);
  }

  async #keepRate(tcp: Socket): Promise<void> {
    const obstacle = await useBbr(tcp);
    if (obstacle === undefined) this.#logger.info('a connection on a path with losses has BBR');
    else this.#logger.warn('a connection on a path with losses has no BBR', { obstacle });
  }
}

/** Bytes of a close reason (RFC 6455, section 5.5: a control frame holds 125 bytes, two of them the code). */
const MAX_REASON_BYTES = 123;

/** A socket of `ws` as a wire of units. */
class SocketWire implements UnitWire {
  readonly #socket: WebSocket;

  constructor(socket: WebSocket) {
    this.#socket = socket;
  }

  get bufferedBytes(): number {
    return this.#socket.bufferedAmount;
  }

  listen(sink: UnitWireSink): void {
    const socket = this.#socket;
    socket.on('message', (data, isBinary) => {
      if (isBinary) sink.unit(asBytes(data));
      else sink.violation(new ProtocolError('E_STATE', 'message: expected binary, got text'));
    });
    socket.on('error', (error) => {
      const violation = frameViolation(error);
      // Any other error is followed by the close, which says all that matters.
      if (violation) sink.violation(violation);
    });
    socket.on('close', (code, reason) => sink.closed(code, reason.toString()));
  }

  send(unit: Uint8Array, flushed: () => void): void {
    this.#socket.send(unit, { binary: true, compress: false }, (error) => {
      if (!error) flushed();
    });
  }

  close(closeCode: number, reason: string): void {
    this.#socket.close(closeCode, shorten(reason));
  }

  terminate(): void {
    this.#socket.terminate();
  }
}

/** The breach behind an error of the parser of `ws`, which has answered with a close frame of its own. */
const frameViolation = (error: NodeJS.ErrnoException): ProtocolError | undefined => {
  const { code, message } = error;
  if (!code?.startsWith('WS_ERR_')) return undefined;
  const isTooLarge =
    code === 'WS_ERR_UNSUPPORTED_MESSAGE_LENGTH' || code === 'WS_ERR_TOO_MANY_BUFFERED_PARTS';
  return new ProtocolError(isTooLarge ? 'E_SIZE' : 'E_STATE', `frame: ${message}`, {
    cause: error,
  });
};

const asBytes = (data: Buffer | ArrayBuffer | Buffer[]): Uint8Array => {
  if (Array.isArray(data)) return Buffer.concat(data);
  return data instanceof ArrayBuffer ? new Uint8Array(data) : data;
};

/** Cuts a reason to what a close frame holds, between characters. */
const shorten = (reason: string): string => {
  const bytes = Buffer.from(reason);
  if (bytes.byteLength <= MAX_REASON_BYTES) return reason;
  return bytes
    .subarray(0, MAX_REASON_BYTES)
    .toString()
    .replace(/\uFFFD+$/u, '');
};
