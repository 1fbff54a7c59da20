/** What lies over the picture while there is no live connection. */
import { LitElement, css, html, nothing } from 'lit';
import type { TemplateResult } from 'lit';
import type { PlayerState } from '../player.ts';
import { markIcon } from './icons.ts';
import { base, buttons } from './theme.ts';

/** What the user asks for; dispatched as the detail of an `action` event. */
export type OverlayAction = 'again' | 'reload';

interface OverlayText {
  readonly title: string;
  readonly detail: string;
  readonly action: { readonly type: OverlayAction; readonly label: string } | undefined;
  /** The client is trying by itself. */
  readonly isBusy: boolean;
}

const away: OverlayText = {
  title: 'The desktop does not answer',
  detail: 'Its picture stands still until it is back. The connection holds.',
  action: undefined,
  isBusy: true,
};

/** The words for a state; undefined when the desktop is live, and answers. */
export function overlayText(
  { phase, message }: PlayerState,
  isAway: boolean,
): OverlayText | undefined {
  switch (phase) {
    case 'live':
      return isAway ? away : undefined;
    case 'connecting':
      return { title: 'Connecting…', detail: message ?? '', action: undefined, isBusy: true };
    case 'reconnecting':
      return {
        title: 'Connection lost. Reconnecting…',
        detail: message ?? 'Your programs keep running.',
        action: undefined,
        isBusy: true,
      };
    case 'ended':
      return {
        title: 'Disconnected',
        detail: message ?? 'The desktop keeps running on the server.',
        action: { type: 'again', label: 'Connect again' },
        isBusy: false,
      };
    case 'refused':
      return {
        title: 'The desktop cannot be opened',
        detail: message ?? 'Your session may have ended.',
        action: { type: 'reload', label: 'Try again' },
        isBusy: false,
      };
  }
}

/** `<oriel-connection-overlay>`: lets the dimmed picture show through while reconnecting. */
export class ConnectionOverlay extends LitElement {
  static override readonly styles = [
    base,
    buttons,
    css`
      :host {
        position: absolute;
        z-index: 1;
        inset: 0;
        display: grid;
        padding: 24px;
        pointer-events: none;
      }

      .place {
        display: grid;
      }

      .message {
        display: grid;
        justify-items: center;
        max-width: min(26rem, 100%);
        margin: auto;
        text-align: center;
        animation: appear 260ms ease both;
      }

      .message.over {
        padding: 28px 32px;
        border: 1px solid var(--line);
        border-radius: 18px;
        background: rgb(19 22 29 / 90%);
        box-shadow: var(--shadow);
        animation-delay: 250ms;
        backdrop-filter: blur(18px);
      }

      @keyframes appear {
        from {
          opacity: 0;
          transform: translateY(6px);
        }
      }

      .mark {
        width: 52px;
        height: 52px;
        margin-bottom: 18px;
      }

      .busy .mark {
        animation: glow 2.2s ease-in-out infinite;
      }

      @keyframes glow {
        50% {
          filter: drop-shadow(0 0 14px rgb(240 179 92 / 55%));
        }
      }

      h2 {
        margin: 0;
        font-size: 1.2rem;
        font-weight: 650;
        letter-spacing: -0.01em;
        text-wrap: balance;
      }

      p {
        margin: 6px 0 0;
        color: var(--text-soft);
        overflow-wrap: anywhere;
        text-wrap: pretty;
      }

      .track {
        width: 128px;
        height: 3px;
        margin-top: 20px;
        border-radius: 3px;
        overflow: hidden;
        background: rgb(255 255 255 / 12%);
      }

      .track::after {
        display: block;
        width: 40%;
        height: 100%;
        border-radius: inherit;
        background: var(--accent);
        content: '';
        animation: slide 1.3s ease-in-out infinite;
      }

      @keyframes slide {
        from {
          transform: translateX(-110%);
        }
        to {
          transform: translateX(260%);
        }
      }

      .button {
        margin-top: 22px;
        pointer-events: auto;
      }
    `,
  ];

  static override readonly properties = {
    state: { attribute: false },
    isOverPicture: { attribute: false },
    isAway: { attribute: false },
  };

  declare state: PlayerState;
  /** Whether an old picture lies below. */
  declare isOverPicture: boolean;
  /** Whether the gateway is reached, but the desktop does not answer it. */
  declare isAway: boolean;

  constructor() {
    super();
    this.state = { phase: 'connecting' };
    this.isOverPicture = false;
    this.isAway = false;
  }

  protected override render(): TemplateResult {
    const text = overlayText(this.state, this.isAway);
    // The live region stays, so that assistive technology hears what appears in it.
    return html`<div role="status" class="place">
      ${text === undefined ? nothing : this.#message(text)}
    </div>`;
  }

  #message({ title, detail, action, isBusy }: OverlayText): TemplateResult {
    const classes = `message ${isBusy ? 'busy' : ''} ${this.isOverPicture ? 'over' : ''}`;
    return html`
      <div class=${classes}>
        ${markIcon}
        <h2>${title}</h2>
        ${detail === '' ? nothing : html`<p>${detail}</p>`}
        ${isBusy ? html`<div class="track" aria-hidden="true"></div>` : nothing}
        ${
          action === undefined
            ? nothing
            : html`<button class="button primary" @click=${() => this.#act(action.type)}>
                ${action.label}
              </button>`
        }
      </div>
    `;
  }

  #act(action: OverlayAction): void {
    this.dispatchEvent(new CustomEvent<OverlayAction>('action', { detail: action }));
  }
}

customElements.define('oriel-connection-overlay', ConnectionOverlay);

declare global {
  interface HTMLElementTagNameMap {
    'oriel-connection-overlay': ConnectionOverlay;
  }
}
