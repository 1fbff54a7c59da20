/** The latency mode, and every value of a mode of the user's own. */
import { LitElement, html, nothing } from 'lit';
import type { TemplateResult } from 'lit';
import {
  latencyModes,
  presentationNames,
  type Presentation,
} from '../../../protocol/latency-mode.ts';
import { modeNames, type CustomMode } from '../../../protocol/stream-settings.ts';
import { customOf } from '../../settings/custom-mode.ts';
import { rangeOf } from '../../settings/setting-access.ts';
import type { SettingsView } from '../../settings/settings-book.ts';
import { playerRanges, type UserSettings } from '../../settings/user-settings.ts';
import { base, buttons } from '../theme.ts';
import { controls as controlStyles } from './control-styles.ts';
import { cards, choose, selection, slider } from './controls.ts';
import { section } from './section-styles.ts';
import { delaySteps, stepsWithin } from './steps.ts';
import { modeWords, msText, presentationLabels } from './words.ts';

/** `<oriel-latency-section>`: dispatches `setting` (SettingChoice), composed. */
export class LatencySection extends LitElement {
  static override readonly styles = [base, buttons, section, controlStyles];
  static override readonly properties = { view: { attribute: false } };

  declare view: SettingsView;

  protected override render(): TemplateResult {
    const { view } = this;
    const { mode } = view.settings;
    return html`
      ${cards({
        view,
        subject: 'mode',
        options: modeNames.map((value) => ({ value, ...modeWords[value] })),
        value: mode,
        onChoose: (chosen) => this.#chooseMode(chosen),
      })}
      ${mode === 'custom' ? this.#renderCustom(customOf(view)) : nothing}
    `;
  }

  #renderCustom(custom: CustomMode): TemplateResult {
    const { view } = this;
    const { presentation } = view.settings;
    return html`
      <div class="inset" role="group" aria-label="Values of the custom mode">
        ${this.#sent('delayTargetMs', custom, 'Waiting on the way that rate control tolerates.')}
        ${this.#sent('videoBudgetMs', custom, 'A picture older than this is not sent any more.')}
        ${this.#sent('audioBudgetMs', custom, 'Sound older than this is not sent any more.')}
        ${this.#own('audioBufferMs', 'Sound held before it plays; more hides more jitter.')}
        ${this.#own('audioCapMs', 'Beyond this, sound is dropped down to its buffer.')}
        ${selection({
          view,
          subject: 'presentation',
          belongsTo: 'mode',
          options: presentationNames.map((value) => ({ value, label: presentationLabels[value] })),
          value: presentation,
          onChoose: (value: Presentation) => choose(this, 'presentation', { presentation: value }),
        })}
        ${this.#own('videoHoldMs', 'The longest that a picture waits for its sound.')}
      </div>
    `;
  }

  /** A value of the gateway's half. */
  #sent(subject: keyof CustomMode, custom: CustomMode, note: string): TemplateResult {
    const { view } = this;
    return slider({
      view,
      subject,
      belongsTo: 'mode',
      steps: stepsWithin(delaySteps, rangeOf(subject, view.stream), custom[subject]),
      value: custom[subject],
      text: msText,
      onGlide: (value) =>
        choose(this, subject, { mode: 'custom', custom: { ...custom, [subject]: value } }, true),
      note,
    });
  }

  /** A value of the player's half. */
  #own(subject: 'audioBufferMs' | 'audioCapMs' | 'videoHoldMs', note: string): TemplateResult {
    const { view } = this;
    const value = view.settings[subject];
    return slider({
      view,
      subject,
      belongsTo: 'mode',
      steps: stepsWithin(delaySteps, playerRanges[subject], value),
      value,
      text: msText,
      onGlide: (next) => choose(this, subject, { [subject]: next }, true),
      note,
    });
  }

  /** A custom mode begins as it was left, or as the mode before it. */
  #chooseMode(mode: UserSettings['mode']): void {
    if (mode !== 'custom') {
      choose(this, 'mode', { mode });
      return;
    }
    const { settings, lastCustom } = this.view;
    const change = { mode, custom: customOf(this.view) };
    if (lastCustom !== undefined || settings.mode === 'custom') {
      choose(this, 'mode', change);
      return;
    }
    const { audioBuffer, audioCap, presentation, videoHold } = latencyModes[settings.mode];
    choose(this, 'mode', {
      ...change,
      audioBufferMs: audioBuffer,
      audioCapMs: audioCap,
      presentation,
      videoHoldMs: videoHold,
    });
  }
}

customElements.define('oriel-latency-section', LatencySection);

declare global {
  interface HTMLElementTagNameMap {
    'oriel-latency-section': LatencySection;
  }
}
