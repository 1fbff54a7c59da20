/** One more link to this desktop, for another person or another device. */
import { LitElement, css, html, nothing } from 'lit';
import type { TemplateResult } from 'lit';
import { checkIcon, copyIcon, linkIcon } from '../icons.ts';
import { base, buttons, fields } from '../theme.ts';
import { section } from './section-styles.ts';

/** Asks the server for a one-time link; rejects when it does not give one. */
export type CreateLink = () => Promise<{
  readonly link: string;
  readonly expiresInSeconds: number;
}>;

type SharingState =
  | { readonly type: 'none' }
  | { readonly type: 'asking' }
  | {
      readonly type: 'link';
      readonly link: string;
      readonly expiresInSeconds: number;
      readonly isCopied: boolean;
    }
  | { readonly type: 'failed' };

/** `<oriel-sharing-section>`: works by itself through `createLink`. */
export class SharingSection extends LitElement {
  static override readonly styles = [
    base,
    buttons,
    fields,
    section,
    css`
      .link {
        display: flex;
        gap: 8px;
        margin-bottom: 10px;
      }

      input[type='text'] {
        min-width: 0;
        flex: 1;
        font: 0.85rem var(--mono);
        text-overflow: ellipsis;
      }

      .link .button {
        flex: none;
        width: auto;
      }

      .error {
        color: var(--bad);
      }
    `,
  ];

  static override readonly properties = {
    isController: { attribute: false },
    createLink: { attribute: false },
    sharing: { state: true },
  };

  declare isController: boolean;
  declare createLink: CreateLink | undefined;
  declare sharing: SharingState;

  constructor() {
    super();
    this.isController = false;
    this.createLink = undefined;
    this.sharing = { type: 'none' };
  }

  protected override render(): TemplateResult {
    return html`
      ${this.isController ? this.#renderSharing() : html`<p>Only who controls the desktop can invite others.</p>`}
    `;
  }

  #renderSharing(): TemplateResult {
    const { sharing } = this;
    return html`
      <div aria-live="polite">
        ${sharing.type === 'link' ? this.#renderLink(sharing) : nothing}
        ${
          sharing.type === 'failed'
            ? html`<p class="error">The server gave no link. Try again in a moment.</p>`
            : nothing
        }
        ${
          sharing.type === 'none'
            ? html`<p>A link opens this desktop once, in another browser or on another device.</p>`
            : nothing
        }
      </div>
      <button
        class="button"
        ?disabled=${sharing.type === 'asking'}
        @click=${() => void this.#ask()}
      >
        ${linkIcon} ${sharing.type === 'link' ? 'Create another link' : 'Create an invite link'}
      </button>
    `;
  }

  #renderLink({
    link,
    expiresInSeconds,
    isCopied,
  }: Extract<SharingState, { type: 'link' }>): TemplateResult {
    return html`
      <div class="link">
        <input
          type="text"
          readonly
          aria-label="Invite link"
          .value=${link}
          @focus=${(event: FocusEvent) => (event.currentTarget as HTMLInputElement).select()}
        />
        <button class="button primary" @click=${() => void this.#copy()}>
          ${isCopied ? checkIcon : copyIcon} ${isCopied ? 'Copied' : 'Copy'}
        </button>
      </div>
      <p>Works once, within ${duration(expiresInSeconds)}.</p>
    `;
  }

  async #ask(): Promise<void> {
    if (this.createLink === undefined) return;
    this.sharing = { type: 'asking' };
    try {
      this.sharing = { type: 'link', ...(await this.createLink()), isCopied: false };
    } catch {
      this.sharing = { type: 'failed' };
    }
  }

  async #copy(): Promise<void> {
    if (this.sharing.type !== 'link') return;
    try {
      await navigator.clipboard.writeText(this.sharing.link);
      this.sharing = { ...this.sharing, isCopied: true };
    } catch {
      // Without the permission the user copies by hand: the text is selected for it.
      this.renderRoot.querySelector('input')?.focus();
    }
  }
}

function duration(seconds: number): string {
  if (seconds < 90) return `${Math.round(seconds)} seconds`;
  return `${Math.round(seconds / 60)} minutes`;
}

customElements.define('oriel-sharing-section', SharingSection);

declare global {
  interface HTMLElementTagNameMap {
    'oriel-sharing-section': SharingSection;
  }
}
