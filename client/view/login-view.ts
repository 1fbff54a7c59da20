/** The page before the desktop: sign in, or learn how to get a link. */
import { LitElement, css, html, nothing } from 'lit';
import type { TemplateResult } from 'lit';
import { markIcon } from './icons.ts';
import { base, buttons, centred, fields } from './theme.ts';

/** Tries a password; resolves with the reason for the user when it was refused, undefined when it was accepted. */
export type TryPassword = (password: string) => Promise<string | undefined>;

/** `<oriel-login-view>`: calls `tryPassword`; its owner changes the page when that was accepted. */
export class LoginView extends LitElement {
  static override readonly styles = [
    base,
    buttons,
    fields,
    centred,
    css`
      form {
        display: grid;
        gap: 8px;
      }

      label {
        font-size: 0.9rem;
        font-weight: 550;
      }

      form .button {
        min-height: 44px;
        margin-top: 10px;
      }

      .notice {
        margin: 0 0 16px;
        padding: 10px 14px;
        border: 1px solid rgb(255 143 138 / 35%);
        border-radius: var(--radius);
        background: rgb(255 143 138 / 9%);
        color: var(--bad);
        font-size: 0.93rem;
      }

      .other {
        margin: 22px 4px 0;
        font-size: 0.9rem;
        text-align: center;
      }

      ol {
        display: grid;
        gap: 14px;
        margin: 0;
        padding: 0;
        list-style: none;
        counter-reset: step;
      }

      li {
        display: grid;
        grid-template-columns: 28px 1fr;
        gap: 12px;
        align-items: baseline;
        color: var(--text-soft);
        counter-increment: step;
      }

      li::before {
        display: grid;
        place-items: center;
        width: 26px;
        height: 26px;
        border-radius: 50%;
        background: var(--hover);
        color: var(--text);
        content: counter(step);
        font-size: 0.83rem;
        font-weight: 650;
      }
    `,
  ];

  static override readonly properties = {
    acceptsPassword: { attribute: false },
    notice: { attribute: false },
    tryPassword: { attribute: false },
    isBusy: { state: true },
  };

  declare acceptsPassword: boolean;
  /** Why the user is here, for display. */
  declare notice: string | undefined;
  declare tryPassword: TryPassword | undefined;
  declare isBusy: boolean;

  constructor() {
    super();
    this.acceptsPassword = false;
    this.notice = undefined;
    this.tryPassword = undefined;
    this.isBusy = false;
  }

  protected override render(): TemplateResult {
    return html`
      <main>
        ${markIcon} ${this.acceptsPassword ? this.#renderPassword() : this.#renderLinkOnly()}
      </main>
    `;
  }

  protected override firstUpdated(): void {
    this.renderRoot.querySelector('input')?.focus();
  }

  #renderPassword(): TemplateResult {
    return html`
      <h1>Sign in to your desktop</h1>
      <p class="lead">It is right where you left it.</p>
      <div class="card">
        <form @submit=${(event: SubmitEvent) => this.#submit(event)}>
          ${this.#renderNotice()}
          <label for="password">Password</label>
          <input
            id="password"
            name="password"
            type="password"
            autocomplete="current-password"
            required
            aria-describedby=${this.notice === undefined ? nothing : 'notice'}
          />
          <button class="button primary" type="submit" ?disabled=${this.isBusy}>
            ${this.isBusy ? 'Signing in…' : 'Sign in'}
          </button>
        </form>
      </div>
      <p class="other">
        Or open the link that the gateway printed. Press <kbd>Enter</kbd> in its terminal for a new
        one.
      </p>
    `;
  }

  #renderLinkOnly(): TemplateResult {
    return html`
      <h1>Open your desktop with a link</h1>
      <p class="lead">Each link works once, for a short time.</p>
      <div class="card">
        ${this.#renderNotice()}
        <ol>
          <li><span>Go to the terminal in which the gateway runs.</span></li>
          <li>
            <span>Press <kbd>Enter</kbd> there: it prints a new link.</span>
          </li>
          <li><span>Open that link in this browser.</span></li>
        </ol>
      </div>
    `;
  }

  #renderNotice(): TemplateResult {
    return html`
      <div role="alert">
        ${this.notice === undefined ? nothing : html`<p class="notice" id="notice">${this.notice}</p>`}
      </div>
    `;
  }

  #submit(event: SubmitEvent): void {
    event.preventDefault();
    const input = this.renderRoot.querySelector('input');
    if (input === null || this.isBusy) return;
    void this.#try(input);
  }

  async #try(input: HTMLInputElement): Promise<void> {
    this.isBusy = true;
    this.notice = await this.tryPassword?.(input.value);
    this.isBusy = false;
    if (this.notice === undefined) return;
    input.select();
    input.focus();
  }
}

customElements.define('oriel-login-view', LoginView);

declare global {
  interface HTMLElementTagNameMap {
    'oriel-login-view': LoginView;
  }
}
