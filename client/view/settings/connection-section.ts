/** How the desktop comes here: transport and latency mode. */
import { LitElement, css, html, nothing } from 'lit';
import type { TemplateResult } from 'lit';
import { live } from 'lit/directives/live.js';
import type { LatencyModeName } from '../../../protocol/latency-mode.ts';
import type { TransportKind } from '../../transport/transport.ts';
import { transportLabels } from '../status-text.ts';
import { base } from '../theme.ts';
import { section } from './section-styles.ts';

const modeLabels: Readonly<Record<LatencyModeName, string>> = {
  instant: 'Instant',
  balanced: 'Balanced',
  smooth: 'Smooth',
  movie: 'Movie',
};

const choices = [
  { value: undefined, label: 'Automatic' },
  { value: 'webtransport', label: transportLabels.webtransport },
  { value: 'websocket', label: transportLabels.websocket },
] as const;

/** `<oriel-connection-section>`: dispatches `transport`, composed, with the TransportKind to pin or undefined. */
export class ConnectionSection extends LitElement {
  static override readonly styles = [
    base,
    section,
    css`
      fieldset {
        margin: 0;
        padding: 0;
        border: 0;
      }

      legend {
        padding: 0;
        margin-bottom: 8px;
      }

      .choices {
        display: flex;
        gap: 2px;
        padding: 3px;
        border: 1px solid var(--line);
        border-radius: 12px;
        background: var(--page);
      }

      label {
        position: relative;
        display: grid;
        flex: auto;
        place-items: center;
        min-height: 38px;
        padding: 0 6px;
        border-radius: 9px;
        color: var(--text-soft);
        cursor: pointer;
        font-size: 0.85rem;
        font-weight: 550;
        transition: background-color 140ms ease;
      }

      label:hover {
        color: var(--text);
      }

      label:has(:checked) {
        background: var(--hover);
        color: var(--text);
      }

      label:has(:focus-visible) {
        outline: 2px solid var(--accent);
        outline-offset: 1px;
      }

      input {
        position: absolute;
        inset: 0;
        margin: 0;
        opacity: 0;
        cursor: pointer;
      }

      @media (pointer: coarse) {
        label {
          min-height: 44px;
        }
      }
    `,
  ];

  static override readonly properties = {
    pinned: { attribute: false },
    active: { attribute: false },
    mode: { attribute: false },
  };

  declare pinned: TransportKind | undefined;
  declare active: TransportKind | undefined;
  declare mode: LatencyModeName;

  constructor() {
    super();
    this.pinned = undefined;
    this.active = undefined;
    this.mode = 'balanced';
  }

  protected override render(): TemplateResult {
    return html`
      <h3>Connection</h3>
      <fieldset>
        <legend>Transport</legend>
        <div class="choices">
          ${choices.map(
            ({ value, label }) => html`
              <label>
                <input
                  type="radio"
                  name="transport"
                  .checked=${live(this.pinned === value)}
                  @change=${() => this.#choose(value)}
                />
                ${label}
              </label>
            `,
          )}
        </div>
      </fieldset>
      ${
        this.active === undefined
          ? nothing
          : html`<div class="row">
              <span>In use</span><span class="value">${transportLabels[this.active]}</span>
            </div>`
      }
      <div class="row">
        <span>Latency mode</span><span class="value">${modeLabels[this.mode]}</span>
      </div>
    `;
  }

  #choose(value: TransportKind | undefined): void {
    this.dispatchEvent(
      new CustomEvent('transport', { detail: value, bubbles: true, composed: true }),
    );
  }
}

customElements.define('oriel-connection-section', ConnectionSection);

declare global {
  interface HTMLElementTagNameMap {
    'oriel-connection-section': ConnectionSection;
  }
}
