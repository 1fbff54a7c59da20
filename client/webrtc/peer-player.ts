import type { FromPictureElement } from '../media-source/picture-messages.ts';
import type { PlayerStats } from '../stats/player-stats.ts';
import { withFigures, type PeerFigures } from './peer-figures.ts';
import type { PeerRequest } from './peer-messages.ts';
import type { Carry } from './signaling.ts';
import { PeerPicture } from './peer-picture.ts';
import { PagePeer } from './page-peer.ts';

/** Where the tracks of a player play, and whom it tells. */
export interface PeerPlayerOptions {
  /** Plays the track; undefined where the page has only a canvas. */
  readonly video: HTMLVideoElement | undefined;
  /** Whether a row of every picture is read back. */
  readonly probe: boolean;
  /** Whether connections may go through a TURN server only. */
  readonly isRelayed: boolean;
  readonly carry: Carry;
  readonly toWorker: (message: FromPictureElement, transfer: Transferable[]) => void;
  /** Data for the decoder have come, or the first picture out of it. */
  readonly onMedia: (event: 'fed' | 'firstMedia') => void;
  /** A connection carries the session: whether its tracks are to be played, and what to do before the element changes hands. */
  readonly onCarries: (sound: MediaStream) => boolean;
  /** The element has a picture of the track. */
  readonly onFirst: () => void;
}

/** Time between looks at what the browser counts, ms: as the workers' statistics. */
const STATS_MS = 500;

/** The WebRTC connections of a player: at most one that carries the session, and one that is to take over. */
export class PeerPlayer {
  readonly #options: PeerPlayerOptions;
  readonly #peers = new Set<PagePeer>();
  #carrying: PagePeer | undefined;
  #picture: PeerPicture | undefined;
  #timer: ReturnType<typeof setInterval> | undefined;
  #figures: PeerFigures | undefined;
  #bitrateBps = 0;

  constructor(options: PeerPlayerOptions) {
    this.#options = options;
  }

  /** Whether the element shows a track. */
  get isShown(): boolean {
    return this.#picture !== undefined;
  }

  /** The network worker wants a connection. */
  open(request: PeerRequest): void {
    const { onMedia, isRelayed, carry } = this.#options;
    this.#peers.add(
      new PagePeer({
        request,
        isRelayed,
        carry,
        onFed: () => onMedia('fed'),
        onPicture: () => onMedia('firstMedia'),
        onCarries: (peer) => this.#carries(peer),
        onClosed: (peer) => this.#closed(peer),
      }),
    );
  }

  /** A player's statistics with what the browser counts of the tracks, while it plays them. */
  complete(stats: PlayerStats): PlayerStats {
    if (this.#carrying === undefined || this.#figures === undefined) return stats;
    return withFigures(stats, this.#figures, this.#bitrateBps);
  }

  /** The element is another path's from now on. The connection ends with the session's move. Idempotent. */
  leave(): void {
    this.#picture?.close();
    this.#picture = undefined;
  }

  /** Idempotent. */
  close(): void {
    this.leave();
    for (const peer of [...this.#peers]) peer.close();
  }

  #carries(peer: PagePeer): void {
    const { video, probe, toWorker, onCarries, onFirst } = this.#options;
    if (video === undefined || !onCarries(peer.sound)) return;
    this.#picture?.close();
    this.#picture = new PeerPicture({ video, stream: peer.picture, probe, toWorker, onFirst });
    this.#carrying = peer;
    clearInterval(this.#timer);
    this.#timer = setInterval(() => void this.#look(peer), STATS_MS);
  }

  #closed(peer: PagePeer): void {
    this.#peers.delete(peer);
    if (peer !== this.#carrying) return;
    // The last picture stays until another path has one.
    this.#carrying = undefined;
    this.#figures = undefined;
    clearInterval(this.#timer);
  }

  async #look(peer: PagePeer): Promise<void> {
    const figures = await peer.figures();
    if (peer !== this.#carrying) return;
    const before = this.#figures?.bytes ?? figures.bytes;
    this.#bitrateBps = Math.max(0, ((figures.bytes - before) * 8 * 1000) / STATS_MS);
    this.#figures = figures;
  }
}
