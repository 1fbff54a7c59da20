/** A few words over the picture when the session has changed its transport, or could not. */
import { LitElement, css, html, nothing } from 'lit';
import type { TemplateResult } from 'lit';
import type { TransportMove } from '../player.ts';
import { moveText } from './status-text.ts';
import { base } from './theme.ts';

/** Long enough to read two short sentences, ms. */
const SHOWN_MS = 8_000;

/** `<oriel-move-notice>`: shows `move` for eight seconds after it was set. */
export class MoveNotice extends LitElement {
  static override readonly styles = [
    base,
    css`
      :host {
        position: absolute;
        z-index: 1;
        right: 12px;
        bottom: max(12px, env(safe-area-inset-bottom));
        left: 12px;
        display: flex;
        justify-content: center;
        pointer-events: none;
      }

      p {
        max-width: 34rem;
        margin: 0;
        padding: 9px 16px;
        border: 1px solid var(--line);
        border-radius: 12px;
        background: rgb(19 22 29 / 88%);
        box-shadow: var(--shadow);
        color: var(--text);
        font-size: 0.867rem;
      }
    `,
  ];

  static override readonly properties = {
    move: { attribute: false },
    isShown: { state: true },
  };

  /** The newest move; undefined before the first. */
  declare move: TransportMove | undefined;
  declare isShown: boolean;

  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor() {
    super();
    this.move = undefined;
    this.isShown = false;
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    clearTimeout(this.#timer);
  }

  protected override willUpdate(changed: Map<PropertyKey, unknown>): void {
    if (!changed.has('move') || this.move === undefined) return;
    this.isShown = true;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => (this.isShown = false), SHOWN_MS);
  }

  protected override render(): TemplateResult {
    const { move, isShown } = this;
    return html`<div role="status">
      ${isShown && move !== undefined ? html`<p>${moveText(move)}</p>` : nothing}
    </div>`;
  }
}

customElements.define('oriel-move-notice', MoveNotice);

declare global {
  interface HTMLElementTagNameMap {
    'oriel-move-notice': MoveNotice;
  }
}
