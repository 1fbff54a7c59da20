/** Choosing what to compare, watching it run, and the report. */
import { LitElement, html, nothing } from 'lit';
import type { TemplateResult } from 'lit';
import type { VideoCodecName } from '../../../protocol/video-codec.ts';
import { candidateCount, candidateGroups, type Candidate } from '../../compare/candidate.ts';
import {
  ComparisonError,
  runComparison,
  SETTLE_MS,
  type ComparisonProgress,
} from '../../compare/comparison.ts';
import { ReportStore } from '../../compare/report-store.ts';
import type { ComparisonReport } from '../../compare/report.ts';
import { rounds as roundRange, runSeconds } from '../../compare/run-order.ts';
import type { PlayerState, PlayerStats } from '../../player.ts';
import { base, buttons } from '../theme.ts';
import { candidatePicker } from './candidate-picker.ts';
import { wait, type ComparePlayer } from './compare-player.ts';
import { compareStyles } from './compare-styles.ts';
import { history } from './report-history.ts';
import './report-view.ts';
import { runProgress, type RunningStep } from './run-progress.ts';

/** Time that a change itself takes, for the estimate of the whole, s; measured 0.1 to 0.5. */
const CHANGE_S = 0.5;

/** `<oriel-compare-page>`: dispatches `busy`, composed, with whether a comparison runs. Leaving the page ends it. */
export class ComparePage extends LitElement {
  static override readonly styles = [base, buttons, compareStyles];

  static override readonly properties = {
    player: { attribute: false },
    state: { attribute: false },
    stats: { attribute: false },
    codecs: { attribute: false },
    chosen: { state: true },
    seconds: { state: true },
    rounds: { state: true },
    step: { state: true },
    problem: { state: true },
    report: { state: true },
    reports: { state: true },
  };

  declare player: ComparePlayer | undefined;
  declare state: PlayerState;
  declare stats: PlayerStats | undefined;
  declare codecs: readonly VideoCodecName[];
  /** In the order of choice. */
  declare chosen: readonly Candidate[];
  declare seconds: number;
  declare rounds: number;
  /** Undefined while nothing runs. */
  declare step: RunningStep | undefined;
  /** Why the last comparison ended early. */
  declare problem: string | undefined;
  declare report: ComparisonReport | undefined;
  /** Newest first. */
  declare reports: readonly ComparisonReport[];

  readonly #store = new ReportStore();
  #running: AbortController | undefined;

  constructor() {
    super();
    this.player = undefined;
    this.state = { phase: 'connecting' };
    this.stats = undefined;
    this.codecs = [];
    this.chosen = candidateGroups([])[0]?.candidates.slice(0, candidateCount.least) ?? [];
    this.seconds = runSeconds.usual;
    this.rounds = roundRange.usual;
    this.step = undefined;
    this.problem = undefined;
    this.report = undefined;
    this.reports = [];
  }

  override connectedCallback(): void {
    super.connectedCallback();
    void this.#store.list().then((reports) => (this.reports = reports));
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#running?.abort();
  }

  protected override render(): TemplateResult {
    if (this.step !== undefined) {
      return runProgress({
        step: this.step,
        candidates: this.chosen,
        onCancel: () => this.#running?.abort(),
      });
    }
    return this.report === undefined ? this.#renderSetup() : this.#renderReport(this.report);
  }

  #renderReport(report: ComparisonReport): TemplateResult {
    return html`
      <oriel-report-view
        .report=${report}
        @again=${() => (this.report = undefined)}
      ></oriel-report-view>
    `;
  }

  #renderSetup(): TemplateResult {
    const { chosen, problem } = this;
    return html`
      <p class="lead">
        Each setting runs in turn on this desktop, forwards and backwards, and what was shown is
        measured. Let something move on it: a video, a game, a page that scrolls.
      </p>
      ${problem === undefined ? nothing : html`<p class="problem" role="alert">${problem}</p>`}
      ${candidatePicker({
        groups: candidateGroups(this.codecs),
        chosen,
        onChange: (candidates) => (this.chosen = candidates),
      })}
      ${this.#renderNumbers()}
      ${history({
        reports: this.reports,
        onOpen: (report) => (this.report = report),
        onDelete: (id) => void this.#store.delete(id).then((reports) => (this.reports = reports)),
      })}
    `;
  }

  #renderNumbers(): TemplateResult {
    const isEnough = this.chosen.length >= candidateCount.least;
    const isLive = this.state.phase === 'live' && this.player !== undefined;
    return html`
      <div class="numbers">
        <label>
          Seconds per run
          <input
            type="number"
            min=${runSeconds.least}
            max=${runSeconds.most}
            .value=${String(this.seconds)}
            @change=${(event: Event) => (this.seconds = numberFrom(event, runSeconds))}
          />
        </label>
        <label>
          Rounds
          <input
            type="number"
            min=${roundRange.least}
            max=${roundRange.most}
            .value=${String(this.rounds)}
            @change=${(event: Event) => (this.rounds = numberFrom(event, roundRange))}
          />
        </label>
        <button
          class="button primary start"
          ?disabled=${!isEnough || !isLive}
          @click=${() => void this.#start()}
        >
          Start
        </button>
        <p class="estimate" role="status">
          ${isEnough ? this.#estimate() : `Choose ${candidateCount.least} to ${candidateCount.most}.`}
        </p>
      </div>
    `;
  }

  #estimate(): string {
    const runs = this.chosen.length * this.rounds;
    const seconds = Math.round(runs * (this.seconds + SETTLE_MS / 1000 + CHANGE_S));
    const minutes = Math.floor(seconds / 60);
    const time = minutes === 0 ? '' : `${minutes} min `;
    return `${runs} runs, about ${time}${seconds % 60} s.`;
  }

  async #start(): Promise<void> {
    const { player } = this;
    if (player === undefined || this.#running !== undefined) return;
    const running = new AbortController();
    this.#running = running;
    this.problem = undefined;
    this.#tellBusy(true);
    try {
      const report = await this.#run(player, running.signal);
      this.report = report;
      this.reports = await this.#store.add(report);
    } catch (error) {
      if (!running.signal.aborted) this.problem = problemOf(error);
    } finally {
      this.#running = undefined;
      this.step = undefined;
      this.#tellBusy(false);
    }
  }

  #run(player: ComparePlayer, signal: AbortSignal): Promise<ComparisonReport> {
    return runComparison({
      player,
      candidates: this.chosen,
      secondsPerRun: this.seconds,
      rounds: this.rounds,
      settleMs: SETTLE_MS,
      browser: navigator.userAgent,
      stream: () => ({
        codec: this.stats?.video?.codec ?? null,
        transport: this.state.transport ?? null,
        width: this.stats?.video?.width ?? 0,
        height: this.stats?.video?.height ?? 0,
        sink: this.stats?.video?.sink ?? null,
      }),
      wait,
      signal,
      onProgress: (progress) => (this.step = this.#stepOf(progress)),
    });
  }

  #stepOf(progress: ComparisonProgress): RunningStep {
    const seconds = {
      changing: 0,
      settling: SETTLE_MS / 1000,
      running: this.seconds,
      restoring: 0,
    };
    return { ...progress, seconds: seconds[progress.phase] };
  }

  #tellBusy(isBusy: boolean): void {
    this.dispatchEvent(new CustomEvent('busy', { detail: isBusy, bubbles: true, composed: true }));
  }
}

/** The number of a field, within its range. */
function numberFrom(
  event: Event,
  { least, most, usual }: { readonly least: number; readonly most: number; readonly usual: number },
): number {
  const field = event.currentTarget as HTMLInputElement;
  const value = Number.isFinite(field.valueAsNumber) ? Math.round(field.valueAsNumber) : usual;
  const number = Math.min(most, Math.max(least, value));
  field.value = String(number);
  return number;
}

function problemOf(error: unknown): string {
  return error instanceof ComparisonError
    ? error.message
    : `The comparison failed: ${error instanceof Error ? error.message : String(error)}`;
}

customElements.define('oriel-compare-page', ComparePage);

declare global {
  interface HTMLElementTagNameMap {
    'oriel-compare-page': ComparePage;
  }
}
