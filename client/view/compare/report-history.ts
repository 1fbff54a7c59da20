import { html, nothing } from 'lit';
import type { TemplateResult } from 'lit';
import type { ComparisonReport } from '../../compare/report.ts';
import { closeIcon } from '../icons.ts';

/** The reports that are kept, and what can be done with one. */
export interface HistoryOptions {
  /** Newest first. */
  readonly reports: readonly ComparisonReport[];
  readonly onOpen: (report: ComparisonReport) => void;
  readonly onDelete: (id: string) => void;
}

/** The comparisons that this browser keeps. */
export function history(options: HistoryOptions): TemplateResult | typeof nothing {
  const { reports } = options;
  if (reports.length === 0) return nothing;
  return html`
    <section class="history" aria-labelledby="history-title">
      <h3 id="history-title">Earlier comparisons</h3>
      <ul>
        ${reports.map((report) => entry(report, options))}
      </ul>
    </section>
  `;
}

function entry(
  report: ComparisonReport,
  { onOpen, onDelete }: Pick<HistoryOptions, 'onOpen' | 'onDelete'>,
): TemplateResult {
  const names = report.candidates.map(({ name }) => name).join(', ');
  const when = new Date(report.startedAt).toLocaleString(undefined, {
    dateStyle: 'short',
    timeStyle: 'short',
  });
  return html`
    <li>
      <button class="entry" @click=${() => onOpen(report)}>
        <span class="names">${names}</span>
        <span class="soft">${when}</span>
        <span class="soft line">${report.verdict}</span>
      </button>
      <button
        class="icon-button"
        aria-label="Delete the comparison of ${names}, ${when}"
        @click=${() => onDelete(report.id)}
      >
        ${closeIcon}
      </button>
    </li>
  `;
}
