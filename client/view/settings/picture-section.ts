/** What the picture is made of. */
import { LitElement, html } from 'lit';
import type { TemplateResult } from 'lit';
import { rangeOf } from '../../settings/setting-access.ts';
import type { SettingsView } from '../../settings/settings-book.ts';
import { sinkNames, type UserSettings } from '../../settings/user-settings.ts';
import { base } from '../theme.ts';
import { controls as controlStyles } from './control-styles.ts';
import { choose, segments, selection, slider } from './controls.ts';
import { section } from './section-styles.ts';
import { bitrateSteps, frameRateSteps, scaleSteps, stepsWithin, type Step } from './steps.ts';
import { codecLabels, frameRateText, kbpsText, scaleText, sinkLabels } from './words.ts';

/** `<oriel-picture-section>`: dispatches `setting` (SettingChoice), composed. */
export class PictureSection extends LitElement {
  static override readonly styles = [base, section, controlStyles];
  static override readonly properties = { view: { attribute: false } };

  declare view: SettingsView;

  protected override render(): TemplateResult {
    const { view } = this;
    const { quality, sink } = view.settings;
    return html`
      ${segments({
        view,
        subject: 'quality',
        options: [
          { value: 'text', label: 'Keep text sharp' },
          { value: 'motion', label: 'Keep motion smooth' },
        ],
        value: quality,
        onChoose: (value) => choose(this, 'quality', { quality: value }),
        note: 'Sharp text gives up frames first, smooth motion detail.',
      })}
      ${this.#renderCodec()} ${this.#renderLimits()}
      ${selection({
        view,
        subject: 'sink',
        options: sinkNames.map((value) => ({ value, label: sinkLabels[value] })),
        value: sink,
        onChoose: (value) => choose(this, 'sink', { sink: value }),
      })}
    `;
  }

  #renderCodec(): TemplateResult {
    const { view } = this;
    const { codec } = view.settings;
    const offers = view.stream?.offers.codecs ?? [];
    // What holds is among the options even when it is offered no more.
    const offered = codec === 'auto' || offers.includes(codec) ? offers : [codec, ...offers];
    const video = view.stream?.video;
    return selection<UserSettings['codec']>({
      view,
      subject: 'codec',
      options: [
        { value: 'auto', label: 'Automatic' },
        ...offered.map((value) => ({ value, label: codecLabels[value] })),
      ],
      value: codec,
      onChoose: (value) => choose(this, 'codec', { codec: value }),
      ...(video === undefined
        ? {}
        : { note: `Now ${codecLabels[video.name]}, made by ${video.encoder}.` }),
    });
  }

  #renderLimits(): TemplateResult {
    return html`
      ${this.#limit('maxBitrateKbps', bitrateSteps, (value) => kbpsText(value, 'No limit'))}
      ${this.#limit('maxFrameRate', frameRateSteps, frameRateText)}
      ${this.#limit('scale', scaleSteps, scaleText, this.#sizeNote)}
    `;
  }

  get #sizeNote(): string | undefined {
    const video = this.view.stream?.video;
    return video && `Now ${video.width} × ${video.height} at ${Math.round(video.frameRate)} fps.`;
  }

  #limit(
    subject: 'maxBitrateKbps' | 'maxFrameRate' | 'scale',
    stops: readonly number[],
    text: (value: Step) => string,
    note?: string,
  ): TemplateResult {
    const { view } = this;
    const value = view.settings[subject];
    return slider<Step>({
      view,
      subject,
      steps: [...stepsWithin(stops, rangeOf(subject, view.stream), value), 'auto'],
      value,
      text,
      onGlide: (next) => choose(this, subject, { [subject]: next }, true),
      ...(note === undefined ? {} : { note }),
    });
  }
}

customElements.define('oriel-picture-section', PictureSection);

declare global {
  interface HTMLElementTagNameMap {
    'oriel-picture-section': PictureSection;
  }
}
