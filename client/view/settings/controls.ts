/**
 * The controls of the settings, as templates: they share their section's tree, so that labels and descriptions are found by id.
 * Styles: control-styles.ts.
 */
import { html, nothing } from 'lit';
import type { TemplateResult } from 'lit';
import { live } from 'lit/directives/live.js';
import { ref } from 'lit/directives/ref.js';
import { accessTo, type SettingName } from '../../settings/setting-access.ts';
import type { Choice, Outcome, SettingsView, Subject } from '../../settings/settings-book.ts';
import type { UserChange } from '../../settings/user-settings.ts';
import { checkIcon, warningIcon } from '../icons.ts';
import { positionOf, type Step } from './steps.ts';
import { accessWords, refusalWords, subjectLabels, valueText } from './words.ts';

/** Detail of the `setting` event that a section dispatches, composed. */
export interface SettingChoice {
  readonly choice: Choice;
  /** More of the same may follow at once. */
  readonly isGliding: boolean;
}

/** Tells the panel what the user chose. */
export function choose(
  host: EventTarget,
  subject: Subject,
  change: UserChange,
  isGliding = false,
): void {
  const detail: SettingChoice = { choice: { subjects: [subject], change }, isGliding };
  host.dispatchEvent(
    new CustomEvent<SettingChoice>('setting', { detail, bubbles: true, composed: true }),
  );
}

/** What every control is given. */
export interface ControlOptions {
  readonly view: SettingsView;
  /** What it is about; names, describes and marks it. */
  readonly subject: Subject;
  /** The setting whose lock counts, where it is not the subject. */
  readonly belongsTo?: SettingName;
  /** One sentence below. */
  readonly note?: string | TemplateResult;
}

/** One of several values. */
export interface ChoiceOption<Value> {
  readonly value: Value;
  readonly label: string;
  readonly detail?: string;
}

/** A choice of one out of a few. */
export interface ChoiceControl<Value> extends ControlOptions {
  readonly options: readonly ChoiceOption<Value>[];
  readonly value: Value;
  readonly onChoose: (value: Value) => void;
}

/** One of a few, side by side. */
export function segments<Value extends string>(control: ChoiceControl<Value>): TemplateResult {
  return choiceGroup(control, 'segments', ({ label }) => html`<span class="name">${label}</span>`);
}

/** One of a few, each with its explanation. */
export function cards<Value extends string>(control: ChoiceControl<Value>): TemplateResult {
  const content = ({ value, label, detail }: ChoiceOption<Value>): TemplateResult => html`
    <span class="dot" aria-hidden="true"></span>
    <span class="name">${label}</span>
    <span class="detail" id="${control.subject}-${value}">${detail}</span>
  `;
  return choiceGroup(control, 'cards', content);
}

function choiceGroup<Value extends string>(
  control: ChoiceControl<Value>,
  look: 'segments' | 'cards',
  content: (option: ChoiceOption<Value>) => TemplateResult,
): TemplateResult {
  const { subject, options, value, onChoose } = control;
  const isOpen = isUsable(control);
  return html`
    <div
      class="control ${isOpen ? '' : 'closed'}"
      role="radiogroup"
      aria-labelledby="${subject}-label"
      aria-describedby="${subject}-note"
    >
      <div class="head">
        <span class="label" id="${subject}-label">${subjectLabels[subject]}</span>
        ${mark(control)}
      </div>
      <div class=${look}>
        ${options.map(
          (option) => html`
            <label>
              <input
                type="radio"
                name=${subject}
                aria-label=${option.label}
                aria-describedby=${look === 'cards' ? `${subject}-${option.value}` : nothing}
                .checked=${live(option.value === value)}
                ?disabled=${!isOpen}
                @change=${() => onChoose(option.value)}
              />
              ${content(option)}
            </label>
          `,
        )}
      </div>
      ${noteOf(control)}
    </div>
  `;
}

/** One of many. */
export function selection<Value extends string>(control: ChoiceControl<Value>): TemplateResult {
  const { subject, options, value, onChoose } = control;
  const changed = (event: Event): void => {
    const { selectedIndex } = event.currentTarget as HTMLSelectElement;
    const option = options[selectedIndex];
    if (option !== undefined) onChoose(option.value);
  };
  const isOpen = isUsable(control);
  return html`
    <div class="control ${isOpen ? '' : 'closed'}">
      <div class="head">
        <label class="label" for=${subject}>${subjectLabels[subject]}</label>
        ${mark(control)}
      </div>
      <select
        id=${subject}
        aria-describedby="${subject}-note"
        ?disabled=${!isOpen}
        .value=${live(value)}
        @change=${changed}
      >
        ${options.map(
          (option) =>
            html`<option value=${option.value} ?selected=${option.value === value}>
              ${option.label}
            </option>`,
        )}
      </select>
      ${noteOf(control)}
    </div>
  `;
}

/** A choice out of an order. */
export interface SliderControl<Value extends Step> extends ControlOptions {
  /** The stops, from left to right. */
  readonly steps: readonly Value[];
  readonly value: Value;
  readonly text: (value: Value) => string;
  readonly onGlide: (value: Value) => void;
}

/** A value out of an order of stops; applied while it is pulled. */
export function slider<Value extends Step>(control: SliderControl<Value>): TemplateResult {
  const { subject, steps, value, text, onGlide } = control;
  const position = positionOf(value, steps);
  const last = Math.max(1, steps.length - 1);
  const moved = (event: Event): void => {
    const step = steps[Number((event.currentTarget as HTMLInputElement).value)];
    if (step !== undefined) onGlide(step);
  };
  const isOpen = isUsable(control);
  return html`
    <div class="control ${isOpen ? '' : 'closed'}">
      <div class="head">
        <label class="label" for=${subject}>${subjectLabels[subject]}</label>
        ${mark(control)}
        <output for=${subject}>${text(value)}</output>
      </div>
      <input
        id=${subject}
        type="range"
        min="0"
        max=${last}
        step="1"
        aria-valuetext=${text(value)}
        aria-describedby="${subject}-note"
        ${ref((element) => fill(element, position / last))}
        ?disabled=${!isOpen || steps.length < 2}
        .value=${live(String(position))}
        @input=${moved}
      />
      ${noteOf(control)}
    </div>
  `;
}

/** The policy of the page allows no style attribute; setting the property is none. */
function fill(slider: Element | undefined, part: number): void {
  if (slider instanceof HTMLElement) slider.style.setProperty('--part', `${part * 100}%`);
}

/** What is on or off. */
export interface SwitchControl extends ControlOptions {
  readonly isOn: boolean;
  readonly onSwitch: (isOn: boolean) => void;
}

/** On or off. */
export function switchControl(control: SwitchControl): TemplateResult {
  const { subject, isOn, onSwitch } = control;
  const isOpen = isUsable(control);
  return html`
    <div class="control ${isOpen ? '' : 'closed'}">
      <label class="switch">
        <span class="label">${subjectLabels[subject]}</span>
        ${mark(control)}
        <input
          type="checkbox"
          role="switch"
          aria-label=${subjectLabels[subject]}
          aria-describedby="${subject}-note"
          .checked=${live(isOn)}
          ?disabled=${!isOpen}
          @change=${(event: Event) => onSwitch((event.currentTarget as HTMLInputElement).checked)}
        />
      </label>
      ${noteOf(control)}
    </div>
  `;
}

const settingOf = ({ subject, belongsTo }: ControlOptions): SettingName =>
  belongsTo ?? (subject as SettingName);

const isUsable = (control: ControlOptions): boolean =>
  accessTo(settingOf(control), control.view.stream) === 'open';

/** What became of the last change. The panel says the same to those who do not see it. */
function mark({ view, subject }: ControlOptions): TemplateResult | typeof nothing {
  const outcome = view.outcomes[subject];
  if (outcome === undefined) return nothing;
  const icons: Readonly<Record<Outcome['type'], TemplateResult | typeof nothing>> = {
    waiting: nothing,
    applied: checkIcon,
    refused: warningIcon,
  };
  return html`<span class="mark ${outcome.type}" aria-hidden="true">${icons[outcome.type]}</span>`;
}

function noteOf(control: ControlOptions): TemplateResult {
  const { view, subject, note } = control;
  const outcome = view.outcomes[subject];
  const access = accessWords[accessTo(settingOf(control), view.stream)];
  const refusal =
    outcome?.type === 'refused'
      ? html`<span class="refused">${refusalText(subject, outcome, view)} </span>`
      : nothing;
  const text = access === undefined && refusal === nothing && note === undefined;
  return html`<p class="note" id="${subject}-note" ?hidden=${text}>
    ${refusal}${access === undefined ? nothing : html`${access} `}${note ?? nothing}
  </p>`;
}

/** What holds instead of a choice that was refused, and why. */
export function refusalText(
  subject: Subject,
  { reason }: Extract<Outcome, { type: 'refused' }>,
  { settings }: SettingsView,
): string {
  return `Stays at ${valueText(subject, settings)}: ${refusalWords[reason]}.`;
}
