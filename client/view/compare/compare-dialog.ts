/** Comparing settings and measuring click to photon, as a sheet over the desktop; a strip at its edge while something runs. */
import { LitElement, html, nothing } from 'lit';
import type { TemplateResult } from 'lit';
import type { VideoCodecName } from '../../../protocol/video-codec.ts';
import type { PlayerState, PlayerStats } from '../../player.ts';
import { closeIcon } from '../icons.ts';
import { base, buttons } from '../theme.ts';
import './compare-page.ts';
import type { ComparePlayer } from './compare-player.ts';
import { dialogStyles } from './dialog-styles.ts';
import './photon-page.ts';

type Tab = 'settings' | 'photon';

const tabs: readonly { readonly name: Tab; readonly label: string }[] = [
  { name: 'settings', label: 'Compare settings' },
  { name: 'photon', label: 'Click to photon' },
];

/** `<oriel-compare-dialog>`: opened with `show()`; closing it ends what runs. Dispatches `close`. */
export class CompareDialog extends LitElement {
  static override readonly styles = [base, buttons, dialogStyles];

  static override readonly properties = {
    player: { attribute: false },
    state: { attribute: false },
    stats: { attribute: false },
    codecs: { attribute: false },
    tab: { state: true },
    isBusy: { state: true },
    isOpen: { state: true },
  };

  declare player: ComparePlayer | undefined;
  declare state: PlayerState;
  /** Undefined while there is no live connection. */
  declare stats: PlayerStats | undefined;
  /** What this stream can have. */
  declare codecs: readonly VideoCodecName[];
  declare tab: Tab;
  declare isBusy: boolean;
  declare isOpen: boolean;

  constructor() {
    super();
    this.player = undefined;
    this.state = { phase: 'connecting' };
    this.stats = undefined;
    this.codecs = [];
    this.tab = 'settings';
    this.isBusy = false;
    this.isOpen = false;
  }

  /** Opens the sheet; does nothing when it is open. */
  async show(): Promise<void> {
    this.isOpen = true;
    await this.updateComplete;
    const dialog = this.renderRoot.querySelector('dialog');
    if (dialog !== null && !dialog.open) dialog.showModal();
  }

  protected override render(): TemplateResult | typeof nothing {
    // What is taken off the page ends what it runs.
    if (!this.isOpen) return nothing;
    return html`
      <dialog
        class=${this.isBusy ? 'busy' : ''}
        aria-label="Compare"
        @close=${() => this.#closed()}
        @busy=${(event: CustomEvent<boolean>) => (this.isBusy = event.detail)}
      >
        <header ?hidden=${this.isBusy}>
          <div class="tabs" role="tablist" @keydown=${(event: KeyboardEvent) => this.#move(event)}>
            ${tabs.map((tab) => this.#renderTab(tab))}
          </div>
          <button
            class="icon-button"
            aria-label="Close"
            @click=${() => this.renderRoot.querySelector('dialog')?.close()}
          >
            ${closeIcon}
          </button>
        </header>
        <div class="content" role="tabpanel" aria-labelledby="tab-${this.tab}">
          ${this.#renderPage()}
        </div>
      </dialog>
    `;
  }

  #renderTab({ name, label }: (typeof tabs)[number]): TemplateResult {
    const isSelected = this.tab === name;
    return html`
      <button
        id="tab-${name}"
        role="tab"
        aria-selected=${isSelected}
        tabindex=${isSelected ? 0 : -1}
        @click=${() => (this.tab = name)}
      >
        ${label}
      </button>
    `;
  }

  #renderPage(): TemplateResult {
    const { player, state, stats, codecs } = this;
    return this.tab === 'photon'
      ? html`<oriel-photon-page .player=${player} .state=${state}></oriel-photon-page>`
      : html`<oriel-compare-page
          .player=${player}
          .state=${state}
          .stats=${stats}
          .codecs=${codecs}
        ></oriel-compare-page>`;
  }

  /** Arrow keys go from tab to tab (https://www.w3.org/WAI/ARIA/apg/patterns/tabs/). */
  #move(event: KeyboardEvent): void {
    if (event.key !== 'ArrowLeft' && event.key !== 'ArrowRight') return;
    this.tab = this.tab === 'photon' ? 'settings' : 'photon';
    const { tab } = this;
    void this.updateComplete.then(() =>
      this.renderRoot.querySelector<HTMLElement>(`#tab-${tab}`)?.focus(),
    );
  }

  #closed(): void {
    this.isOpen = false;
    this.isBusy = false;
    this.dispatchEvent(new Event('close'));
  }
}

customElements.define('oriel-compare-dialog', CompareDialog);

declare global {
  interface HTMLElementTagNameMap {
    'oriel-compare-dialog': CompareDialog;
  }
}
