/** How a try to open WebRTC failed: turned down, or without a word within its time. */
export type TracksFailure = 'refused' | 'silent';

/**
 * How long a WebRTC that carried the session may fail before its rung is left, ms: a gateway that starts offers it last, about a second
 * after its page on a busy machine (measured), and one that ends may take an offer that it does not live to connect.
 */
const RETURN_MS = 10_000;

/**
 * Says whether a WebRTC that cannot be had may come back soon. What never carried the session may not; what did may when it is refused,
 * and when its gateway had said that it would end. A path that lets nothing through any more is left at once. A pure core; times in ms.
 */
export class TracksPatience {
  #carried = false;
  #wasAnnounced = false;
  #failingSince: number | undefined;

  /** A connection has ended. @param wasAnnounced its gateway had said so before */
  ended(connection: { readonly byTracks: boolean; readonly wasAnnounced: boolean }): void {
    this.#carried = connection.byTracks;
    this.#wasAnnounced = connection.wasAnnounced;
    this.#failingSince = undefined;
  }

  /** Nobody answers in the gateway's place: what is there next has refused nothing yet. */
  gatewayIsAway(): void {
    this.#failingSince = undefined;
  }

  /** A try has failed; whether another one is worth it. */
  bears(failure: TracksFailure, now: number): boolean {
    if (!this.#carried || (failure === 'silent' && !this.#wasAnnounced)) return false;
    this.#failingSince ??= now;
    return now - this.#failingSince < RETURN_MS;
  }
}
