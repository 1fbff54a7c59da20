/** Click to photon: explains, runs a series and shows how long answers took. */
import { LitElement, html, nothing } from 'lit';
import type { TemplateResult } from 'lit';
import { percentilesOf } from '../../compare/figures.ts';
import {
  PhotonTargetMissing,
  runPhotonProbe,
  type PhotonKind,
  type PhotonProgress,
  type PhotonSample,
} from '../../photon/photon-probe.ts';
import { photonCurves } from '../../photon/photon-curves.ts';
import { localMicros } from '../../local-time.ts';
import type { PlayerState } from '../../player.ts';
import { base, buttons } from '../theme.ts';
import './compare-chart.ts';
import { wait, type ComparePlayer } from './compare-player.ts';
import { compareStyles } from './compare-styles.ts';

/** Presses of a series: enough for a p95 that is not one press, in half a minute. */
const PRESSES = 60;

const kinds: readonly { readonly kind: PhotonKind; readonly label: string }[] = [
  { kind: 'click', label: 'Mouse clicks' },
  { kind: 'key', label: 'Key presses' },
];

/** `<oriel-photon-page>`: dispatches `busy`, composed, with whether a series runs. Leaving the page ends it. */
export class PhotonPage extends LitElement {
  static override readonly styles = [base, buttons, compareStyles];

  static override readonly properties = {
    player: { attribute: false },
    state: { attribute: false },
    kind: { state: true },
    isRunning: { state: true },
    isMissing: { state: true },
    progress: { state: true },
  };

  declare player: ComparePlayer | undefined;
  declare state: PlayerState;
  declare kind: PhotonKind;
  declare isRunning: boolean;
  /** The last series found no target, or lost it. */
  declare isMissing: boolean;
  declare progress: PhotonProgress;

  #running: AbortController | undefined;

  constructor() {
    super();
    this.player = undefined;
    this.state = { phase: 'connecting' };
    this.kind = 'click';
    this.isRunning = false;
    this.isMissing = false;
    this.progress = { samples: [], missed: 0 };
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#running?.abort();
  }

  protected override render(): TemplateResult {
    return this.isRunning ? this.#renderRunning() : this.#renderResting();
  }

  #renderRunning(): TemplateResult {
    const { samples, missed } = this.progress;
    const done = samples.length + missed;
    return html`
      <div class="strip">
        <p class="now" role="status">
          <strong>Click to photon</strong>
          <span class="soft">
            ${done === 0 ? 'looking for the window' : `${done} of ${PRESSES} presses`}
          </span>
        </p>
        <button class="button" @click=${() => this.#running?.abort()}>Cancel</button>
        <progress max=${PRESSES} value=${done} aria-label="Presses that are done"></progress>
      </div>
    `;
  }

  #renderResting(): TemplateResult {
    const mayPress = this.state.mayControl ?? this.state.role === 'controller';
    const isLive = this.state.phase === 'live' && this.player !== undefined;
    return html`
      <p class="lead">
        How long from a press here until the picture shows what it did? A small window on the
        desktop answers each press with a new pattern, and this page waits until it can read it.
      </p>
      ${this.isMissing ? missingTarget() : nothing}
      ${mayPress ? nothing : html`<p class="problem">Somebody else has control of this desktop.</p>`}
      <div class="numbers">
        <fieldset class="kinds">
          <legend class="sr">What is pressed</legend>
          ${kinds.map(
            ({ kind, label }) => html`
              <label>
                <input
                  type="radio"
                  name="kind"
                  .checked=${this.kind === kind}
                  @change=${() => (this.kind = kind)}
                />
                ${label}
              </label>
            `,
          )}
        </fieldset>
        <button
          class="button primary start"
          ?disabled=${!isLive || !mayPress}
          @click=${() => void this.#start()}
        >
          Start
        </button>
        <p class="estimate">${PRESSES} presses, about half a minute.</p>
      </div>
      ${this.progress.samples.length === 0 ? nothing : photonReport(this.progress)}
    `;
  }

  async #start(): Promise<void> {
    const { player } = this;
    const { desktop } = this.state;
    if (player === undefined || desktop === undefined || this.#running !== undefined) return;
    const running = new AbortController();
    this.#running = running;
    this.isMissing = false;
    this.progress = { samples: [], missed: 0 };
    this.#tellBusy(true);
    try {
      await runPhotonProbe({
        player,
        desktop,
        kind: this.kind,
        count: PRESSES,
        random: Math.random,
        now: () => localMicros() / 1000,
        wait,
        signal: running.signal,
        onProgress: (progress) => (this.progress = progress),
      });
    } catch (error) {
      if (error instanceof PhotonTargetMissing) this.isMissing = true;
      else if (!running.signal.aborted) throw error;
    } finally {
      this.#running = undefined;
      this.#tellBusy(false);
    }
  }

  #tellBusy(isBusy: boolean): void {
    this.isRunning = isBusy;
    this.dispatchEvent(new CustomEvent('busy', { detail: isBusy, bubbles: true, composed: true }));
  }
}

function missingTarget(): TemplateResult {
  return html`
    <div class="problem" role="alert">
      <p>
        The window that answers was not found on the picture. Start it in a terminal on the desktop:
      </p>
      <pre><code>npm run photon</code></pre>
      <p>
        in the folder of Oriel on that machine. Keep all of the window in view, with nothing in
        front of it, and start again.
      </p>
    </div>
  `;
}

function photonReport({ samples, missed }: PhotonProgress): TemplateResult {
  const parts: readonly (readonly [string, string, (sample: PhotonSample) => number])[] = [
    ['total', 'Press to picture', ({ totalMs }) => totalMs],
    ['answer', 'press to captured', ({ answerMs }) => answerMs],
    ['picture', 'captured to shown', ({ pictureMs }) => pictureMs],
  ];
  return html`
    <div class="scroll" tabindex="0" role="region" aria-label="Click to photon">
      <table>
        <thead>
          <tr>
            <td class="kind">
              ${samples.length} presses${missed === 0 ? '' : `, ${missed} without an answer`}
            </td>
            <th scope="col">p50</th>
            <th scope="col">p95</th>
            <th scope="col">p99</th>
          </tr>
        </thead>
        <tbody>
          ${parts.map(([name, label, of]) => photonRow(name, label, samples.map(of)))}
        </tbody>
      </table>
    </div>
    <div class="plots single">
      <oriel-compare-chart
        heading="How many presses were answered how fast"
        xLabel="press to picture, ms"
        yLabel="% of presses"
        .names=${['Press to picture']}
        .data=${photonCurves(samples)}
        .yMost=${100}
      ></oriel-compare-chart>
    </div>
  `;
}

function photonRow(name: string, label: string, values: readonly number[]): TemplateResult {
  const known = percentilesOf(values.filter(Number.isFinite));
  const cell = (value: number | undefined): string =>
    value === undefined ? '–' : `${value.toFixed(1)} ms`;
  return html`
    <tr data-row=${name} class=${name === 'total' ? '' : 'part'}>
      <th scope="row">${label}</th>
      <td>${cell(known?.p50Ms)}</td>
      <td>${cell(known?.p95Ms)}</td>
      <td>${cell(known?.p99Ms)}</td>
    </tr>
  `;
}

customElements.define('oriel-photon-page', PhotonPage);

declare global {
  interface HTMLElementTagNameMap {
    'oriel-photon-page': PhotonPage;
  }
}
