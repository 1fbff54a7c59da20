import { encodeControl, type ControlUnit } from '../../protocol/control/control-unit.ts';
import { ProtocolError, SessionCode } from '../../protocol/errors.ts';
import { localMicros } from '../local-time.ts';
import {
  BROKEN,
  type ClientTransport,
  type Connector,
  type TransportEnd,
  type TransportSink,
} from '../transport/transport.ts';
import { UnitInbox } from '../transport/unit-inbox.ts';
import type { FromPeer, PeerAddress, ToPeer } from './peer-messages.ts';

/** No packet found a way between page and gateway. */
export class UnreachedError extends Error {
  override readonly name = 'UnreachedError';
}

/** Asks the page for a connection; the port is that of `PeerRequest`, its other end. */
export type OpenPeer = (address: PeerAddress) => MessagePort;

/** Opens a WebRTC connection with its data channel; the ticket is spent whatever comes of it. */
export function webRtcConnector(address: PeerAddress, openPeer: OpenPeer): Connector {
  return (signal) =>
    new Promise((resolve, reject) => {
      signal.throwIfAborted();
      const port = openPeer(address);
      const onAbort = (): void => {
        tell(port, { type: 'close' });
        reject(new Error('webrtc: given up'));
      };
      signal.addEventListener('abort', onAbort, { once: true });
      port.onmessage = ({ data: message }: MessageEvent<FromPeer>) => {
        signal.removeEventListener('abort', onAbort);
        if (message.type === 'open') resolve(new PeerTransport(port));
        else if (message.type === 'closed') reject(errorOf(message));
      };
    });
}

/**
 * DTF/1 over WebRTC as far as it lies in the worker: units on a data channel, which the page passes on. Video and audio come on tracks
 * that the page plays.
 */
export class PeerTransport implements ClientTransport {
  readonly kind = 'webrtc';
  readonly isLossy = true;
  readonly hasTracks = true;
  readonly ended: Promise<TransportEnd>;
  readonly #port: MessagePort;
  readonly #inbox = new UnitInbox();
  #sink: TransportSink | undefined;
  #hasPicture = false;
  #settle: (end: TransportEnd) => void = () => undefined;

  /** @param port to an open connection */
  constructor(port: MessagePort) {
    this.#port = port;
    this.ended = new Promise((resolve) => {
      this.#settle = resolve;
    });
    port.onmessage = (event: MessageEvent<FromPeer>) => this.#onMessage(event.data);
  }

  start(sink: TransportSink): void {
    this.#sink = sink;
    if (this.#hasPicture) sink.pictured?.();
  }

  sendControl(unit: ControlUnit): void {
    // A copy, since what the encoder gives may be a view of more.
    tell(this.#port, { type: 'unit', bytes: new Uint8Array(encodeControl(unit)) });
  }

  sendMessage(message: Uint8Array<ArrayBuffer>): void {
    tell(this.#port, { type: 'unit', bytes: new Uint8Array(message) });
  }

  sendUnreliable(unit: ControlUnit): void {
    const bytes = new Uint8Array(encodeControl(unit));
    tell(this.#port, { type: 'unit', bytes, mayBeLost: true });
  }

  carries(): void {
    tell(this.#port, { type: 'carries' });
  }

  /** The transport has no close code: the reason goes before the end. */
  close(code: SessionCode, reason: string): void {
    this.sendControl({ type: 'error', code, ref: 0, message: reason });
    this.#end({ code, reason });
  }

  #onMessage(message: FromPeer): void {
    switch (message.type) {
      case 'open':
        break;
      case 'unit':
        this.#onUnit(new Uint8Array(message.bytes));
        break;
      case 'picture':
        this.#hasPicture = true;
        this.#sink?.pictured?.();
        break;
      case 'closed':
        this.#end({ code: BROKEN, reason: message.reason });
        break;
    }
  }

  #onUnit(bytes: Uint8Array): void {
    if (this.#sink === undefined) return;
    try {
      this.#inbox.take(bytes, localMicros(), this.#sink);
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error;
      this.close(error.closeCode, error.message);
    }
  }

  #end(end: TransportEnd): void {
    this.#sink = undefined;
    this.#port.onmessage = null;
    tell(this.#port, { type: 'close' });
    this.#settle(end);
  }
}

const errorOf = ({ reason, isUnreached }: Extract<FromPeer, { type: 'closed' }>): Error =>
  isUnreached ? new UnreachedError(reason) : new Error(reason);

function tell(port: MessagePort, message: ToPeer): void {
  port.postMessage(message, message.type === 'unit' ? [message.bytes.buffer] : []);
}
