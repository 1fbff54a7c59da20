/** What every transport allows a peer, whatever carries it. */

/**
 * How often the peer's life is looked at, milliseconds: a client that vanished is noticed at most this much after its 5 s of silence, so
 * within 5.5 s, one that is half open within 6 s.
 */
export const LIFE_CHECK_MS = 500;

/** Things that may arrive before the session has started and are kept: a client says HELLO and little more before it is answered. */
export const MAX_EARLY = 64;

/** Bytes of control units that may wait in this process for one peer: sixteen of the largest answers, a JSON of 16 KB. */
export const MAX_WAITING_BYTES = 256 * 1024;

/** How long the peer, or the library below, may take to answer a close, milliseconds; a guess, several round trips on a slow path. */
export const CLOSE_MS = 1_000;
