/** The client's side of a transport: one contract, implemented over WebTransport, WebSocket and WebRTC. */
import type { CompleteMessage } from '../../protocol/fragment.ts';
import type { ControlUnit } from '../../protocol/control/control-unit.ts';
import type { SessionCode } from '../../protocol/errors.ts';

/** The ways to reach the server that can be chosen, by the names of the `?transport=` parameter. */
export type ChosenTransport = 'webtransport' | 'websocket';

/** What can carry a session. WebRTC comes and goes with its rung of the ladder, since it brings the picture on a track. */
export type TransportKind = ChosenTransport | 'webrtc';

/** A transport that can be chosen by its name, or undefined for anything else. */
export function transportNamed(name: string | null): ChosenTransport | undefined {
  return name === 'webtransport' || name === 'websocket' ? name : undefined;
}

/** A transport by the name that MOVE gives it, or undefined for one that is not known here. */
export function transportKindNamed(name: string): TransportKind | undefined {
  return name === 'webrtc' ? name : transportNamed(name);
}

/** TransportEnd code of a connection that broke without a word. */
export const BROKEN = -1;

/** Why a connection ended. `code` is a session code of docs/protocol.md, or BROKEN. */
export interface TransportEnd {
  readonly code: number;
  readonly reason: string;
}

/**
 * Receives everything that a transport brings. `receivedAt` is local time in microseconds, taken when the last byte of the
 * message arrived. A transport calls no method of its sink after `ended`.
 */
export interface TransportSink {
  control(unit: ControlUnit): void;
  /** @param begunAt when its first byte arrived */
  message(message: CompleteMessage, receivedAt: number, begunAt: number): void;
  /** Bytes received, counted for statistics. */
  received(bytes: number): void;
  /** Where pictures come on a track: the first one can be shown. */
  pictured?(): void;
}

/**
 * An open connection. It reads from `start` on: a server says nothing before it gets HELLO. A protocol error of the server
 * closes it with the error's code.
 */
export interface ClientTransport {
  readonly kind: TransportKind;
  start(sink: TransportSink): void;
  /** Sends one unit reliably and in order. */
  sendControl(unit: ControlUnit): void;
  /**
   * Sends a whole message of a flow that the client has opened, encoded as MSG, reliably; messages may overtake each other and units. The
   * transport owns its bytes from then on.
   */
  sendMessage(message: Uint8Array<ArrayBuffer>): void;
  /** Sends one unit that may be lost (input, sent again by its owner); the same as sendControl where nothing is lost. */
  sendUnreliable(unit: ControlUnit): void;
  /** False when sent units are never lost, so that nothing needs to be sent twice. */
  readonly isLossy: boolean;
  /** Whether pictures and sound come on tracks, past the sink: the browser's own receiver plays them, reports and asks for keyframes. */
  readonly hasTracks?: boolean;
  /** It carries the session from now on: what comes on its tracks is to be seen and heard. */
  carries?(): void;
  /** Idempotent. */
  close(code: SessionCode, reason: string): void;
  readonly ended: Promise<TransportEnd>;
}

/** Opens one kind of transport; rejects when it cannot, or when `signal` aborts (then it leaves nothing open). */
export type Connector = (signal: AbortSignal) => Promise<ClientTransport>;
