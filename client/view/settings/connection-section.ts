/** How the desktop comes here, and why this way. */
import { LitElement, html, nothing } from 'lit';
import type { TemplateResult } from 'lit';
import { transportChoices } from '../../../protocol/stream-settings.ts';
import type { SettingsView } from '../../settings/settings-book.ts';
import type { PlayerState, TransportMove } from '../../player.ts';
import { moveText, transportLabels } from '../status-text.ts';
import { base } from '../theme.ts';
import { controls as controlStyles } from './control-styles.ts';
import { choose, segments } from './controls.ts';
import { section } from './section-styles.ts';
import { transportChoiceLabels } from './words.ts';

/** `<oriel-connection-section>`: dispatches `setting` (SettingChoice), composed. */
export class ConnectionSection extends LitElement {
  static override readonly styles = [base, section, controlStyles];
  static override readonly properties = {
    view: { attribute: false },
    state: { attribute: false },
    move: { attribute: false },
  };

  declare view: SettingsView;
  declare state: PlayerState;
  /** The newest change of the transport. */
  declare move: TransportMove | undefined;

  protected override render(): TemplateResult {
    const { view } = this;
    const { transport } = view.settings;
    return html`
      ${segments({
        view,
        subject: 'transport',
        options: transportChoices.map((value) => ({ value, label: transportChoiceLabels[value] })),
        value: transport,
        onChoose: (value) => choose(this, 'transport', { transport: value }),
      })}
      ${this.#renderUse()}
    `;
  }

  #renderUse(): TemplateResult | typeof nothing {
    const { transport } = this.state;
    if (transport === undefined) return nothing;
    return html`
      <div class="row">
        <span>In use</span><span class="value">${transportLabels[transport]}</span>
      </div>
      <p class="note">${this.#why}</p>
      ${
        this.move === undefined
          ? nothing
          : html`<p class="note">Last change: ${moveText(this.move)}</p>`
      }
    `;
  }

  get #why(): string {
    const chosen = this.view.settings.transport;
    if (this.state.transport === 'webrtc')
      return 'The player brings it; the choice here is for the other players.';
    if (chosen === 'auto') {
      return this.move?.hasMoved === true
        ? 'Measurements choose it while the session goes on.'
        : 'It was ready first; measurements may move the session later.';
    }
    return chosen === this.state.transport
      ? 'Chosen here: the session stays on it.'
      : `Chosen here is ${transportLabels[chosen]}, which is not reached now.`;
  }
}

customElements.define('oriel-connection-section', ConnectionSection);

declare global {
  interface HTMLElementTagNameMap {
    'oriel-connection-section': ConnectionSection;
  }
}
