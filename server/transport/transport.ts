/**
 * The contract between a session and the wires below it; types only.
 *
 * A transport is mechanism: it moves control units at once and asks its source for media when, and only when, the
 * wire can take more. Which message goes next, and which never goes, is decided above it (schedule/). A transport
 * answers PING, counts acknowledgements, enforces the limits on the peer and notices a silent one by itself; all
 * other units are handed to the sink.
 */

import type { ControlUnit } from '../../protocol/control/control-unit.ts';
import type { ReportUnit } from '../../protocol/control/report.ts';
import type { SessionCode } from '../../protocol/errors.ts';
import type { FlowId, Sequence } from '../../protocol/flow.ts';
import type { CompleteMessage } from '../../protocol/fragment.ts';
import type { MessageHeader } from '../../protocol/message.ts';
import type { Micros } from '../../protocol/time.ts';

/** Why messages were abandoned (ABANDON `reason`): 1 deadline, 2 superseded, 3 dependency lost, 4 closed, 5 resource. */
export type AbandonReasonValue = 1 | 2 | 3 | 4 | 5;

/** One message to the peer: an access unit, an Opus packet, a cursor image... Immutable; the payload may be shared by sessions. */
export interface OutboundMessage {
  readonly header: MessageHeader;
  readonly payload: Uint8Array;
}

/**
 * A consecutive part of a message. The pieces of one message come in order and without gaps, and one flow has at most
 * one message begun and not finished. It is the first piece when `offset` is 0 and the only one when `last` is set too.
 */
export interface Piece {
  /** The same object for every piece of a message. Its header is final: flags such as LATE are set before the first piece. */
  readonly message: OutboundMessage;
  /** Where `bytes` begin in the payload. */
  readonly offset: number;
  /** A view of the payload; empty only for an empty message. */
  readonly bytes: Uint8Array;
  readonly last: boolean;
}

/** How much, and of what, a transport takes now. */
export interface PieceLimit {
  /** Payload bytes at most, at least 1. */
  readonly maxBytes: number;
  /** Only audio and above: the window is full, and these may exceed it a little. */
  readonly urgentOnly: boolean;
}

/** Where a transport gets media from. */
export interface PieceSource {
  /**
   * The next piece to write, or undefined when nothing may go now; the transport asks again after `wake()`, an
   * acknowledgement or a write that finished. A piece that was returned counts as sent. Control units and abandonments
   * that the source issues during this call take effect before the returned piece is written.
   */
  next(now: Micros, limit: PieceLimit): Piece | undefined;
}

/** What one acknowledgement says about the path. */
export interface AckSample {
  /** Newly acknowledged bytes of data units, as written on the wire. */
  readonly bytes: number;
  /** All bytes since the transport opened that were acknowledged, or dropped (`abandon`) after they were counted as sent. */
  readonly cumulativeBytes: number;
  /** When the newest acknowledged unit was written (this side's session clock). */
  readonly sentAt: Micros;
  /**
   * When the peer received that unit, by its own clock. Its offset to the session clock is unknown and may drift: use
   * differences of `receivedAt - sentAt` only. Undefined where the wire acknowledges without a stamp.
   */
  readonly receivedAt: Micros | undefined;
  /** How long the peer kept the acknowledgement back. */
  readonly hold: Micros;
  /** When the acknowledgement arrived here. */
  readonly now: Micros;
}

/** What a wire's own feedback says of the messages on it. It comes from the peer's network stack: no sign that its page lives. */
export type WireFeedback =
  /** When messages arrived, in the form in which a client would report it. */
  | { readonly type: 'arrivals'; readonly report: ReportUnit }
  /** The peer's decoder needs a keyframe. */
  | { readonly type: 'keyframeWanted' }
  /**
   * The peer does not tell of arrivals, and this is what may be sent by what it says instead, bits per second; Infinity: nothing speaks
   * against more; undefined: it tells of arrivals from now on.
   */
  | { readonly type: 'limited'; readonly bps: number | undefined };

/** Takes what a transport receives and learns. Called synchronously; must not throw, except ProtocolError, which closes. */
export interface TransportSink {
  /** A control unit other than PING and ACK, in the order of arrival. */
  control(unit: ControlUnit): void;
  /** A complete message on one of the client's flows. */
  message(message: CompleteMessage): void;
  /** The peer acknowledged data (WebSocket: ACK units; WebTransport: writes that the stack finished; WebRTC: packets of which it told). */
  acknowledged(sample: AckSample): void;
  /** A data unit of `bytes` (with its head) was handed to the wire. */
  sent(bytes: number, now: Micros): void;
  /** The wire has feedback of its own (WebRTC: RTCP). */
  feedback?(feedback: WireFeedback): void;
}

/** How fast a transport may send, bits per second of data units. */
export interface SendRates {
  /** What the path delivers: a fragmenting transport makes its fragments 2 ms of it. */
  readonly bandwidthBps: number;
  /** What the path is known to carry, by which large messages are paced; 0 = unknown: not paced. */
  readonly capacityBps: number;
  /** How long what is sent now will wait on the path; undefined = unknown. */
  readonly standing?: Micros;
}

/** Counters of the wire below, where it has any. */
export interface TransportStats {
  /** Smoothed round trip of the wire's own transport protocol, microseconds. */
  readonly rttUs?: number;
  readonly lostPackets?: number;
  readonly sentPackets?: number;
}

/** How a transport ended. */
export interface TransportClosed {
  /** A SessionCode; `internal` when the wire broke without one. */
  readonly code: SessionCode;
  readonly reason: string;
  /** True when either side closed with a code; false when the wire broke or the peer vanished. */
  readonly clean: boolean;
}

/** One connection to one client. Owned by the session that it was given to, which closes it. */
export interface ServerTransport {
  readonly kind: 'memory' | 'websocket' | 'webtransport' | 'webrtc';
  /** The library below, for logs and statistics. */
  readonly backend: string;
  /** Begins delivery, once; what arrived before is delivered first. */
  start(source: PieceSource, sink: TransportSink): void;
  /** The path loses packets by chance: the wire is to keep its rate through them, where it can be told to. */
  expectLosses?(): void;
  /** Tells that the source may have something new. Cheap; callable at any time, also after the end. */
  wake(): void;
  /** Queues a unit that overtakes all media. Bounded: a peer that takes no control units is closed with LIMIT. */
  sendControl(unit: ControlUnit): void;
  /**
   * Forgets messages `first` to `first + count - 1` of a flow: streams begun for them are reset, fragments not yet
   * written are dropped. The caller sends the ABANDON unit itself, through sendControl and before this call.
   */
  abandon(flow: FlowId, first: Sequence, count: number, reason: AbandonReasonValue): void;
  /** Sets how many bytes may be unacknowledged, and how fast they may leave. Without rates the last ones stay. */
  setWindow(bytes: number, rates?: SendRates): void;
  /** Bytes of data units written and not acknowledged. */
  readonly inFlightBytes: number;
  stats(): Promise<TransportStats>;
  /** Says goodbye with the code and ends; idempotent. Nothing is delivered after it. */
  close(code: SessionCode, reason: string): void;
  /** Settles once, when the connection is over, by whoever's doing; never rejects. */
  readonly closed: Promise<TransportClosed>;
}
