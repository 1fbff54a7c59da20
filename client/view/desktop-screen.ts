/** One connection on the screen: picture, bar, overlay and settings around one player. */
import { LitElement, html, nothing } from 'lit';
import type { TemplateResult } from 'lit';
import type { SettingName } from '../settings/setting-access.ts';
import type { SettingsView } from '../settings/settings-book.ts';
import type { SettingsOfPage } from '../settings/settings-control.ts';
import type { CompareDialog } from './compare/compare-dialog.ts';
import './connection-overlay.ts';
import type { OverlayAction } from './connection-overlay.ts';
import { desktopScreenStyles } from './desktop-screen-styles.ts';
import './desktop-view.ts';
import type { DesktopView, DesktopViewListener } from './desktop-view.ts';
import { Fullscreen } from './fullscreen.ts';
import { soundOffIcon } from './icons.ts';
import './move-notice.ts';
import type { CreatePlayer } from './player-control.ts';
import { latencyOf, mayControl, unknownPlayer, type PlayerFacts } from './player-facts.ts';
import { ScreenPlayer } from './screen-player.ts';
import { whenStatisticsKey } from './statistics-key.ts';
import './stats-overlay.ts';
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
  static override readonly styles = [base, buttons, desktopScreenStyles];

  static override readonly properties = {
    createPlayer: { attribute: false },
    createLink: { attribute: false },
    settings: { attribute: false },
    facts: { state: true },
    view: { state: true },
    isFullscreen: { state: true },
    areSettingsOpen: { state: true },
    areStatisticsOpen: { state: true },
  };

  declare createPlayer: CreatePlayer;
  declare createLink: CreateLink | undefined;
  declare settings: SettingsOfPage;
  declare facts: PlayerFacts;
  /** What the settings show; undefined until there is a player. */
  declare view: SettingsView | undefined;
  declare isFullscreen: boolean;
  declare areSettingsOpen: boolean;
  declare areStatisticsOpen: boolean;

  #player: ScreenPlayer | undefined;
  #fullscreen: Fullscreen | undefined;
  #forgetKey: (() => void) | undefined;
  readonly #readApi = async (path: string): Promise<unknown> => this.#player?.player.api.read(path);

  readonly #listener: DesktopViewListener = {
    sendInput: (events) => this.#player?.sendInput(events),
    gesture: () => void this.#player?.gesture(),
    leave: () => this.renderRoot.querySelector('oriel-status-bar')?.focusControls(),
    statistics: () => this.#toggleStatistics(),
    isKeyboardCaptured: () => this.#fullscreen?.isKeyboardCaptured ?? false,
    pasteKey: () => this.#player?.clipboard.wantsPaste ?? false,
    paste: (text) => this.#player?.clipboard.paste(text),
  };
  readonly #takeClipboard = async (): Promise<boolean> =>
    (await this.#player?.clipboard.take()) ?? false;

  constructor() {
    super();
    this.createLink = undefined;
    this.facts = unknownPlayer;
    this.view = undefined;
    this.isFullscreen = false;
    this.areSettingsOpen = false;
    this.areStatisticsOpen = false;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.#forgetKey = whenStatisticsKey(this, () => this.#toggleStatistics());
    this.#fullscreen = new Fullscreen((isFullscreen) => {
      this.isFullscreen = isFullscreen;
    });
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#forgetKey?.();
    this.#player?.close();
    this.#player = undefined;
    this.#fullscreen?.close();
  }

  protected override firstUpdated(): void {
    const desktop = this.#view;
    if (desktop === null) return;
    this.#player = new ScreenPlayer({
      createPlayer: this.createPlayer,
      settings: this.settings,
      desktop,
      onFacts: (facts) => (this.facts = facts),
      onSettings: (view) => (this.view = view),
      onLive: () => this.#becameLive(),
    });
    this.#player.start();
  }

  protected override render(): TemplateResult {
    const { state, stats, sound, move, rungs, ending, clipboard, hadPicture } = this.facts;
    const isLive = state.phase === 'live';
    const isAway = this.view?.stream?.isAway === true;
    const isController = mayControl(state);
    return html`
      <oriel-status-bar
        .state=${state}
        .rung=${rungs?.current}
        .latencyMs=${latencyOf(stats)}
        .isMuted=${this.#isMuted}
        .hasSound=${sound !== 'unavailable'}
        .isFullscreen=${this.isFullscreen}
        .canFullscreen=${Fullscreen.isAvailable}
        .hasTouchKeyboard=${isController && matchMedia('(pointer: coarse)').matches}
        .areSettingsOpen=${this.areSettingsOpen}
        .areStatisticsOpen=${this.areStatisticsOpen}
        @action=${(event: CustomEvent<StatusBarAction>) => this.#act(event.detail)}
      ></oriel-status-bar>
      ${this.#statistics()}
      <oriel-desktop-view
        .desktop=${state.desktop}
        .picture=${state.picture}
        .visible=${hadPicture}
        .dimmed=${hadPicture && (!isLive || isAway)}
        .controllable=${isController}
        .listener=${this.#listener}
      ></oriel-desktop-view>
      <oriel-move-notice
        .move=${move}
        .ending=${isLive ? ending : undefined}
        .note=${clipboard.note}
      ></oriel-move-notice>
      <oriel-connection-overlay
        .state=${state}
        .isOverPicture=${hadPicture}
        .isAway=${isAway}
        @action=${(event: CustomEvent<OverlayAction>) => this.dispatchEvent(new Event(event.detail))}
      ></oriel-connection-overlay>
      ${isLive && sound === 'suspended' && !this.#isMuted ? this.#soundOffer() : nothing}
      <oriel-settings-panel
        .view=${this.view}
        .state=${state}
        .move=${move}
        .rungs=${rungs}
        .isController=${isController}
        .createLink=${this.createLink}
        .clipboard=${clipboard}
        .takeClipboard=${this.#takeClipboard}
        @clipboardput=${(event: CustomEvent<string>) => this.#player?.clipboard.put(event.detail)}
        @setting=${(event: CustomEvent<SettingChoice>) => this.#choose(event.detail)}
        @reset=${(event: CustomEvent<readonly SettingName[]>) => this.#player?.settings.reset(event.detail)}
        @close=${() => this.#settingsClosed()}
        @compare=${() => void this.#compare()}
        @lockpointer=${() => void this.#lockPointer()}
      ></oriel-settings-panel>
      <oriel-compare-dialog
        .player=${this.#player?.player}
        .state=${state}
        .stats=${stats}
        .codecs=${this.view?.stream?.offers.codecs ?? []}
        @close=${() => this.#toDesktop()}
      ></oriel-compare-dialog>
    `;
  }

  #statistics(): TemplateResult | typeof nothing {
    if (!this.areStatisticsOpen) return nothing;
    const { state, stats } = this.facts;
    return html`<oriel-stats-overlay
      .state=${state}
      .stats=${stats}
      .history=${this.#player?.minute.latencies ?? []}
      .rates=${this.#player?.minute.rates ?? []}
      .readApi=${this.#readApi}
      @close=${() => this.#toggleStatistics()}
    ></oriel-stats-overlay>`;
  }

  #soundOffer(): TemplateResult {
    return html`<button class="button sound" @click=${() => void this.#player?.gesture()}>
      ${soundOffIcon} Click for sound
    </button>`;
  }

  get #view(): DesktopView | null {
    return this.renderRoot.querySelector('oriel-desktop-view');
  }

  #becameLive(): void {
    this.#view?.inputRestored();
    if (!this.areSettingsOpen) void this.updateComplete.then(() => this.#toDesktop());
  }

  /** A user who was inside the overlay comes back to the desktop when it closes. */
  #toggleStatistics(): void {
    const hadFocus = this.shadowRoot?.activeElement?.localName === 'oriel-stats-overlay';
    this.areStatisticsOpen = !this.areStatisticsOpen;
    if (hadFocus) this.#toDesktop();
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
    this.#player?.settings.choose(choice, isGliding);
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
    if (this.#player?.isLive !== true) return;
    this.#view?.focusDesktop();
    this.renderRoot.querySelector('oriel-status-bar')?.hideSoon();
  }
}

customElements.define('oriel-desktop-screen', DesktopScreen);

declare global {
  interface HTMLElementTagNameMap {
    'oriel-desktop-screen': DesktopScreen;
  }
}
