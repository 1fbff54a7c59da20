/** A report as a table for spreadsheets (RFC 4180); its columns are described in docs/comparing.md. */
import { stageNames } from '../stats/stage-labels.ts';
import { dropReasons, type Figures } from './figures.ts';
import type { ComparisonReport } from './report.ts';

type Cell = string | number | null;

/** A column: its name, and its value of some figures. */
type Column = readonly [name: string, of: (figures: Figures) => Cell];

const columns: readonly Column[] = [
  ['seconds', ({ seconds }) => fixed(seconds, 2)],
  ['frames_shown', ({ shown }) => shown],
  ['latency_p50_ms', ({ latency }) => latency && fixed(latency.p50Ms, 2)],
  ['latency_p95_ms', ({ latency }) => latency && fixed(latency.p95Ms, 2)],
  ['latency_p99_ms', ({ latency }) => latency && fixed(latency.p99Ms, 2)],
  ['fps', ({ framesPerSecond }) => fixed(framesPerSecond, 2)],
  ['freezes', ({ freezes }) => freezes],
  ['freezes_per_minute', ({ freezesPerMinute }) => fixed(freezesPerMinute, 2)],
  ['dropped_percent', ({ droppedPercent }) => fixed(droppedPercent, 3)],
  ...dropReasons.map((reason): Column => [
    `dropped_${reason.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)}`,
    ({ dropped }) => dropped[reason],
  ]),
  ['audio_underruns', ({ audioUnderruns }) => audioUnderruns],
  ['bitrate_kbps', ({ bitrateKbps }) => fixed(bitrateKbps, 1)],
  ...stageNames.map((name): Column => [
    `${name}_mean_ms`,
    ({ stages }) => stages[name]?.meanMs ?? null,
  ]),
];

/** One line for each candidate, then one for each run in the order in which they ran; rounds and runs are counted from 1. */
export function reportCsv(report: ComparisonReport): string {
  const head = [
    'scope',
    'candidate',
    'round',
    'run',
    'latency_kind',
    ...columns.map(([name]) => name),
  ];
  const line = (cells: readonly Cell[], figures: Figures): readonly Cell[] => [
    ...cells,
    report.latency,
    ...columns.map(([, of]) => of(figures)),
  ];
  const name = (index: number): string => report.candidates[index]?.name ?? '';
  const lines = [
    head,
    ...report.totals.map((figures, index) => line(['all', name(index), null, null], figures)),
    ...report.runs.map(({ candidate, round, figures }, index) =>
      line(['run', name(candidate), round + 1, index + 1], figures),
    ),
  ];
  return lines.map((cells) => `${cells.map(written).join(',')}\r\n`).join('');
}

function written(cell: Cell): string {
  if (cell === null) return '';
  if (typeof cell === 'number') return String(cell);
  // A spreadsheet would take such a text for a formula.
  const safe = /^[=+\-@\t\r]/.test(cell) ? `'${cell}` : cell;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

const fixed = (value: number, digits: number): number => Number(value.toFixed(digits));
