/** The way to the compare sheet. */
import { LitElement, html } from 'lit';
import type { TemplateResult } from 'lit';
import { statisticsIcon } from '../icons.ts';
import { base, buttons } from '../theme.ts';
import { section } from './section-styles.ts';

/** `<oriel-compare-section>`: dispatches `compare`, composed. */
export class CompareSection extends LitElement {
  static override readonly styles = [base, buttons, section];

  protected override render(): TemplateResult {
    return html`
      <p>
        Run settings in turn on this desktop and see which suits it, or measure click to photon.
      </p>
      <button class="button" @click=${() => this.#ask()}>
        ${statisticsIcon} Compare settings…
      </button>
    `;
  }

  #ask(): void {
    this.dispatchEvent(new Event('compare', { bubbles: true, composed: true }));
  }
}

customElements.define('oriel-compare-section', CompareSection);

declare global {
  interface HTMLElementTagNameMap {
    'oriel-compare-section': CompareSection;
  }
}
