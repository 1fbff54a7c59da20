/** A finished comparison: verdict, table, plots, exports. */
import { LitElement, html } from 'lit';
import type { TemplateResult } from 'lit';
import { distributionCurves, timeCurves } from '../../compare/curves.ts';
import { reportCsv } from '../../compare/report-csv.ts';
import type { ComparisonReport } from '../../compare/report.ts';
import { base, buttons } from '../theme.ts';
import './compare-chart.ts';
import { compareStyles } from './compare-styles.ts';
import { offerDownload } from './download.ts';
import { reportTable } from './report-table.ts';

/** `<oriel-report-view>`: dispatches `again` when the user wants to compare something else. */
export class ReportView extends LitElement {
  static override readonly styles = [base, buttons, compareStyles];

  static override readonly properties = { report: { attribute: false } };

  declare report: ComparisonReport;

  protected override render(): TemplateResult {
    const { report } = this;
    const names = report.candidates.map(({ name }) => name);
    const isGlass = report.latency === 'glassToGlass';
    return html`
      <p class="verdict">${report.verdict}</p>
      <p class="about">${aboutOf(report)}</p>
      ${reportTable(report)}
      <div class="plots">
        <oriel-compare-chart
          heading="How many frames were how fast"
          xLabel=${isGlass ? 'painted to shown, ms' : 'captured to shown, ms'}
          yLabel="% of frames"
          .names=${names}
          .data=${distributionCurves(report)}
          .yMost=${100}
        ></oriel-compare-chart>
        <oriel-compare-chart
          heading="Over the time of each run"
          xLabel="seconds into the run"
          yLabel="p95 of each ¼ s, ms"
          .names=${names}
          .data=${timeCurves(report)}
        ></oriel-compare-chart>
      </div>
      <div class="actions">
        <button class="button" @click=${() => this.#save('json')}>Export JSON</button>
        <button class="button" @click=${() => this.#save('csv')}>Export CSV</button>
        <button class="button primary" @click=${() => this.dispatchEvent(new Event('again'))}>
          Compare again
        </button>
      </div>
    `;
  }

  #save(kind: 'json' | 'csv'): void {
    const { report } = this;
    const name = `oriel-comparison-${report.startedAt.replaceAll(/[:.]/g, '-')}.${kind}`;
    const [text, type] =
      kind === 'json'
        ? [JSON.stringify(report), 'application/json']
        : [reportCsv(report), 'text/csv;charset=utf-8'];
    offerDownload(name, new Blob([text], { type }));
  }
}

function aboutOf(report: ComparisonReport): string {
  const { rounds, secondsPerRun, settleMs, startedAt, runs } = report;
  const [first] = runs;
  const size = first === undefined ? '' : `${first.stream.width} × ${first.stream.height}, `;
  const when = new Date(startedAt).toLocaleString(undefined, {
    dateStyle: 'medium',
    timeStyle: 'short',
  });
  const turns = rounds === 1 ? '1 round' : `${rounds} rounds`;
  return `${when}: ${size}${turns} of ${secondsPerRun} s each, after ${settleMs / 1000} s that are not counted.`;
}

customElements.define('oriel-report-view', ReportView);

declare global {
  interface HTMLElementTagNameMap {
    'oriel-report-view': ReportView;
  }
}
