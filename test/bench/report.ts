import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus, loadavg, release, totalmem } from 'node:os';

/** One line of a benchmark's table: a label and its figures, each with its unit in the column's name. */
export interface Row {
  readonly label: string;
  readonly figures: Readonly<Record<string, number | string>>;
}

/** What one benchmark found, and enough about how to repeat it. */
export interface Report {
  readonly name: string;
  /** What was measured between which two points, over how long. */
  readonly method: string;
  readonly rows: readonly Row[];
  /** The goals that this benchmark is held against, in words. */
  readonly goal: string;
  /** What the table leaves out, for the JSON file. */
  readonly details?: unknown;
}

/** The machine that the figures belong to. */
export interface Machine {
  readonly processor: string;
  readonly cores: number;
  readonly memoryGiB: number;
  readonly kernel: string;
  readonly node: string;
  readonly system: string;
  /** Load average of the last minute at the start: above the number of cores nothing else here can be trusted. */
  readonly load: number;
}

export function describeMachine(): Machine {
  const processors = cpus();
  return {
    processor: processors[0]?.model.trim() ?? 'unknown',
    cores: processors.length,
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    kernel: release(),
    node: process.version,
    system: /^PRETTY_NAME="(.*)"$/m.exec(readFileSync('/etc/os-release', 'utf8'))?.[1] ?? 'unknown',
    load: Math.round((loadavg()[0] ?? 0) * 100) / 100,
  };
}

/** The report as a table for people. */
export function formatReport(report: Report): string {
  const columns = [...new Set(report.rows.flatMap((row) => Object.keys(row.figures)))];
  const lines = [
    ['', ...columns],
    ...report.rows.map((row) => [row.label, ...columns.map((name) => cell(row.figures[name]))]),
  ];
  const widths = ['', ...columns].map((_, i) =>
    Math.max(...lines.map((line) => line[i]?.length ?? 0)),
  );
  const table = lines.map((line) =>
    line
      .map((text, i) => (i === 0 ? text.padEnd(widths[i] ?? 0) : text.padStart(widths[i] ?? 0)))
      .join('  ')
      .trimEnd(),
  );
  return [`## ${report.name}`, report.method, `goal: ${report.goal}`, '', ...table, ''].join('\n');
}

/** Writes everything that was measured since `begun` to a JSON file of that name and returns its path. */
export function saveReports(machine: Machine, reports: readonly Report[], begun: Date): string {
  mkdirSync('bench-results', { recursive: true });
  const time = begun.toISOString();
  const path = `bench-results/${time.replaceAll(':', '-')}.json`;
  const text = JSON.stringify({ time, machine, reports: reports.map(describe) }, null, 2);
  const details = reports.flatMap((report) => report.details ?? []);
  // Details are long: one of them a line.
  const lines = details.map((detail) => JSON.stringify(detail)).join(',\n');
  writeFileSync(path, `${text.slice(0, -2)},\n  "details": [\n${lines}\n]}\n`);
  return path;
}

function describe({ name, method, goal, rows }: Report): Omit<Report, 'details'> {
  return { name, method, goal, rows };
}

function cell(value: number | string | undefined): string {
  if (value === undefined) return '';
  if (typeof value === 'string') return value;
  if (!Number.isFinite(value)) return '-';
  return Math.abs(value) >= 100 ? value.toFixed(0) : value.toFixed(2);
}
