/** What plays picture and sound, and why nothing better does. */
import { LitElement, css, html, nothing } from 'lit';
import type { TemplateResult } from 'lit';
import type { RungReport } from '../../ladder/ladder.ts';
import type { RungsView } from '../../ladder/rung-control.ts';
import { rungChoices } from '../../ladder/rungs.ts';
import type { SettingsView } from '../../settings/settings-book.ts';
import { base } from '../theme.ts';
import { controls as controlStyles } from './control-styles.ts';
import { choose, selection } from './controls.ts';
import { section } from './section-styles.ts';
import { rungLabels } from './words.ts';

/** `<oriel-rung-section>`: dispatches `setting` (SettingChoice), composed. */
export class RungSection extends LitElement {
  static override readonly styles = [
    base,
    section,
    controlStyles,
    css`
      /* Below the transport, as one control below another. */
      :host {
        margin-top: 18px;
      }
    `,
  ];
  static override readonly properties = {
    view: { attribute: false },
    rungs: { attribute: false },
  };

  declare view: SettingsView;
  declare rungs: RungsView | undefined;

  protected override render(): TemplateResult {
    const { view, rungs } = this;
    return html`
      ${selection({
        view,
        subject: 'rung',
        options: rungChoices.map((value) => ({ value, label: rungLabels[value] })),
        value: view.settings.rung,
        onChoose: (value) => choose(this, 'rung', { rung: value }),
      })}
      ${rungs === undefined ? nothing : this.#renderReasons(rungs)}
    `;
  }

  #renderReasons({ current, rungs }: RungsView): TemplateResult {
    return html`
      ${
        current === undefined
          ? nothing
          : html`<div class="row">
              <span>Playing by</span><span class="value">${rungLabels[current]}</span>
            </div>`
      }
      ${rungs.map((report) => renderObstacle(report))}
    `;
  }
}

function renderObstacle({ rung, state }: RungReport): TemplateResult | typeof nothing {
  if (state.type !== 'unusable') return nothing;
  const { reason, fix } = state.obstacle;
  return html`<p class="note">${rungLabels[rung]}: ${reason} ${fix ?? ''}</p>`;
}

customElements.define('oriel-rung-section', RungSection);

declare global {
  interface HTMLElementTagNameMap {
    'oriel-rung-section': RungSection;
  }
}
