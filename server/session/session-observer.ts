import type { ShownFrame, UnusedReason } from './client-report.ts';
import type { DropReason } from '../schedule/drop-policy.ts';
import type { TransportClosed } from '../transport/transport.ts';
import type { Role } from './roles.ts';

/** Who asked for a keyframe: a client that lost its references, the queue that cut a chain, or somebody who joined. */
export type KeyframeCause = 'client' | 'queue' | 'joined';

/** A connection, in words that name nobody. */
export interface ObservedViewer {
  /** `webtransport` or `websocket`. */
  readonly transport: string;
  /** What its login may become. */
  readonly role: Role;
  /** It took the place of an older connection of the same page. */
  readonly hasMoved: boolean;
  /** The same object for all connections between which one page moves. */
  readonly session: object;
}

/** Is told what happens in the session, for counting. Called synchronously; must not throw. */
export interface SessionObserver {
  joined(viewer: ObservedViewer): void;
  left(viewer: ObservedViewer, how: TransportClosed): void;
  /** A unit that a client may not send in its role. */
  denied(unit: string): void;
  /** Messages that were not sent to a viewer. */
  dropped(reason: DropReason, count: number): void;
  /** What a client says it could not use. */
  unused(reason: UnusedReason, count: number): void;
  keyframeWanted(cause: KeyframeCause): void;
  /** A change of the screen was captured, so long after it was there, microseconds; told of the pictures of which it is known. */
  changeCaptured(waitedUs: number): void;
  /** A picture was handed to the wire to its end: how long it waited, and how long that took, microseconds. */
  pictureSent(queuedUs: number, sendingUs: number): void;
  /** A client has shown a frame; at most once per report. */
  shown(frame: ShownFrame, transport: string): void;
}
