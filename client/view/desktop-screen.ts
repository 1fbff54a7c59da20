/** One connection on the screen: picture, bar, overlay and settings around one player. */
import { LitElement, css, html, nothing } from 'lit';
import type { TemplateResult } from 'lit';
import type {
  PlayerState,
  PlayerStats,
  SessionEnding,
  SoundState,
  TransportMove,
} from '../player.ts';
import { flagsOf } from '../input/keyboard-facts.ts';
import { isStatisticsKey } from '../input/local-keys.ts';
import type { RungsView } from '../ladder/rung-control.ts';
import type { SettingName } from '../settings/setting-access.ts';
import type { SettingsView } from '../settings/settings-book.ts';
import { SettingsControl, type SettingsOfPage } from '../settings/settings-control.ts';
import type { StageLatency } from '../worker-messages.ts';
import type { CompareDialog } from './compare/compare-dialog.ts';
import './connection-overlay.ts';
import type { OverlayAction } from './connection-overlay.ts';
import './desktop-view.ts';
import type { DesktopView, DesktopViewListener } from './desktop-view.ts';
import { Fullscreen } from './fullscreen.ts';
import { soundOffIcon } from './icons.ts';
import './move-notice.ts';
import type { CreatePlayer, PlayerControl } from './player-control.ts';
import './stats-overlay.ts';
import { History, type DeliveredRate } from './statistics/history.ts';
import './settings-panel.ts';
import type { SettingChoice } from './settings/controls.ts';
import type { CreateLink } from './settings/sharing-section.ts';
import './status-bar.ts';
import type { StatusBarAction } from './status-bar.ts';
import { base, buttons } from './theme.ts';

/**
 * `<oriel-desktop-screen>`: makes a player when it enters the page and closes it when it leaves. Dispatches `again` and `reload` when
 * the user asks for a new connection or a new page, and lets `logout` of the settings pass.
 */
export class DesktopScreen extends LitElement {
  static override readonly styles = [
    base,
    buttons,
    css`
      :host {
        position: fixed;
        inset: 0;
        background: var(--page);
      }

      .sound {
        position: absolute;
        z-index: 2;
        bottom: max(20px, env(safe-area-inset-bottom));
        left: 50%;
        min-height: 40px;
        border-radius: 99px;
        background: rgb(27 32 41 / 92%);
        box-shadow: var(--shadow);
        font-size: 0.9rem;
        white-space: nowrap;
        transform: translateX(-50%);
        backdrop-filter: blur(18px);
      }

      .sound svg {
        width: 18px;
        height: 18px;
        color: var(--accent);
      }
    `,
  ];

  static override readonly properties = {
    createPlayer: { attribute: false },
    createLink: { attribute: false },
    settings: { attribute: false },
    state: { state: true },
    stats: { state: true },
    sound: { state: true },
    move: { state: true },
    rungs: { state: true },
    ending: { state: true },
    view: { state: true },
    isFullscreen: { state: true },
    areSettingsOpen: { state: true },
    areStatisticsOpen: { state: true },
    hadPicture: { state: true },
  };

  declare createPlayer: CreatePlayer;
  declare createLink: CreateLink | undefined;
  declare settings: SettingsOfPage;
  declare state: PlayerState;
  /** The newest statistics; undefined while there is no live connection. */
  declare stats: PlayerStats | undefined;
  declare sound: SoundState;
  /** The newest change of the transport. */
  declare move: TransportMove | undefined;
  /** Which rung of the ladder is in use, and why no better one. */
  declare rungs: RungsView | undefined;
  /** What the gateway says of the end of the session, if it is near. */
  declare ending: SessionEnding | undefined;
  /** What the settings show; undefined until there is a player. */
  declare view: SettingsView | undefined;
  declare isFullscreen: boolean;
  declare areSettingsOpen: boolean;
  declare areStatisticsOpen: boolean;
  declare hadPicture: boolean;

  #player: PlayerControl | undefined;
  #control: SettingsControl | undefined;
  #fullscreen: Fullscreen | undefined;
  readonly #history = new History<StageLatency>();
  readonly #rates = new History<DeliveredRate>();

  readonly #listener: DesktopViewListener = {
    sendInput: (events) => this.#player?.sendInput(events),
    gesture: () => this.#gesture(),
    leave: () => this.renderRoot.querySelector('oriel-status-bar')?.focusControls(),
    statistics: () => this.#toggleStatistics(),
    isKeyboardCaptured: () => this.#fullscreen?.isKeyboardCaptured ?? false,
  };

  constructor() {
    super();
    this.createLink = undefined;
    this.state = { phase: 'connecting' };
    this.stats = undefined;
    this.sound = 'starting';
    this.move = undefined;
    this.rungs = undefined;
    this.view = undefined;
    this.isFullscreen = false;
    this.areSettingsOpen = false;
    this.areStatisticsOpen = false;
    this.hadPicture = false;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.addEventListener('keydown', this.#keyDown);
    this.#fullscreen = new Fullscreen((isFullscreen) => {
      this.isFullscreen = isFullscreen;
    });
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.removeEventListener('keydown', this.#keyDown);
    this.#control?.close();
    this.#player?.close();
    this.#player = undefined;
    this.#fullscreen?.close();
  }

  protected override firstUpdated(): void {
    const view = this.#view;
    if (view === null) return;
    const control = new SettingsControl({
      ...this.settings,
      onView: (settings) => (this.view = settings),
    });
    this.#control = control;
    this.view = control.view;
    this.#player = this.createPlayer({
      canvas: view.canvas,
      settings: control.chosen,
      onStream: (stream) => control.streamed(stream),
      video: view.video,
      onPlace: (place) => (view.place = place),
      onRungs: (rungs) => (this.rungs = rungs),
      onState: (state) => this.#stateChanged(state),
      onCursor: (cursor) => view.showCursor(cursor),
      onMove: (move) => (this.move = move),
      onEnding: (ending) => (this.ending = ending),
      onStats: (stats) => this.#statsChanged(stats),
    });
    control.join(this.#player);
    this.#player.start();
  }

  protected override render(): TemplateResult {
    const { state, hadPicture } = this;
    const isLive = state.phase === 'live';
    const isAway = this.view?.stream?.isAway === true;
    // Input of a viewer who may control takes control when nobody has it.
    const mayControl = state.mayControl ?? state.role === 'controller';
    return html`
      <oriel-status-bar
        .state=${state}
        .rung=${this.rungs?.current}
        .latencyMs=${latencyOf(this.stats)}
        .isMuted=${this.#isMuted}
        .hasSound=${this.sound !== 'unavailable'}
        .isFullscreen=${this.isFullscreen}
        .canFullscreen=${Fullscreen.isAvailable}
        .hasTouchKeyboard=${mayControl && matchMedia('(pointer: coarse)').matches}
        .areSettingsOpen=${this.areSettingsOpen}
        .areStatisticsOpen=${this.areStatisticsOpen}
        @action=${(event: CustomEvent<StatusBarAction>) => this.#act(event.detail)}
      ></oriel-status-bar>
      ${
        this.areStatisticsOpen
          ? html`<oriel-stats-overlay
              .state=${state}
              .stats=${this.stats}
              .history=${this.#history.points}
              .rates=${this.#rates.points}
              @close=${() => this.#toggleStatistics()}
            ></oriel-stats-overlay>`
          : nothing
      }
      <oriel-desktop-view
        .desktop=${state.desktop}
        .picture=${state.picture}
        .visible=${hadPicture}
        .dimmed=${hadPicture && (!isLive || isAway)}
        .controllable=${mayControl}
        .listener=${this.#listener}
      ></oriel-desktop-view>
      <oriel-move-notice
        .move=${this.move}
        .ending=${isLive ? this.ending : undefined}
      ></oriel-move-notice>
      <oriel-connection-overlay
        .state=${state}
        .isOverPicture=${hadPicture}
        .isAway=${isAway}
        @action=${(event: CustomEvent<OverlayAction>) => this.dispatchEvent(new Event(event.detail))}
      ></oriel-connection-overlay>
      ${
        isLive && this.sound === 'suspended' && !this.#isMuted
          ? html`<button class="button sound" @click=${() => this.#gesture()}>
              ${soundOffIcon} Click for sound
            </button>`
          : nothing
      }
      <oriel-settings-panel
        .view=${this.view}
        .state=${state}
        .move=${this.move}
        .rungs=${this.rungs}
        .isController=${mayControl}
        .createLink=${this.createLink}
        @setting=${(event: CustomEvent<SettingChoice>) => this.#choose(event.detail)}
        @reset=${(event: CustomEvent<readonly SettingName[]>) => this.#control?.reset(event.detail)}
        @close=${() => this.#settingsClosed()}
        @compare=${() => void this.#compare()}
        @lockpointer=${() => void this.#lockPointer()}
      ></oriel-settings-panel>
      <oriel-compare-dialog
        .player=${this.#player}
        .state=${state}
        .stats=${this.stats}
        .codecs=${this.view?.stream?.offers.codecs ?? []}
        @close=${() => this.#toDesktop()}
      ></oriel-compare-dialog>
    `;
  }

  get #view(): DesktopView | null {
    return this.renderRoot.querySelector('oriel-desktop-view');
  }

  #stateChanged(state: PlayerState): void {
    const wasLive = this.state.phase === 'live';
    // What was known of the desktop stays, so that its old picture keeps its place.
    const { desktop, picture, role, mayControl } = this.state;
    this.state = {
      ...(desktop && { desktop }),
      ...(picture && { picture }),
      ...(role && { role }),
      ...(mayControl !== undefined && { mayControl }),
      ...state,
    };
    if (state.phase !== 'live') {
      this.stats = undefined;
      return;
    }
    this.hadPicture = true;
    if (!wasLive) this.#view?.inputRestored();
    if (!wasLive && !this.areSettingsOpen) void this.updateComplete.then(() => this.#toDesktop());
  }

  #statsChanged(stats: PlayerStats): void {
    this.stats = stats;
    this.sound = stats.audio.state;
    const recent = stats.video?.latency?.recent;
    const now = performance.now();
    if (recent !== undefined) this.#history.add(recent, now);
    if (stats.network === undefined) return;
    const { bitrateBps, rate } = stats.network;
    this.#rates.add({ deliveredBps: bitrateBps, targetBps: rate?.targetBps }, now);
  }

  /** The shortcut works wherever the focus is; the desktop's own field takes it first. */
  readonly #keyDown = (event: KeyboardEvent): void => {
    if (event.repeat || !isStatisticsKey({ code: event.code, flags: flagsOf(event) })) return;
    event.preventDefault();
    this.#toggleStatistics();
  };

  /** A user who was inside the overlay comes back to the desktop when it closes. */
  #toggleStatistics(): void {
    const hadFocus = this.shadowRoot?.activeElement?.localName === 'oriel-stats-overlay';
    this.areStatisticsOpen = !this.areStatisticsOpen;
    if (hadFocus) this.#toDesktop();
  }

  #gesture(): void {
    if (this.sound !== 'suspended') return;
    void this.#player?.resumeSound().then(() => {
      this.sound = this.#player?.soundState ?? this.sound;
    });
  }

  #act(action: StatusBarAction): void {
    switch (action) {
      case 'mute':
        this.#choose({
          choice: { subjects: ['muted'], change: { muted: !this.#isMuted } },
          isGliding: false,
        });
        return;
      case 'keyboard':
        this.#view?.toggleTouchKeyboard();
        return;
      case 'fullscreen':
        void this.#fullscreen?.toggle().then(() => this.#toDesktop());
        return;
      case 'statistics':
        this.#toggleStatistics();
        return;
      case 'settings':
        this.areSettingsOpen = true;
        this.renderRoot.querySelector('oriel-settings-panel')?.show();
    }
  }

  get #isMuted(): boolean {
    return this.view?.settings.muted ?? false;
  }

  #choose({ choice, isGliding }: SettingChoice): void {
    this.#control?.choose(choice, isGliding);
  }

  #settingsClosed(): void {
    this.areSettingsOpen = false;
    this.#toDesktop();
  }

  /** The sheet is loaded when it is first asked for. */
  async #compare(): Promise<void> {
    await import('./compare/compare-dialog.ts');
    this.renderRoot.querySelector('oriel-settings-panel')?.close();
    await this.renderRoot.querySelector<CompareDialog>('oriel-compare-dialog')?.show();
  }

  async #lockPointer(): Promise<void> {
    this.renderRoot.querySelector('oriel-settings-panel')?.close();
    await this.#view?.lockPointer();
  }

  /** The desktop has the keyboard and the bar goes away. */
  #toDesktop(): void {
    if (this.state.phase !== 'live') return;
    this.#view?.focusDesktop();
    this.renderRoot.querySelector('oriel-status-bar')?.hideSoon();
  }
}

/** What the bar shows: the desktop's latency, or the round trip until a frame was measured. */
function latencyOf(stats: PlayerStats | undefined): number | undefined {
  return stats?.video?.latency?.typical.totalMs ?? stats?.network?.rttMs;
}

customElements.define('oriel-desktop-screen', DesktopScreen);

declare global {
  interface HTMLElementTagNameMap {
    'oriel-desktop-screen': DesktopScreen;
  }
}
