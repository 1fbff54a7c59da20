import type { RoleName } from '../protocol/control/role.ts';
import type { StreamFacts } from '../protocol/control/stream.ts';
import type { PlayerState } from './network/network-messages.ts';
import type { AudioStats, NetworkStats, PlayerStats, VideoStats } from './stats/player-stats.ts';
import { desktopSize } from './video/desktop-size.ts';

type Size = StreamFacts['desktop'];

/** Whom a session is shown to. */
export interface ShownSessionOptions {
  onState(state: PlayerState): void;
  onStats(stats: PlayerStats): void;
  /** Adds what only the page knows. */
  complete(stats: PlayerStats): PlayerStats;
}

/** What the page is told of the session: its state, put together from what each part of the player knows, and the statistics. */
export class ShownSession {
  readonly #options: ShownSessionOptions;
  #state: PlayerState = { phase: 'connecting' };
  #network: NetworkStats | undefined;
  #stats: PlayerStats | undefined;

  constructor(options: ShownSessionOptions) {
    this.#options = options;
  }

  get state(): PlayerState {
    return this.#state;
  }

  /** Names the connection that carries the session; undefined while none does. */
  get liveConnection(): string | undefined {
    return this.#state.phase === 'live' ? this.#state.connection : undefined;
  }

  /** The newest statistics. */
  get stats(): PlayerStats | undefined {
    return this.#stats;
  }

  show(state: PlayerState): void {
    this.#state = state;
    this.#options.onState(state);
  }

  /** Control has come or gone. */
  showRole(role: RoleName): void {
    if (this.#state.phase === 'live') this.show({ ...this.#state, role });
  }

  /** The desktop may change its size while the session goes on. */
  showDesktop(desktop: Size): void {
    const before = this.#state.desktop;
    if (this.#state.phase !== 'live') return;
    if (before?.width === desktop.width && before.height === desktop.height) return;
    this.show({ ...this.#state, desktop });
  }

  /** @param desktop what STREAM says; without it the picture lets one guess */
  showPicture({ width, height }: Size, desktop: Size | undefined): void {
    const state = this.#state;
    if (state.phase !== 'live') return;
    const picture = { width, height };
    this.show({ ...state, desktop: desktop ?? desktopSize(state.desktop, picture), picture });
  }

  noteNetwork(stats: NetworkStats): void {
    this.#network = stats;
  }

  showStats(video: VideoStats, audio: AudioStats): void {
    if (this.#state.phase !== 'live') return;
    this.#stats = this.#options.complete({ network: this.#network, video, audio });
    this.#options.onStats(this.#stats);
  }
}
