/**
 * What HTTP needs of WebRTC's signaling; types only, compose.ts brings the two together. HTTP says in whose name a peer asks, the
 * door says what becomes of it.
 */

import type { Socket } from 'node:net';
import type { Grant } from './grant.ts';

/** A peer asks for the stream. */
export interface DoorOffer {
  readonly grant: Grant;
  /** The offer, as it came. */
  readonly sdp: string;
  /** Addresses of this machine by which the peer has reached it already, best first. */
  readonly addresses: readonly string[];
  /** Told once, when the WebRTC session is over, by whoever's doing. */
  readonly onEnded: () => void;
}

/** What a peer says about a session that stands. */
export interface DoorFragment {
  /** Number of the login in whose name the session was opened. */
  readonly session: string;
  readonly resource: string;
  readonly fragment: string;
  /** The strong entity tags of If-Match, without quotes; `*` for any; undefined: none were given. */
  readonly tags: readonly string[] | '*' | undefined;
}

export type DoorAnswer =
  | {
      readonly type: 'answered';
      readonly sdp: string;
      /** As in `a=candidate`, without `a=`. */
      readonly candidates: readonly string[];
      /** Names the WebRTC session; a secret of its client. */
      readonly resource: string;
      readonly etag: string;
    }
  | DoorRefusal;

/** Why not: an HTTP status, a code that stays, and words for people. */
export interface DoorRefusal {
  readonly type: 'refused';
  readonly status: number;
  readonly code: string;
  readonly message: string;
}

/** The signaling of WebRTC, where it is on. */
export interface WebRtcDoor {
  offer(offer: DoorOffer): Promise<DoorAnswer>;
  /** Undefined: taken. */
  candidates(fragment: DoorFragment): DoorRefusal | undefined;
  bye(session: string, resource: string): DoorRefusal | undefined;
  /**
   * Takes a connection to the gateway's TCP port that begins as ICE does (RFC 6544). It is closed unless its first packet is that of a
   * peer whose offer was let in, of which `onKnown` tells.
   */
  connected(socket: Socket, onKnown: () => void): void;
}
