/** Full pages that explain why there is no desktop. */
import { LitElement, css, html } from 'lit';
import type { TemplateResult } from 'lit';
import { markIcon } from './icons.ts';
import { base, buttons, centred } from './theme.ts';

/** The explanations there are. */
export type NoticeName = 'insecure' | 'unreachable';

/** `<oriel-notice-view>`: dispatches `again` when the user wants another try. */
export class NoticeView extends LitElement {
  static override readonly styles = [
    base,
    buttons,
    centred,
    css`
      main {
        width: min(30rem, 100%);
      }

      code.block {
        display: block;
        padding: 10px 14px;
        border-radius: var(--radius);
      }

      .card > p:nth-last-child(2) {
        margin-bottom: 8px;
      }

      .centre {
        text-align: center;
      }
    `,
  ];

  static override readonly properties = {
    name: { attribute: false },
    page: { attribute: false },
  };

  /** Which explanation. */
  declare name: NoticeName;
  /** The address of the page, for the advice. */
  declare page: URL;

  constructor() {
    super();
    this.name = 'unreachable';
    this.page = new URL(location.href);
  }

  protected override render(): TemplateResult {
    return html`<main>
      ${markIcon} ${this.name === 'insecure' ? this.#insecure() : this.#unreachable()}
    </main>`;
  }

  #insecure(): TemplateResult {
    const { hostname, host, port } = this.page;
    const local = port === '' ? '80' : port;
    const secure = `https://${host}/`;
    return html`
      <h1>This page needs a secure connection</h1>
      <p class="lead">
        Browsers decode video and play sound for a page like this only over https, or from
        localhost. This one came over plain http.
      </p>
      <div class="card">
        <p>If the gateway has a certificate, open <a href=${secure}>${secure}</a></p>
        <p>Or bring it to your own machine through a tunnel, and open it there as localhost:</p>
        <code class="block">ssh -L 8080:localhost:${local} ${hostname}</code>
      </div>
    `;
  }

  #unreachable(): TemplateResult {
    return html`
      <h1>The gateway does not answer</h1>
      <p class="lead">It may be restarting, or this device is offline.</p>
      <p class="centre">
        <button class="button primary" @click=${() => this.dispatchEvent(new Event('again'))}>
          Try again
        </button>
      </p>
    `;
  }
}

customElements.define('oriel-notice-view', NoticeView);

declare global {
  interface HTMLElementTagNameMap {
    'oriel-notice-view': NoticeView;
  }
}
