/** The bar with the state of the connection and the few controls that are needed at hand. */
import { LitElement, html, nothing } from 'lit';
import type { TemplateResult } from 'lit';
import type { PlayerState } from '../player.ts';
import {
  fullscreenIcon,
  keyboardIcon,
  leaveFullscreenIcon,
  settingsIcon,
  statisticsIcon,
  soundOffIcon,
  soundOnIcon,
} from './icons.ts';
import type { RungName } from '../ladder/rungs.ts';
import { rungLabels } from './settings/words.ts';
import { statusBarStyles } from './status-bar-styles.ts';
import { latencyGrade, statusLabel, transportLabels } from './status-text.ts';
import { base, buttons } from './theme.ts';

/** What a control of the bar asks for; dispatched as the detail of an `action` event. */
export type StatusBarAction = 'mute' | 'keyboard' | 'statistics' | 'fullscreen' | 'settings';

/** How long the bar stays after the pointer left it, in milliseconds. */
const LINGER_MS = 1800;
/** How long it shows itself once the desktop is live. */
const GREETING_MS = 3500;

/** `<oriel-status-bar>`: hides at the upper edge while the desktop is used; the pointer, a tap or Tab brings it back. */
export class StatusBar extends LitElement {
  static override readonly styles = [base, buttons, statusBarStyles];

  static override readonly properties = {
    state: { attribute: false },
    rung: { attribute: false },
    latencyMs: { attribute: false },
    isMuted: { attribute: false },
    hasSound: { attribute: false },
    isFullscreen: { attribute: false },
    canFullscreen: { attribute: false },
    hasTouchKeyboard: { attribute: false },
    areSettingsOpen: { attribute: false },
    areStatisticsOpen: { attribute: false },
    open: { type: Boolean, reflect: true },
  };

  declare state: PlayerState;
  /** What plays picture and sound; undefined until that is decided. */
  declare rung: RungName | undefined;
  /** Milliseconds; undefined while nothing is measured. */
  declare latencyMs: number | undefined;
  declare isMuted: boolean;
  declare hasSound: boolean;
  declare isFullscreen: boolean;
  declare canFullscreen: boolean;
  declare hasTouchKeyboard: boolean;
  declare areSettingsOpen: boolean;
  declare areStatisticsOpen: boolean;
  /** Whether the bar is out. */
  declare open: boolean;

  #timer: ReturnType<typeof setTimeout> | undefined;
  #isPointed = false;

  constructor() {
    super();
    this.state = { phase: 'connecting' };
    this.rung = undefined;
    this.latencyMs = undefined;
    this.isMuted = false;
    this.hasSound = true;
    this.isFullscreen = false;
    this.canFullscreen = false;
    this.hasTouchKeyboard = false;
    this.areSettingsOpen = false;
    this.areStatisticsOpen = false;
    this.open = true;
  }

  /** Puts the keyboard focus on the first control. */
  focusControls(): void {
    this.open = true;
    this.renderRoot.querySelector<HTMLButtonElement>('.bar button')?.focus();
  }

  /** Hides the bar soon, unless it is in use. */
  hideSoon(delayMs = LINGER_MS): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      const isUsed = this.#isPointed || this.areSettingsOpen || this.shadowRoot?.activeElement;
      if (this.state.phase === 'live' && !isUsed) this.open = false;
    }, delayMs);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    clearTimeout(this.#timer);
  }

  protected override willUpdate(changed: Map<PropertyKey, unknown>): void {
    if (!changed.has('state')) return;
    const before = changed.get('state') as PlayerState | undefined;
    if (before?.phase === this.state.phase && before.role === this.state.role) return;
    this.open = true;
    if (this.state.phase === 'live') this.hideSoon(GREETING_MS);
  }

  protected override render(): TemplateResult {
    return html`
      <div
        class="dock"
        @pointerenter=${(event: PointerEvent) => this.#enter(event)}
        @pointerleave=${() => this.#leave()}
        @focusin=${() => (this.open = true)}
        @focusout=${() => this.hideSoon()}
      >
        <div class="bar" role="toolbar" aria-label="Desktop controls">
          ${this.#renderStatus()}
          <div class="controls">${this.#renderControls()}</div>
        </div>
        <button
          class="handle"
          tabindex="-1"
          aria-hidden="true"
          @click=${() => (this.open = !this.open)}
        ></button>
      </div>
    `;
  }

  #renderStatus(): TemplateResult {
    const { phase, transport } = this.state;
    const isLive = phase === 'live';
    const { text, detail } = statusLabel(this.state);
    return html`
      <div class="status">
        <span class="phase ${phase}" title=${detail ?? nothing}
          ><span class="dot"></span>${text}</span
        >
        ${
          isLive && transport !== undefined
            ? html`<span class="transport">${transportLabels[transport]}</span>`
            : nothing
        }
        ${
          isLive && this.rung !== undefined
            ? html`<span class="rung" title="What plays picture and sound"
                >${rungLabels[this.rung]}</span
              >`
            : nothing
        }
        ${
          isLive && this.latencyMs !== undefined
            ? html`<span
                class="latency ${latencyGrade(this.latencyMs)}"
                title="Latency, from the desktop to your screen"
                ><span class="sr">Latency </span>${Math.round(this.latencyMs)}<span class="unit"
                  >&hairsp;ms</span
                ></span
              >`
            : nothing
        }
      </div>
    `;
  }

  #renderControls(): TemplateResult {
    const { isMuted, isFullscreen } = this;
    return html`
      ${this.hasSound ? this.#button('mute', isMuted ? 'Unmute' : 'Mute', isMuted ? soundOffIcon : soundOnIcon) : nothing}
      ${this.hasTouchKeyboard ? this.#button('keyboard', 'Keyboard', keyboardIcon) : nothing}
      ${this.#button('statistics', 'Statistics', statisticsIcon, this.areStatisticsOpen)}
      ${
        this.canFullscreen
          ? this.#button(
              'fullscreen',
              isFullscreen ? 'Leave fullscreen' : 'Fullscreen',
              isFullscreen ? leaveFullscreenIcon : fullscreenIcon,
            )
          : nothing
      }
      ${this.#button('settings', 'Settings', settingsIcon, this.areSettingsOpen)}
    `;
  }

  /** @param isExpanded for a button that opens something: whether it is open */
  #button(
    action: StatusBarAction,
    label: string,
    icon: TemplateResult,
    isExpanded?: boolean,
  ): TemplateResult {
    return html`
      <button
        class="icon-button"
        type="button"
        aria-label=${label}
        title=${action === 'statistics' ? `${label} (Ctrl+Alt+Shift+S)` : label}
        aria-expanded=${isExpanded ?? nothing}
        aria-haspopup=${action === 'settings' ? 'dialog' : nothing}
        @click=${() => this.#act(action)}
      >
        ${icon}
      </button>
    `;
  }

  #act(action: StatusBarAction): void {
    this.dispatchEvent(new CustomEvent<StatusBarAction>('action', { detail: action }));
  }

  #enter(event: PointerEvent): void {
    if (event.pointerType === 'touch') return;
    this.#isPointed = true;
    // A drag that passes over the edge belongs to the desktop.
    if (event.buttons === 0) this.open = true;
  }

  #leave(): void {
    this.#isPointed = false;
    this.hideSoon();
  }
}

customElements.define('oriel-status-bar', StatusBar);

declare global {
  interface HTMLElementTagNameMap {
    'oriel-status-bar': StatusBar;
  }
}
