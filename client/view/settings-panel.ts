/** The settings, as a sheet at the side (at the bottom on a phone). Each section is a component of its own: settings/sections.ts. */
import { LitElement, html, nothing } from 'lit';
import type { PropertyValues, TemplateResult } from 'lit';
import { unknownClipboard, type ClipboardView } from '../clipboard/desktop-clipboard.ts';
import type { RungsView } from '../ladder/rung-control.ts';
import type { PlayerState, TransportMove } from '../player.ts';
import { accessTo, type SettingName } from '../settings/setting-access.ts';
import type { SettingsView } from '../settings/settings-book.ts';
import { closeIcon, resetIcon } from './icons.ts';
import { announcement } from './settings/announcement.ts';
import type { TakeClipboard } from './settings/clipboard-section.ts';
import { panelStyles } from './settings/panel-styles.ts';
import { sections, type Section } from './settings/sections.ts';
import type { CreateLink } from './settings/sharing-section.ts';
import { base, buttons } from './theme.ts';

/**
 * `<oriel-settings-panel>`: opened with `show()`. The sections dispatch what the user asks for: `setting` (detail: SettingChoice),
 * `compare`, `lockpointer`, `clipboardput` (detail: a text), `logout`; the panel dispatches `reset` (detail: names of settings) and `close`.
 */
export class SettingsPanel extends LitElement {
  static override readonly styles = [base, buttons, panelStyles];

  static override readonly properties = {
    view: { attribute: false },
    state: { attribute: false },
    move: { attribute: false },
    rungs: { attribute: false },
    isController: { attribute: false },
    createLink: { attribute: false },
    clipboard: { attribute: false },
    takeClipboard: { attribute: false },
    news: { state: true },
  };

  /** Undefined until there is a player. */
  declare view: SettingsView | undefined;
  declare state: PlayerState;
  /** The newest change of the transport. */
  declare move: TransportMove | undefined;
  /** Which rung of the ladder is in use, and why no better one. */
  declare rungs: RungsView | undefined;
  declare isController: boolean;
  declare createLink: CreateLink | undefined;
  declare clipboard: ClipboardView;
  declare takeClipboard: TakeClipboard | undefined;
  /** What was applied or refused last, for those who hear the page. */
  declare news: string;

  constructor() {
    super();
    this.view = undefined;
    this.state = { phase: 'connecting' };
    this.move = undefined;
    this.rungs = undefined;
    this.isController = false;
    this.createLink = undefined;
    this.clipboard = unknownClipboard;
    this.takeClipboard = undefined;
    this.news = '';
  }

  /** Opens the panel; does nothing when it is open. */
  show(): void {
    const dialog = this.#dialog;
    if (dialog !== null && !dialog.open) dialog.showModal();
  }

  close(): void {
    this.#dialog?.close();
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (!changed.has('view') || this.view === undefined) return;
    this.news = announcement(changed.get('view'), this.view) ?? this.news;
  }

  protected override render(): TemplateResult {
    return html`
      <dialog
        aria-labelledby="title"
        @close=${() => this.dispatchEvent(new Event('close'))}
        @click=${(event: MouseEvent) => this.#closeOutside(event)}
      >
        <header>
          <h2 id="title">Settings</h2>
          ${this.#renderReset('everything', allSettings)}
          <button class="icon-button" aria-label="Close settings" @click=${() => this.close()}>
            ${closeIcon}
          </button>
        </header>
        <div class="sections">${this.#renderSections()}</div>
        <p class="sr" role="status">${this.news}</p>
      </dialog>
    `;
  }

  #renderSections(): TemplateResult | typeof nothing {
    const { view, state, move, rungs, isController, createLink, clipboard, takeClipboard } = this;
    if (view === undefined) return nothing;
    const desktop = { state, move, rungs, isController, clipboard };
    const context = { ...desktop, view, createLink, takeClipboard };
    return html`${sections.map(
      (section) => html`
        <section aria-labelledby="${section.name}-title">
          ${this.#renderTitle(section)} ${section.render(context)}
        </section>
      `,
    )}`;
  }

  #renderTitle({ name, title, settings }: Section): TemplateResult {
    return html`
      <div class="title">
        <h3 id="${name}-title">${title}</h3>
        ${settings.length === 0 ? nothing : this.#renderReset(title, settings)}
      </div>
    `;
  }

  /** Stays in place when there is nothing to take back, so that the focus stays too. */
  #renderReset(what: string, names: readonly SettingName[]): TemplateResult {
    const resettable = this.#resettable(names);
    const isIdle = resettable.length === 0;
    return html`
      <button
        class="reset"
        type="button"
        aria-label="Reset ${what} to defaults"
        title="Reset ${what} to defaults"
        aria-disabled=${isIdle ? 'true' : 'false'}
        @click=${() => {
          if (!isIdle) this.#reset(resettable);
        }}
      >
        ${resetIcon} ${names === allSettings ? 'Reset all' : 'Reset'}
      </button>
    `;
  }

  /** What differs from the defaults and may be changed. */
  #resettable(names: readonly SettingName[]): readonly SettingName[] {
    const { view } = this;
    if (view === undefined) return [];
    const { settings, defaults, stream } = view;
    return names.filter(
      (name) => settings[name] !== defaults[name] && accessTo(name, stream) === 'open',
    );
  }

  #reset(names: readonly SettingName[]): void {
    this.dispatchEvent(new CustomEvent<readonly SettingName[]>('reset', { detail: names }));
  }

  get #dialog(): HTMLDialogElement | null {
    return this.renderRoot.querySelector('dialog');
  }

  /** A click on the backdrop has the dialog itself as its target, and lies outside its box. */
  #closeOutside(event: MouseEvent): void {
    const dialog = this.#dialog;
    if (dialog === null || event.target !== dialog || event.detail === 0) return;
    const { left, right, top, bottom } = dialog.getBoundingClientRect();
    const { clientX: x, clientY: y } = event;
    if (x < left || x > right || y < top || y > bottom) this.close();
  }
}

const allSettings = sections.flatMap(({ settings }) => settings);

customElements.define('oriel-settings-panel', SettingsPanel);

declare global {
  interface HTMLElementTagNameMap {
    'oriel-settings-panel': SettingsPanel;
  }
}
