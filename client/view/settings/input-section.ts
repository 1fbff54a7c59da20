/** Mouse and keyboard. */
import { LitElement, css, html, nothing } from 'lit';
import type { TemplateResult } from 'lit';
import { mouseIcon } from '../icons.ts';
import { base, buttons } from '../theme.ts';
import { section } from './section-styles.ts';

/** `<oriel-input-section>`: dispatches `lockpointer`, composed. */
export class InputSection extends LitElement {
  static override readonly styles = [
    base,
    buttons,
    section,
    css`
      .button {
        margin-bottom: 16px;
      }
    `,
  ];
  static override readonly properties = { isController: { attribute: false } };

  declare isController: boolean;

  constructor() {
    super();
    this.isController = false;
  }

  protected override render(): TemplateResult {
    return html`
      ${
        this.isController && matchMedia('(pointer: fine)').matches
          ? html`
              <p>Games that turn with the mouse need it captured. <kbd>Esc</kbd> sets it free.</p>
              <button class="button" @click=${() => this.#lock()}>
                ${mouseIcon} Capture the mouse
              </button>
            `
          : nothing
      }
      <p class="end">
        Every key goes to the desktop. <kbd>Ctrl</kbd> <kbd>Alt</kbd> <kbd>Shift</kbd> together take
        the keyboard back to the controls; with <kbd>S</kbd> they show the statistics.
      </p>
    `;
  }

  #lock(): void {
    this.dispatchEvent(new Event('lockpointer', { bubbles: true, composed: true }));
  }
}

customElements.define('oriel-input-section', InputSection);

declare global {
  interface HTMLElementTagNameMap {
    'oriel-input-section': InputSection;
  }
}
