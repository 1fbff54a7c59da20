/** The settings, as a sheet at the side (at the bottom on a phone). Each section is a component of its own. */
import { LitElement, css, html } from 'lit';
import type { TemplateResult } from 'lit';
import type { LatencyModeName } from '../../protocol/latency-mode.ts';
import type { TransportKind } from '../transport/transport.ts';
import { closeIcon } from './icons.ts';
import './settings/compare-section.ts';
import './settings/connection-section.ts';
import './settings/input-section.ts';
import './settings/session-section.ts';
import './settings/sharing-section.ts';
import type { CreateLink } from './settings/sharing-section.ts';
import { base, buttons } from './theme.ts';

/**
 * `<oriel-settings-panel>`: opened with `show()`. The sections dispatch what the user asks for: `transport` (detail: TransportKind
 * or undefined), `compare`, `lockpointer`, `logout`; the panel dispatches `close`.
 */
export class SettingsPanel extends LitElement {
  static override readonly styles = [
    base,
    buttons,
    css`
      dialog {
        display: flex;
        flex-direction: column;
        width: min(24rem, 100%);
        max-width: none;
        height: calc(100dvh - 24px);
        max-height: none;
        margin: 12px 12px 12px auto;
        padding: 0;
        border: 1px solid var(--line);
        border-radius: 18px;
        background: var(--surface);
        box-shadow: var(--shadow);
        color: var(--text);
        overflow: hidden;
        overscroll-behavior: contain;
      }

      dialog:not([open]) {
        display: none;
      }

      dialog[open] {
        animation: enter 220ms cubic-bezier(0.3, 0.7, 0.2, 1);
      }

      dialog::backdrop {
        background: rgb(5 7 10 / 45%);
      }

      @keyframes enter {
        from {
          opacity: 0;
          transform: translateX(24px);
        }
      }

      header {
        display: flex;
        align-items: center;
        justify-content: space-between;
        padding: 14px 14px 14px 22px;
        border-bottom: 1px solid var(--line);
      }

      h2 {
        margin: 0;
        font-size: 1.1rem;
        font-weight: 650;
        letter-spacing: -0.01em;
      }

      .sections {
        display: grid;
        align-content: start;
        gap: 28px;
        flex: 1;
        padding: 22px;
        overflow: auto;
      }

      @media (max-width: 520px) {
        dialog {
          width: 100%;
          height: auto;
          max-height: 88dvh;
          margin: auto 0 0;
          border-width: 1px 0 0;
          border-radius: 18px 18px 0 0;
        }

        @keyframes enter {
          from {
            opacity: 0;
            transform: translateY(24px);
          }
        }
      }
    `,
  ];

  static override readonly properties = {
    pinned: { attribute: false },
    active: { attribute: false },
    mode: { attribute: false },
    isController: { attribute: false },
    createLink: { attribute: false },
  };

  /** The transport that the address pins. */
  declare pinned: TransportKind | undefined;
  /** The transport in use. */
  declare active: TransportKind | undefined;
  declare mode: LatencyModeName;
  declare isController: boolean;
  declare createLink: CreateLink | undefined;

  constructor() {
    super();
    this.pinned = undefined;
    this.active = undefined;
    this.mode = 'balanced';
    this.isController = false;
    this.createLink = undefined;
  }

  /** Opens the panel; does nothing when it is open. */
  show(): void {
    const dialog = this.#dialog;
    if (dialog !== null && !dialog.open) dialog.showModal();
  }

  close(): void {
    this.#dialog?.close();
  }

  protected override render(): TemplateResult {
    return html`
      <dialog
        aria-labelledby="title"
        @close=${() => this.dispatchEvent(new Event('close'))}
        @click=${(event: MouseEvent) => this.#closeOutside(event)}
      >
        <header>
          <h2 id="title">Settings</h2>
          <button class="icon-button" aria-label="Close settings" @click=${() => this.close()}>
            ${closeIcon}
          </button>
        </header>
        <div class="sections">
          <oriel-connection-section
            .pinned=${this.pinned}
            .active=${this.active}
            .mode=${this.mode}
          ></oriel-connection-section>
          <oriel-compare-section></oriel-compare-section>
          <oriel-input-section .isController=${this.isController}></oriel-input-section>
          <oriel-sharing-section
            .isController=${this.isController}
            .createLink=${this.createLink}
          ></oriel-sharing-section>
          <oriel-session-section></oriel-session-section>
        </div>
      </dialog>
    `;
  }

  get #dialog(): HTMLDialogElement | null {
    return this.renderRoot.querySelector('dialog');
  }

  /** A click on the backdrop has the dialog itself as its target, and lies outside its box. */
  #closeOutside(event: MouseEvent): void {
    const dialog = this.#dialog;
    if (dialog === null || event.target !== dialog || event.detail === 0) return;
    const { left, right, top, bottom } = dialog.getBoundingClientRect();
    const { clientX: x, clientY: y } = event;
    if (x < left || x > right || y < top || y > bottom) this.close();
  }
}

customElements.define('oriel-settings-panel', SettingsPanel);

declare global {
  interface HTMLElementTagNameMap {
    'oriel-settings-panel': SettingsPanel;
  }
}
