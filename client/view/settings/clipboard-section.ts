/** The desktop's clipboard, to read and to write: for browsers that do not let a page do either by itself. */
import { LitElement, css, html, nothing } from 'lit';
import type { PropertyValues, TemplateResult } from 'lit';
import { unknownClipboard, type ClipboardView } from '../../clipboard/desktop-clipboard.ts';
import { checkIcon, copyIcon } from '../icons.ts';
import { base, buttons } from '../theme.ts';
import { section } from './section-styles.ts';

/** Writes what the desktop holds into the browser's clipboard; resolves with whether it could. */
export type TakeClipboard = () => Promise<boolean>;

/** `<oriel-clipboard-section>`: dispatches `clipboardput` (detail: the text), composed. */
export class ClipboardSection extends LitElement {
  static override readonly styles = [
    base,
    buttons,
    section,
    css`
      label {
        display: block;
        margin-bottom: 6px;
        font-size: 0.93rem;
      }

      textarea {
        width: 100%;
        min-height: 6.5rem;
        margin-bottom: 10px;
        padding: 10px 14px;
        border: 1px solid var(--line-strong);
        border-radius: var(--radius);
        background: var(--page);
        color: var(--text);
        font: 0.93rem var(--mono);
        resize: vertical;
      }

      textarea:focus-visible {
        border-color: var(--accent);
        outline-offset: -1px;
      }

      .buttons {
        display: flex;
        flex-wrap: wrap;
        gap: 8px;
        margin-bottom: 14px;
      }

      .buttons .button {
        flex: 1 1 9rem;
        width: auto;
      }
    `,
  ];

  static override readonly properties = {
    clipboard: { attribute: false },
    take: { attribute: false },
    isController: { attribute: false },
    isTaken: { state: true },
  };

  declare clipboard: ClipboardView;
  declare take: TakeClipboard | undefined;
  declare isController: boolean;
  /** Whether the browser's clipboard has just got what the desktop holds. */
  declare isTaken: boolean;

  /** What the field was given last. */
  #filled: { readonly field: HTMLTextAreaElement; readonly text: string } | undefined;

  constructor() {
    super();
    this.clipboard = unknownClipboard;
    this.take = undefined;
    this.isController = false;
    this.isTaken = false;
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    const before = changed.get('clipboard');
    if (before !== undefined && before.text !== this.clipboard.text) this.isTaken = false;
  }

  /** What the user writes stays until there is news, whatever else is drawn anew. */
  protected override updated(): void {
    const { text = '' } = this.clipboard;
    const field = this.#field;
    if (field !== null && (field !== this.#filled?.field || text !== this.#filled.text))
      field.value = text;
    this.#filled = field === null ? undefined : { field, text };
  }

  protected override render(): TemplateResult {
    const { toDesktop, fromDesktop } = this.clipboard.ways;
    if (!this.isController) return html`<p>Only who controls the desktop shares its clipboard.</p>`;
    if (!toDesktop && !fromDesktop) return html`<p>This desktop shares no clipboard.</p>`;
    return html`
      <label for="text">The desktop’s clipboard</label>
      <textarea
        id="text"
        rows="4"
        spellcheck="false"
        autocomplete="off"
        ?readonly=${!toDesktop}
        placeholder="Nothing was copied yet."
      ></textarea>
      <div class="buttons">
        ${
          toDesktop
            ? html`<button class="button primary" @click=${() => this.#put()}>
                Send to the desktop
              </button>`
            : nothing
        }
        <button
          class="button"
          ?disabled=${this.clipboard.text === undefined}
          @click=${() => void this.#take()}
        >
          ${this.isTaken ? checkIcon : copyIcon} ${this.isTaken ? 'Copied' : 'Copy to this browser'}
        </button>
      </div>
      <p aria-live="polite">
        ${
          this.clipboard.note?.text ??
          html`<kbd>Ctrl</kbd> <kbd>V</kbd> brings this browser’s clipboard along; what is copied on
            the desktop comes here by itself.`
        }
      </p>
    `;
  }

  #put(): void {
    const detail = this.#field?.value ?? '';
    this.dispatchEvent(new CustomEvent('clipboardput', { detail, bubbles: true, composed: true }));
  }

  async #take(): Promise<void> {
    this.isTaken = (await this.take?.()) ?? false;
    // Without the permission the user copies by hand: the text is selected for it.
    if (!this.isTaken) this.#field?.select();
  }

  get #field(): HTMLTextAreaElement | null {
    return this.renderRoot.querySelector('textarea');
  }
}

customElements.define('oriel-clipboard-section', ClipboardSection);

declare global {
  interface HTMLElementTagNameMap {
    'oriel-clipboard-section': ClipboardSection;
  }
}
