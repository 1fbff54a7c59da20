/** This browser's session with the server. */
import { LitElement, html } from 'lit';
import type { TemplateResult } from 'lit';
import { leaveIcon } from '../icons.ts';
import { base, buttons } from '../theme.ts';
import { section } from './section-styles.ts';

/** `<oriel-session-section>`: dispatches `logout`, composed. */
export class SessionSection extends LitElement {
  static override readonly styles = [base, buttons, section];

  protected override render(): TemplateResult {
    return html`
      <p>Logging out forgets this browser. The desktop and its programs keep running.</p>
      <button class="button" @click=${() => this.#logOut()}>${leaveIcon} Log out</button>
    `;
  }

  #logOut(): void {
    this.dispatchEvent(new Event('logout', { bubbles: true, composed: true }));
  }
}

customElements.define('oriel-session-section', SessionSection);

declare global {
  interface HTMLElementTagNameMap {
    'oriel-session-section': SessionSection;
  }
}
