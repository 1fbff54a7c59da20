/**
 * The contract between WebRTC here and the library that carries it; types, and a mark that both keep. A stack is a pipe: ICE, DTLS, SRTP and SCTP. What an
 * answer says, which packets go out and what a peer's reports mean is decided above it.
 */

import type { PeerPlan } from '../signaling/peer-plan.ts';

/** Bytes in a data channel at which it takes more: from above them to at most so many, `dataDrained` is told. */
export const LOW_DATA_BYTES = 16_384;

/** Which track a packet belongs to. */
export type TrackKind = 'video' | 'audio';

/** A library that opens transports to peers. Owned by whoever loaded it, who closes it. */
export interface PeerStack {
  /** The library, for logs. */
  readonly name: string;
  /** Opens this side of a transport; the handshake follows. Rejects when the library does not take the plan, or is not there. */
  open(plan: PeerPlan): Promise<Peer>;
  /** Ends every transport; idempotent. */
  close(): Promise<void>;
}

/** One side of a transport to one peer. */
export interface Peer {
  /** ICE user fragment and password, and the fingerprint as `a=fingerprint` writes it. */
  readonly local: { readonly ufrag: string; readonly pwd: string; readonly fingerprint: string };
  /** Begins delivery, once, in the turn in which `open` resolved. */
  listen(sink: PeerSink): void;
  /** Sends a whole RTP or RTCP packet; false when it could not leave. The bytes are copied. */
  sendTrack(kind: TrackKind, packet: Buffer): boolean;
  /** Sends a message on the data channel; without effect before `dataOpened`. */
  sendData(message: Uint8Array): void;
  /** Bytes that `sendData` took and that have not left. */
  readonly bufferedDataBytes: number;
  /** Ends at once, and tells the peer if it can; idempotent. The sink hears nothing more. */
  close(): void;
}

/** Takes what a transport delivers. Must not throw. */
export interface PeerSink {
  /** The handshake is done: tracks carry from now on. */
  connected(): void;
  /** An RTCP packet of the peer, perhaps a compound one; may come twice, once for each track that it is about. */
  rtcp(packet: Uint8Array): void;
  /** The peer opened the data channel of this protocol. */
  dataOpened(): void;
  /** A whole message on it; owned by the sink. */
  data(message: Uint8Array): void;
  /** Most of what `sendData` took has left, see {@link LOW_DATA_BYTES}. */
  dataDrained(): void;
  /** The end, once, by the peer's doing or because nothing gets through. */
  closed(reason: string): void;
}
