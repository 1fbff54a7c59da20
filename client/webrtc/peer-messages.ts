/**
 * The messages between a WebRTC transport, which is a worker's, and its connection, which only a page can have: over a port of each
 * connection, opened by `PeerRequest`. The units are those of DTF/1, transferred.
 */

/** Where and with what proof a connection may be offered. */
export interface PeerAddress {
  /** Of the gateway's signaling (POST, JSON; docs/webrtc.md). */
  readonly url: string;
  /** Single use. */
  readonly ticket: string;
  /** STUN and TURN servers on the way; absent: none. */
  readonly iceServers?: readonly IceServer[];
}

/** A server as `RTCPeerConnection` takes it (W3C WebRTC, RTCIceServer). */
export interface IceServer {
  readonly urls: readonly string[];
  readonly username?: string;
  readonly credential?: string;
}

/** Network worker to page: open a connection. */
export interface PeerRequest extends PeerAddress {
  /** Whether nothing better is to be seen until it is there: it is given up soon, then, where nothing gets through. */
  readonly isAwaited: boolean;
  /** Carries ToPeer and brings back FromPeer. */
  readonly port: MessagePort;
}

/** Transport to connection. */
export type ToPeer =
  /** `mayBeLost`: its owner sends it again, so that nothing is to wait for it. */
  | {
      readonly type: 'unit';
      readonly bytes: Uint8Array<ArrayBuffer>;
      readonly mayBeLost?: boolean;
    }
  /** It carries the session from now on: its picture is to be seen, and its sound to be heard. */
  | { readonly type: 'carries' }
  /** Send what waits, and end. */
  | { readonly type: 'close' };

/** Connection to transport. */
export type FromPeer =
  /** The data channel is open. */
  | { readonly type: 'open' }
  | { readonly type: 'unit'; readonly bytes: ArrayBuffer }
  /** The first picture came out of the browser's decoder. */
  | { readonly type: 'picture' }
  /** The end, once; one sentence. `isUnreached`: no packet has found a way. */
  | { readonly type: 'closed'; readonly reason: string; readonly isUnreached: boolean };
