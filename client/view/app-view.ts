/** The whole page: decides between login, explanation and desktop. */
import { LitElement, html, nothing } from 'lit';
import type { TemplateResult } from 'lit';
import { keyed } from 'lit/directives/keyed.js';
import type { Entry, EntryApi } from '../login.ts';
import { enter, refusalText } from '../login.ts';
import type { SettingsOfPage } from '../settings/settings-control.ts';
import './desktop-screen.ts';
import './login-view.ts';
import './notice-view.ts';
import type { CreatePlayer } from './player-control.ts';
import type { CreateLink } from './settings/sharing-section.ts';

/** The requests that the page makes itself. */
export interface AppApi extends EntryApi {
  logout(): Promise<void>;
  createLink: CreateLink;
}

/** What the page is given by main.ts, or by a test. */
export interface AppOptions {
  readonly api: AppApi;
  readonly createPlayer: CreatePlayer;
  readonly settings: SettingsOfPage;
  /** Loads the page again: a newer one may be needed, or a new login. */
  reload(): void;
}

/** `<oriel-app>`: set `options`, then call `enter`. */
export class AppView extends LitElement {
  static override readonly properties = {
    options: { attribute: false },
    entry: { state: true },
    attempt: { state: true },
  };

  declare options: AppOptions | undefined;
  /** Undefined while the server is asked. */
  declare entry: Entry | undefined;
  /** Counts the screens: each gets a canvas and a player of its own. */
  declare attempt: number;

  constructor() {
    super();
    this.options = undefined;
    this.entry = undefined;
    this.attempt = 0;
  }

  /** Comes in, with a one-time token where there is one. */
  async enter(token: string | undefined): Promise<void> {
    if (this.options === undefined) throw new TypeError('options: expected to be set before enter');
    const entry = await enter(this.options.api, { token, isSecure: window.isSecureContext });
    this.attempt += 1;
    this.entry = entry;
  }

  protected override render(): TemplateResult | typeof nothing {
    const { entry, options } = this;
    if (entry === undefined || options === undefined) return nothing;
    switch (entry.type) {
      case 'desktop':
        return html`${keyed(this.attempt, this.#renderDesktop(options))}`;
      case 'login':
        return html`<oriel-login-view
          .acceptsPassword=${entry.acceptsPassword}
          .notice=${entry.notice}
          .tryPassword=${(password: string) => this.#tryPassword(options.api, password)}
        ></oriel-login-view>`;
      case 'insecure':
      case 'unreachable':
        return html`<oriel-notice-view
          .name=${entry.type}
          @again=${() => void this.enter(undefined)}
        ></oriel-notice-view>`;
    }
  }

  #renderDesktop(options: AppOptions): TemplateResult {
    return html`
      <oriel-desktop-screen
        .createPlayer=${options.createPlayer}
        .createLink=${options.api.createLink}
        .settings=${options.settings}
        @again=${() => void this.enter(undefined)}
        @reload=${() => options.reload()}
        @logout=${() => void this.#logOut(options.api)}
      ></oriel-desktop-screen>
    `;
  }

  async #tryPassword(api: AppApi, password: string): Promise<string | undefined> {
    try {
      const outcome = await api.login({ type: 'password', password });
      if (outcome.type === 'refused') return refusalText(outcome, 'password');
    } catch {
      return 'The gateway does not answer. Try again in a moment.';
    }
    await this.enter(undefined);
    return undefined;
  }

  /** Gives the session up, so that the login view comes next. */
  async #logOut(api: AppApi): Promise<void> {
    try {
      await api.logout();
    } catch {
      // Without a server there is nothing to give up; `enter` shows what is wrong.
    }
    await this.enter(undefined);
  }
}

customElements.define('oriel-app', AppView);

declare global {
  interface HTMLElementTagNameMap {
    'oriel-app': AppView;
  }
}
