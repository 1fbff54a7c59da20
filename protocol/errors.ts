/** Close codes, reset codes and the one error that decoders throw (docs/protocol.md, "Errors and close codes"). */

/** Why a session ended: the WebTransport close code; WebSocket adds 4000. */
export const SessionCode = {
  /** Orderly end. */
  ok: 0,
  /** A bug or a lost resource on the side that closes. */
  internal: 1,
  /** The peer broke this protocol. */
  protocol: 2,
  /** No or wrong credentials. */
  auth: 3,
  /** No protocol version in common. */
  version: 4,
  /** A size or count limit was exceeded. */
  limit: 5,
  /** The peer was silent for too long. */
  timeout: 6,
  /** Another connection took this session over. */
  superseded: 7,
  /** The gateway is going away. */
  shutdown: 8,
  /** A unit named a flow that is not open. */
  flowState: 9,
  /** More bytes were sent on a flow than its credit allowed. */
  flowControl: 10,
  /** Units arrived faster than allowed. */
  rate: 11,
} as const;
export type SessionCode = (typeof SessionCode)[keyof typeof SessionCode];

/** The WebSocket close code of a session code: 4000-4011, in the private range of RFC 6455 section 7.4.2. */
export const webSocketCloseCode = (code: SessionCode): number => 4000 + code;

/**
 * The session code in a WebSocket close code.
 *
 * @returns `undefined` for codes that DTF/1 does not define (1006 and the like).
 */
export const sessionCodeFromWebSocket = (closeCode: number): SessionCode | undefined =>
  sessionCodeOf(closeCode - webSocketCloseCode(SessionCode.ok));

/** The session code of this number; `undefined` for numbers that DTF/1 does not define. */
export const sessionCodeOf = (code: number): SessionCode | undefined =>
  sessionCodes.find((known) => known === code);
const sessionCodes = Object.values(SessionCode);

/** Why one WebTransport stream was reset or refused (RESET_STREAM and STOP_SENDING application codes). */
export const StreamResetCode = {
  /** Its deadline passed before it was sent whole. */
  deadline: 16,
  /** A newer keyframe replaced it. */
  superseded: 17,
  /** The message that it depends on was given up. */
  dependencyLost: 18,
  /** Its flow was closed. */
  flowClosed: 19,
  /** The receiver does not want it. */
  notWanted: 20,
  /** It names a flow that is not open. */
  unknownFlow: 21,
  /** It is larger than the receiver takes. */
  tooBig: 22,
} as const;
export type StreamResetCode = (typeof StreamResetCode)[keyof typeof StreamResetCode];

/** Why messages will never be completed (ABANDON `reason`). */
export const AbandonReason = {
  deadline: 1,
  superseded: 2,
  dependencyLost: 3,
  closed: 4,
  resource: 5,
} as const;
export type AbandonReason = (typeof AbandonReason)[keyof typeof AbandonReason];

const closeCodes = {
  /** The unit ends before a field does. */
  E_TRUNCATED: SessionCode.protocol,
  /** A number is outside the values that its field allows. */
  E_RANGE: SessionCode.protocol,
  /** A reserved bit is set. */
  E_RESERVED: SessionCode.protocol,
  /** A message with KEY also carries a dependency. */
  E_DEP_ON_KEY: SessionCode.protocol,
  /** A dependency is 0 or reaches before the first message of the flow. */
  E_DEP_RANGE: SessionCode.protocol,
  /** Extensions are larger than 256 bytes, or one does not fit into them. */
  E_EXT_SIZE: SessionCode.protocol,
  /** An extension with an odd id is not known here. */
  E_EXT_UNKNOWN_CRITICAL: SessionCode.protocol,
  /** Bytes follow the last field of a unit. */
  E_TRAILING: SessionCode.protocol,
  /** The first byte names no unit that is allowed here. */
  E_UNIT_UNKNOWN: SessionCode.protocol,
  /** Text is not UTF-8. */
  E_TEXT: SessionCode.protocol,
  /** JSON does not parse, or a member has the wrong type or value. */
  E_JSON: SessionCode.protocol,
  /** A fragment does not continue the message that is open on its flow. */
  E_FRAGMENT: SessionCode.protocol,
  /** A unit, message, text or list is larger than its limit. */
  E_SIZE: SessionCode.limit,
  /** More flows or messages are open than allowed. */
  E_COUNT: SessionCode.limit,
  /** Units of a kind arrive faster than allowed. */
  E_RATE: SessionCode.rate,
  /** An acknowledgement covers more than was sent. */
  E_ACK_RANGE: SessionCode.protocol,
  /** A unit is not allowed from this side, at this time or on this channel. */
  E_STATE: SessionCode.protocol,
  /** A unit names a flow that is not open, or opens one that is. */
  E_FLOW_STATE: SessionCode.flowState,
  /** A flow carried more bytes than its credit. */
  E_CREDIT: SessionCode.flowControl,
} as const satisfies Record<string, SessionCode>;

/** Stable names of the ways in which a peer can break the protocol. */
export type ProtocolErrorCode = keyof typeof closeCodes;

/**
 * The peer broke the protocol. Thrown where it is detected, caught once at the session's boundary, which closes the
 * connection with `closeCode`. Never thrown for a caller's own mistake: those are TypeError or RangeError.
 */
export class ProtocolError extends Error {
  override readonly name = 'ProtocolError';
  readonly code: ProtocolErrorCode;
  readonly closeCode: SessionCode;

  constructor(code: ProtocolErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
    this.closeCode = closeCodes[code];
  }
}
