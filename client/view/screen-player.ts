import type { InputEvent } from '../../protocol/input.ts';
import { DesktopClipboard } from '../clipboard/desktop-clipboard.ts';
import type { PlayerStats } from '../player.ts';
import type { SettingsView } from '../settings/settings-book.ts';
import { SettingsControl, type SettingsOfPage } from '../settings/settings-control.ts';
import type { DesktopView } from './desktop-view.ts';
import type { CreatePlayer, PlayerControl } from './player-control.ts';
import { unknownPlayer, withState, withStats, type PlayerFacts } from './player-facts.ts';
import { LastMinute } from './statistics/last-minute.ts';

/** What the player of a screen is made of, and whom it tells. */
export interface ScreenPlayerOptions {
  readonly createPlayer: CreatePlayer;
  readonly settings: SettingsOfPage;
  /** Has the elements that it draws into. */
  readonly desktop: DesktopView;
  onFacts(facts: PlayerFacts): void;
  /** What the settings show has changed. */
  onSettings(view: SettingsView): void;
  /** The session is live, at first or again; after `onFacts`. */
  onLive(): void;
}

/** The player of a desktop screen, joined to its settings, and what is known of it. */
export class ScreenPlayer {
  readonly player: PlayerControl;
  readonly settings: SettingsControl;
  readonly clipboard: DesktopClipboard;
  /** For the curves of the statistics. */
  readonly minute = new LastMinute();
  readonly #options: ScreenPlayerOptions;
  #facts = unknownPlayer;

  constructor(options: ScreenPlayerOptions) {
    this.#options = options;
    const { createPlayer, settings, desktop } = options;
    this.settings = new SettingsControl({
      ...settings,
      onView: (view) => options.onSettings(view),
    });
    options.onSettings(this.settings.view);
    this.clipboard = new DesktopClipboard({
      put: (text) => this.player.putClipboard(text),
      onView: (clipboard) => this.#learn({ clipboard }),
    });
    this.player = createPlayer({
      canvas: desktop.canvas,
      settings: this.settings.chosen,
      onStream: (stream) => this.settings.streamed(stream),
      video: desktop.video,
      onPlace: (place) => (desktop.place = place),
      onRungs: (rungs) => this.#learn({ rungs }),
      onState: (state) => this.#stateChanged(state),
      onCursor: (cursor) => desktop.showCursor(cursor),
      onClipboard: (news) => this.clipboard.news(news),
      onMove: (move) => this.#learn({ move }),
      onEnding: (ending) => this.#learn({ ending }),
      onStats: (stats) => this.#statsChanged(stats),
    });
    this.settings.join(this.player);
  }

  /** Begins to connect. Call once. */
  start(): void {
    this.player.start();
  }

  get isLive(): boolean {
    return this.#facts.state.phase === 'live';
  }

  sendInput(events: readonly InputEvent[]): void {
    this.player.sendInput(events);
  }

  /** Does inside a user gesture what the browser wants one for: it starts the sound, and takes what was copied. */
  async gesture(): Promise<void> {
    this.clipboard.gesture();
    if (this.#facts.sound !== 'suspended') return;
    await this.player.resumeSound();
    this.#learn({ sound: this.player.soundState });
  }

  /** Idempotent. */
  close(): void {
    this.settings.close();
    this.clipboard.close();
    this.player.close();
  }

  #learn(fresh: Partial<PlayerFacts>): void {
    this.#facts = { ...this.#facts, ...fresh };
    this.#options.onFacts(this.#facts);
  }

  #stateChanged(state: PlayerFacts['state']): void {
    const wasLive = this.isLive;
    this.#learn(withState(this.#facts, state));
    if (!wasLive && state.phase === 'live') this.#options.onLive();
  }

  #statsChanged(stats: PlayerStats): void {
    this.minute.add(stats, performance.now());
    this.#learn(withStats(this.#facts, stats));
  }
}
