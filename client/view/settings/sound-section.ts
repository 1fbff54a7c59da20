/** What is heard, and how it is sent. */
import { LitElement, html } from 'lit';
import type { TemplateResult } from 'lit';
import { latencyModes } from '../../../protocol/latency-mode.ts';
import { audioFrameLengths } from '../../../protocol/stream-settings.ts';
import { customOf } from '../../settings/custom-mode.ts';
import { rangeOf } from '../../settings/setting-access.ts';
import type { SettingsView } from '../../settings/settings-book.ts';
import { playbackMode, playerRanges, type UserChange } from '../../settings/user-settings.ts';
import { base } from '../theme.ts';
import { controls as controlStyles } from './control-styles.ts';
import { choose, segments, slider, switchControl } from './controls.ts';
import { section } from './section-styles.ts';
import { delaySteps, soundBitrateSteps, stepsWithin, type Step } from './steps.ts';
import { kbpsText, modeWords, msText, percentText } from './words.ts';

/** Stops of the volume. */
const VOLUME_STEPS = Array.from({ length: 21 }, (_, at) => at / 20);

/** `<oriel-sound-section>`: dispatches `setting` (SettingChoice), composed. */
export class SoundSection extends LitElement {
  static override readonly styles = [base, section, controlStyles];
  static override readonly properties = { view: { attribute: false } };

  declare view: SettingsView;

  protected override render(): TemplateResult {
    const { view } = this;
    const { muted, volume, audioBitrateKbps } = view.settings;
    const bitrates = rangeOf('audioBitrateKbps', view.stream);
    return html`
      ${switchControl({
        view,
        subject: 'muted',
        isOn: muted,
        onSwitch: (isOn) => choose(this, 'muted', { muted: isOn }),
      })}
      ${slider({
        view,
        subject: 'volume',
        steps: stepsWithin(VOLUME_STEPS, playerRanges.volume, volume),
        value: volume,
        text: percentText,
        onGlide: (value) => choose(this, 'volume', { volume: value }, true),
      })}
      ${slider<Step>({
        view,
        subject: 'audioBitrateKbps',
        steps: [...stepsWithin(soundBitrateSteps, bitrates, audioBitrateKbps), 'auto'],
        value: audioBitrateKbps,
        text: kbpsText,
        onGlide: (value) => choose(this, 'audioBitrateKbps', { audioBitrateKbps: value }, true),
      })}
      ${this.#renderPackets()} ${this.#renderBuffer()}
    `;
  }

  #renderPackets(): TemplateResult {
    const { view } = this;
    const { audioFrameMs } = view.settings;
    return segments({
      view,
      subject: 'audioFrameMs',
      options: [
        { value: 'auto', label: 'Auto' },
        ...audioFrameLengths.map((ms) => ({ value: String(ms), label: msText(ms) })),
      ],
      value: String(audioFrameMs),
      onChoose: (chosen) => {
        const length = audioFrameLengths.find((ms) => String(ms) === chosen) ?? 'auto';
        choose(this, 'audioFrameMs', { audioFrameMs: length });
      },
      note: 'Short packets arrive sooner, long ones cost less.',
    });
  }

  /** The buffer belongs to the mode: whoever changes it has a mode of his own. */
  #renderBuffer(): TemplateResult {
    const { view } = this;
    const { settings } = view;
    const { audioBuffer, audioBufferFollowsJitter } = playbackMode(settings);
    const least = audioBufferFollowsJitter ? 'at least ' : '';
    return slider({
      view,
      subject: 'audioBufferMs',
      belongsTo: 'mode',
      steps: stepsWithin(delaySteps, playerRanges.audioBufferMs, audioBuffer),
      value: audioBuffer,
      text: (ms) => `${least}${msText(ms)}`,
      onGlide: (audioBufferMs) =>
        choose(this, 'audioBufferMs', { ...customFrom(view), audioBufferMs }, true),
      ...(settings.mode === 'custom'
        ? {}
        : {
            note: `As ${modeWords[settings.mode].label} has it; changing it makes the mode custom.`,
          }),
    });
  }
}

/** What makes the mode custom without changing what holds. */
function customFrom(view: SettingsView): UserChange {
  const { mode } = view.settings;
  if (mode === 'custom') return {};
  const { audioCap, presentation, videoHold } = latencyModes[mode];
  return {
    mode: 'custom',
    custom: customOf({ ...view, lastCustom: undefined }),
    audioCapMs: audioCap,
    presentation,
    videoHoldMs: videoHold,
  };
}

customElements.define('oriel-sound-section', SoundSection);

declare global {
  interface HTMLElementTagNameMap {
    'oriel-sound-section': SoundSection;
  }
}
