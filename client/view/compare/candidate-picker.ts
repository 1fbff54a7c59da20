import { html } from 'lit';
import type { TemplateResult } from 'lit';
import { candidateCount, type Candidate, type CandidateGroup } from '../../compare/candidate.ts';

/** What can be compared, what is chosen of it, and who is told. */
export interface CandidatePickerOptions {
  readonly groups: readonly CandidateGroup[];
  readonly chosen: readonly Candidate[];
  readonly onChange: (chosen: readonly Candidate[]) => void;
}

/** Chips to choose from, by what they change; those chosen carry the colour and number of their line. */
export function candidatePicker(options: CandidatePickerOptions): TemplateResult {
  return html`
    <div class="groups">
      ${options.groups.map(
        ({ label, candidates }) => html`
          <fieldset>
            <legend>${label}</legend>
            <div class="chips">${candidates.map((candidate) => chip(candidate, options))}</div>
          </fieldset>
        `,
      )}
    </div>
  `;
}

function chip(candidate: Candidate, { chosen, onChange }: CandidatePickerOptions): TemplateResult {
  const index = chosen.findIndex(({ name }) => name === candidate.name);
  const isChosen = index >= 0;
  const isFull = !isChosen && chosen.length >= candidateCount.most;
  const toggle = (): void =>
    onChange(
      isChosen ? chosen.filter(({ name }) => name !== candidate.name) : [...chosen, candidate],
    );
  return html`
    <button
      type="button"
      class="chip"
      aria-pressed=${isChosen}
      ?disabled=${isFull}
      @click=${toggle}
    >
      <span class="swatch ${isChosen ? `candidate-${index + 1}` : ''}">
        ${isChosen ? index + 1 : ''}
      </span>
      ${candidate.name}
    </button>
  `;
}
