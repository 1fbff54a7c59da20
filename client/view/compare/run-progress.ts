import { html } from 'lit';
import type { TemplateResult } from 'lit';
import { ref } from 'lit/directives/ref.js';
import type { Candidate } from '../../compare/candidate.ts';
import type { ComparisonProgress } from '../../compare/comparison.ts';

/** Where a comparison is, and how long this step takes. */
export interface RunningStep extends ComparisonProgress {
  /** 0 when it is not known. */
  readonly seconds: number;
}

const phaseWords: Readonly<Record<ComparisonProgress['phase'], string>> = {
  changing: 'changing',
  settling: 'settling, not counted',
  running: 'measuring',
  restoring: 'bringing your settings back',
};

/** How far a comparison is, and what ends it. */
export interface RunProgressOptions {
  readonly step: RunningStep;
  readonly candidates: readonly Candidate[];
  readonly onCancel: () => void;
}

/** A strip that leaves the picture in view. */
export function runProgress({ step, candidates, onCancel }: RunProgressOptions): TemplateResult {
  const { phase, run, runs, candidate, seconds } = step;
  const isRestoring = phase === 'restoring';
  const name = candidates[candidate]?.name ?? '';
  const done = Math.min(runs, run);
  return html`
    <div class="strip">
      <p class="now" role="status">
        <span class="swatch candidate-${candidate + 1}">${candidate + 1}</span>
        <strong>${isRestoring ? 'Done' : name}</strong>
        <span class="soft">
          ${isRestoring ? '' : `Run ${run + 1} of ${runs}: `}${phaseWords[phase]}
        </span>
      </p>
      <button class="button" ?disabled=${isRestoring} @click=${onCancel}>Cancel</button>
      <div
        class="steps"
        role="progressbar"
        aria-label="Runs that are done"
        aria-valuemin="0"
        aria-valuemax=${runs}
        aria-valuenow=${done}
      >
        ${Array.from({ length: runs }, (_, index) => runStep(index, { step, seconds }))}
      </div>
    </div>
  `;
}

function runStep(
  index: number,
  { step, seconds }: { readonly step: RunningStep; readonly seconds: number },
): TemplateResult {
  if (index < step.run) return html`<span class="step done"></span>`;
  if (index > step.run || step.phase !== 'running') return html`<span class="step"></span>`;
  // The page's policy allows no style attribute; setting the property is none.
  const pace = (element: Element | undefined): void => {
    if (element instanceof HTMLElement) element.style.setProperty('--seconds', `${seconds}s`);
  };
  return html`<span class="step now" ${ref(pace)}></span>`;
}
