import { encodeControl, type ControlUnit } from '../../protocol/control/control-unit.ts';
import type { DataUnit } from '../../protocol/data-unit.ts';
import {
  ProtocolError,
  SessionCode,
  sessionCodeFromWebSocket,
  webSocketCloseCode,
} from '../../protocol/errors.ts';
import { micros, toMicros32 } from '../../protocol/time.ts';
import { localMicros } from '../local-time.ts';
import { Acknowledger } from './acknowledger.ts';
import {
  BROKEN,
  type ClientTransport,
  type Connector,
  type TransportEnd,
  type TransportSink,
} from './transport.ts';
import { UnitInbox } from './unit-inbox.ts';

/** Subprotocols of docs/protocol.md: the version, and the ticket in a name of its own. */
const PROTOCOL = 'dtf.1';
const TICKET_PREFIX = 'ticket.';

/** Bytes of a close reason (RFC 6455, section 5.5: a control frame holds 125 bytes, two of them the code). */
const MAX_REASON_BYTES = 123;

/** Opens the connection; its ticket is spent whatever comes of it. */
export function webSocketConnector(url: string, ticket: string): Connector {
  return (signal) =>
    new Promise((resolve, reject) => {
      signal.throwIfAborted();
      const socket = new WebSocket(url, [PROTOCOL, TICKET_PREFIX + ticket]);
      socket.binaryType = 'arraybuffer';
      const onAbort = (): void => {
        socket.close();
        reject(new Error('websocket: given up'));
      };
      signal.addEventListener('abort', onAbort, { once: true });
      socket.onopen = () => {
        signal.removeEventListener('abort', onAbort);
        resolve(new WebSocketTransport(socket));
      };
      socket.onclose = (event) => {
        signal.removeEventListener('abort', onAbort);
        reject(new Error(`websocket: closed with ${event.code} before it was open`));
      };
    });
}

/** DTF/1 over one WebSocket: units as binary messages, media in fragments, acknowledgements above TCP's. */
export class WebSocketTransport implements ClientTransport {
  readonly kind = 'websocket';
  readonly isLossy = false;
  readonly ended: Promise<TransportEnd>;
  readonly #socket: WebSocket;
  readonly #acknowledger = new Acknowledger();
  readonly #inbox = new UnitInbox({
    control: (unit) => {
      if (unit.type === 'ackConfig') this.#acknowledger.configure(unit);
    },
    data: (unit) => this.#count(unit),
  });
  /** Of the message that is being taken: its bytes, and when it came. */
  #taking = { bytes: 0, receivedAt: 0 };
  #sink: TransportSink | undefined;
  #ackTimer: ReturnType<typeof setTimeout> | undefined;
  #settle: (end: TransportEnd) => void = () => undefined;

  /** @param socket open, with binaryType 'arraybuffer' */
  constructor(socket: WebSocket) {
    this.#socket = socket;
    this.ended = new Promise((resolve) => {
      this.#settle = resolve;
    });
    socket.onclose = (event) =>
      this.#end({ code: sessionCodeFromWebSocket(event.code) ?? BROKEN, reason: event.reason });
  }

  start(sink: TransportSink): void {
    this.#sink = sink;
    this.#socket.onmessage = (event: MessageEvent<unknown>) => this.#onMessage(event.data);
  }

  sendControl(unit: ControlUnit): void {
    if (this.#socket.readyState === WebSocket.OPEN) this.#socket.send(encodeControl(unit));
  }

  sendMessage(message: Uint8Array<ArrayBuffer>): void {
    if (this.#socket.readyState === WebSocket.OPEN) this.#socket.send(message);
  }

  sendUnreliable(unit: ControlUnit): void {
    this.sendControl(unit);
  }

  close(code: SessionCode, reason: string): void {
    this.#socket.close(webSocketCloseCode(code), shorten(reason));
    // The closing handshake needs a peer that answers; the end does not wait for it.
    this.#end({ code, reason });
  }

  #onMessage(message: unknown): void {
    const receivedAt = localMicros();
    if (!(message instanceof ArrayBuffer)) {
      this.close(SessionCode.protocol, 'message: expected binary, got text');
      return;
    }
    try {
      this.#taking = { bytes: message.byteLength, receivedAt };
      if (this.#sink !== undefined)
        this.#inbox.take(new Uint8Array(message), receivedAt, this.#sink);
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error;
      this.close(error.closeCode, error.message);
    }
  }

  /** First the acknowledgement, then the decoder: the server's window waits for it. */
  #count(unit: DataUnit): void {
    const { bytes, receivedAt } = this.#taking;
    const sendTime = unit.type === 'padding' ? undefined : unit.sendTime;
    const isDue = this.#acknowledger.received({ bytes, sendTime, now: receivedAt });
    if (isDue) this.#acknowledge();
    else this.#ackTimer ??= setTimeout(() => this.#acknowledge(), this.#acknowledger.maxDelayMs);
  }

  #acknowledge(): void {
    clearTimeout(this.#ackTimer);
    this.#ackTimer = undefined;
    const ack = this.#acknowledger.take(localMicros());
    if (ack === undefined) return;
    this.sendControl({
      type: 'ack',
      cumulativeBytes: ack.cumulativeBytes,
      echo: ack.sendTime,
      received: toMicros32(micros(ack.receivedAt)),
      hold: micros(ack.hold),
    });
  }

  #end(end: TransportEnd): void {
    clearTimeout(this.#ackTimer);
    this.#sink = undefined;
    this.#socket.onmessage = null;
    this.#settle(end);
  }
}

function shorten(reason: string): string {
  const bytes = new TextEncoder().encode(reason);
  if (bytes.length <= MAX_REASON_BYTES) return reason;
  return new TextDecoder().decode(bytes.subarray(0, MAX_REASON_BYTES)).replace(/\uFFFD+$/u, '');
}
