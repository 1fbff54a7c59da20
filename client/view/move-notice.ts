/** A few words over the picture: the session has changed its transport, or could not, or is about to end, or the clipboard needs the user. */
import { LitElement, css, html, nothing } from 'lit';
import type { TemplateResult } from 'lit';
import type { SessionEnding, TransportMove } from '../player.ts';
import { moveText } from './status-text.ts';
import { base } from './theme.ts';

/** Long enough to read two short sentences, ms. */
const SHOWN_MS = 8_000;

/** `<oriel-move-notice>`: shows `move` and `note` for eight seconds after they were set, `ending` until its time has come or it is unset. */
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
    ending: { attribute: false },
    note: { attribute: false },
    shown: { state: true },
    isEnding: { state: true },
  };

  /** The newest move; undefined before the first. */
  declare move: TransportMove | undefined;
  /** What the gateway says of the end of the session, if it is near. */
  declare ending: SessionEnding | undefined;
  /** What else is news, in a sentence; a new object each time. */
  declare note: { readonly text: string } | undefined;
  declare shown: string | undefined;
  declare isEnding: boolean;

  #timer: ReturnType<typeof setTimeout> | undefined;
  #endingTimer: ReturnType<typeof setTimeout> | undefined;

  constructor() {
    super();
    this.move = undefined;
    this.ending = undefined;
    this.note = undefined;
    this.shown = undefined;
    this.isEnding = false;
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    clearTimeout(this.#timer);
    clearTimeout(this.#endingTimer);
  }

  protected override willUpdate(changed: Map<PropertyKey, unknown>): void {
    if (changed.has('ending')) this.#showEnding();
    if (changed.has('move') && this.move !== undefined) this.#show(moveText(this.move));
    if (changed.has('note') && this.note !== undefined) this.#show(this.note.text);
  }

  #show(text: string): void {
    this.shown = text;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => (this.shown = undefined), SHOWN_MS);
  }

  #showEnding(): void {
    clearTimeout(this.#endingTimer);
    this.isEnding = this.ending !== undefined;
    if (this.ending === undefined) return;
    this.#endingTimer = setTimeout(() => (this.isEnding = false), this.ending.remaining);
  }

  protected override render(): TemplateResult {
    const text = this.#text();
    return html`<div role="status">${text === undefined ? nothing : html`<p>${text}</p>`}</div>`;
  }

  /** The end of the session is the more important news. */
  #text(): string | undefined {
    if (this.isEnding && this.ending !== undefined) return this.ending.message;
    return this.shown;
  }
}

customElements.define('oriel-move-notice', MoveNotice);

declare global {
  interface HTMLElementTagNameMap {
    'oriel-move-notice': MoveNotice;
  }
}
