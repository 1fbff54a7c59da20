/** The figures of a comparison as a table: one column for each candidate. */
import { html } from 'lit';
import type { TemplateResult } from 'lit';
import { totalDropped, type DroppedFrames, type Figures } from '../../compare/figures.ts';
import { stageLabels, stageNames } from '../../stats/stage-labels.ts';
import type { ComparisonReport } from '../../compare/report.ts';

/** What stands for a figure that is not known. */
const UNKNOWN = '–';

interface Row {
  readonly name: string;
  readonly label: string;
  /** What the label is too short for. */
  readonly detail?: string;
  /** Part of the row above it. */
  readonly isPart?: boolean;
  readonly value: (figures: Figures) => string;
}

const dropLabels: Readonly<Record<keyof DroppedFrames, readonly [label: string, detail: string]>> =
  {
    deadline: ['past deadline', 'Given up by the gateway: no time was left'],
    superseded: ['superseded', 'Given up by the gateway for a newer keyframe'],
    givenUp: ['given up', 'Given up by the gateway for another reason'],
    undecodable: ['undecodable', 'Arrived, but what they depend on is gone'],
    skipped: ['skipped', 'Decoded, but a newer one was ready'],
    late: ['late', 'Decoded only for the frames after them'],
  };

const rows: readonly Row[] = [
  { name: 'p50', label: 'Latency p50', value: ({ latency }) => milliseconds(latency?.p50Ms) },
  { name: 'p95', label: 'p95', value: ({ latency }) => milliseconds(latency?.p95Ms) },
  { name: 'p99', label: 'p99', value: ({ latency }) => milliseconds(latency?.p99Ms) },
  {
    name: 'fps',
    label: 'Frames per second',
    value: ({ framesPerSecond }) => framesPerSecond.toFixed(1),
  },
  {
    name: 'freezes',
    label: 'Freezes',
    detail: 'Pauses of more than 100 ms while the desktop changed',
    value: ({ freezes, freezesPerMinute }) =>
      freezes === 0 ? '0' : `${freezes} (${freezesPerMinute.toFixed(1)}/min)`,
  },
  {
    name: 'dropped',
    label: 'Dropped',
    detail: 'Of all frames that were shown or dropped',
    value: ({ dropped, droppedPercent }) =>
      totalDropped(dropped) === 0
        ? '0'
        : `${totalDropped(dropped)} (${droppedPercent.toFixed(1)} %)`,
  },
  {
    name: 'underruns',
    label: 'Sound ran dry',
    value: ({ audioUnderruns }) => (audioUnderruns === null ? UNKNOWN : String(audioUnderruns)),
  },
  {
    name: 'bitrate',
    label: 'Bit rate',
    value: ({ bitrateKbps }) =>
      bitrateKbps >= 1_000
        ? `${(bitrateKbps / 1_000).toFixed(1)} Mbit/s`
        : `${bitrateKbps.toFixed(0)} kbit/s`,
  },
];

/** The table; reasons for which no candidate dropped a frame have no row, nor have stages of which nothing is known. */
export function reportTable({ candidates, totals, latency }: ComparisonReport): TemplateResult {
  const kind = latency === 'glassToGlass' ? 'painted to shown' : 'captured to shown';
  const all = [
    ...rows.flatMap((row) => (row.name === 'dropped' ? [row, ...dropRows(totals)] : [row])),
    ...stageRows(totals),
  ];
  return html`
    <div class="scroll" tabindex="0" role="region" aria-label="Figures">
      <table>
        <caption class="sr">
          Latency is from ${kind}
        </caption>
        <thead>
          <tr>
            <td class="kind">${kind}</td>
            ${candidates.map(
              ({ name }, index) => html`
                <th scope="col">
                  <span class="swatch candidate-${index + 1}">${index + 1}</span>${name}
                </th>
              `,
            )}
          </tr>
        </thead>
        <tbody>
          ${all.map((row) => tableRow(row, totals))}
        </tbody>
      </table>
    </div>
  `;
}

function tableRow({ name, label, detail, isPart, value }: Row, totals: readonly Figures[]) {
  return html`
    <tr data-row=${name} class=${isPart === true ? 'part' : ''}>
      <th scope="row" title=${detail ?? ''}>${label}</th>
      ${totals.map((figures) => html`<td>${value(figures)}</td>`)}
    </tr>
  `;
}

function dropRows(totals: readonly Figures[]): readonly Row[] {
  const reasons = Object.keys(dropLabels) as (keyof DroppedFrames)[];
  return reasons
    .filter((reason) => totals.some(({ dropped }) => dropped[reason] > 0))
    .map((reason) => ({
      name: `dropped-${reason}`,
      label: dropLabels[reason][0],
      detail: dropLabels[reason][1],
      isPart: true,
      value: ({ dropped }) => String(dropped[reason]),
    }));
}

function stageRows(totals: readonly Figures[]): readonly Row[] {
  const parts = stageNames
    .filter((name) => totals.some(({ stages }) => stages[name] !== undefined))
    .map((name): Row => ({
      name: `stage-${name}`,
      label: stageLabels[name].label,
      detail: stageLabels[name].detail,
      isPart: true,
      value: ({ stages }) => milliseconds(stages[name]?.meanMs),
    }));
  const caption = { name: 'stages', label: 'Mean time in each stage', value: () => '' };
  return parts.length === 0 ? [] : [caption, ...parts];
}

function milliseconds(value: number | undefined): string {
  return value === undefined ? UNKNOWN : `${value.toFixed(value < 100 ? 1 : 0)} ms`;
}
