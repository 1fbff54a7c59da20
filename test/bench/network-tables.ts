import { factorsOf, isMet, verdictsOf, type Factor, type Verdict } from './network-goals.ts';
import { runName, type NetworkRun } from './network-run.ts';

/** A scenario and its runs, in the order in which they ran. */
interface Group {
  readonly scenario: string;
  readonly runs: readonly NetworkRun[];
}

/** Runs by scenario. */
export function groupsOf(runs: readonly NetworkRun[]): readonly Group[] {
  const names = [...new Set(runs.map(({ scenario }) => scenario))];
  return names.map((scenario) => ({
    scenario,
    runs: runs.filter((run) => run.scenario === scenario),
  }));
}

/** Every goal of every run, with what was measured, met or missed, and by how much. */
export function goalsTable(runs: readonly NetworkRun[]): string {
  const verdicts = verdictsOf(runs);
  const met = verdicts.filter(isMet).length;
  return [
    `${met} of ${verdicts.length} are met.`,
    '',
    ...tableOf(
      ['scenario', 'sender', 'goal', 'measured', ''],
      verdicts.map((verdict) => [
        verdict.scenario,
        verdict.run,
        `${verdict.what}: at ${verdict.isAtLeast ? 'least' : 'most'} ${amount(verdict, verdict.limit)}`,
        verdict.value === undefined ? 'nothing' : amount(verdict, verdict.value),
        marginOf(verdict),
      ]),
    ),
    '',
  ].join('\n');
}

/** Whether a goal is met, or by how much it is missed, in Markdown. */
export function marginOf(verdict: Verdict): string {
  const { value, limit } = verdict;
  if (value === undefined) return '**not measured**';
  if (isMet(verdict)) return 'met';
  if (!Number.isFinite(value)) return '**missed**';
  return `**missed by ${amount(verdict, Math.abs(value - limit))}**`;
}

function amount({ unit }: Verdict, value: number): string {
  if (!Number.isFinite(value)) return 'not in the time measured';
  const digits = unit === 'ms' || unit === '%' ? (value < 10 ? 1 : 0) : 1;
  return unit === '/s' || unit === '/min'
    ? `${value.toFixed(digits)}${unit}`
    : `${value.toFixed(digits)} ${unit}`;
}

/** How many times lower p95 of Oriel's video is than each rival's on the same path. */
export function factorsTable(runs: readonly NetworkRun[]): string {
  const factors = factorsOf(runs);
  const rivals = [...new Set(factors.map(({ rival }) => rival))];
  const names = [...new Set(factors.map(({ scenario, run }) => `${scenario}\n${run}`))];
  return [
    ...tableOf(
      ['scenario', 'sender', ...rivals],
      names.map((name) => {
        const [scenario = '', run = ''] = name.split('\n');
        const cells = rivals.map((rival) =>
          factorCell(
            factors.find((f) => f.scenario === scenario && f.run === run && f.rival === rival),
          ),
        );
        return [scenario, run, ...cells];
      }),
    ),
    '',
  ].join('\n');
}

function factorCell(factor: Factor | undefined): string {
  if (factor === undefined) return '';
  const { times, goal } = factor;
  const text = times >= 10 ? times.toFixed(0) : times.toFixed(1);
  if (goal === undefined) return text;
  return times >= goal ? `${text} (met)` : `**${text} (goal ${goal})**`;
}

/** Each scenario as a chapter of Markdown: its pictures, its table, and what the traces show. */
export function networkTables(runs: readonly NetworkRun[]): string {
  return groupsOf(runs).map(chapter).join('\n');
}

const COLUMNS = [
  'sender',
  'video p50 / p95 / p99',
  'audio p95 / p99',
  'glass p50 / p95 / p99',
  'input p50 / p95',
  'held p50 / p95 / max',
  'new pictures/s',
  'freezes/min',
  'longest, ms',
  'Mbit/s',
  'load',
];

function chapter({ scenario, runs }: Group): string {
  const [first] = runs;
  if (first === undefined) return '';
  const hasPlots = runs.some(({ series }) => series !== undefined);
  const images = [
    `![Latency over time](images/network-${scenario}.svg)`,
    `![Latency of each share of the pictures](images/network-${scenario}-spread.svg)`,
    ...(runs.some(({ settling }) => settling !== undefined)
      ? [`![Bitrate over time](images/network-${scenario}-bitrate.svg)`]
      : []),
  ];
  const measured = runs.filter(({ still }) => still === undefined);
  return [
    `## ${headingOf(first)}`,
    '',
    ...(hasPlots ? images.flatMap((image) => [image, '']) : []),
    ...(measured.length > 0 ? [...tableOf(COLUMNS, measured.map(cellsOf)), ''] : []),
    ...runs.flatMap(notesOf).map((note) => `- ${note}`),
    '',
  ].join('\n');
}

function headingOf({ title, scenario, oneWayMs }: NetworkRun): string {
  return `${title} (${scenario}${oneWayMs > 0 ? `; ${oneWayMs} ms one way` : ''})`;
}

function tableOf(
  columns: readonly string[],
  rows: readonly (readonly string[])[],
): readonly string[] {
  return [columns, columns.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`);
}

function cellsOf(run: NetworkRun): readonly string[] {
  const { figures, load, failure, input, held } = run;
  const name = runName(run);
  if (figures === undefined) {
    const reason = (failure ?? 'no figures').replaceAll('|', '/');
    return [name, `failed: ${reason}`, ...COLUMNS.slice(3).map(() => ''), load.toFixed(1)];
  }
  const { video, audio, glass, longestFreezeMs } = figures;
  return [
    name,
    numbers([video.p50, video.p95, video.p99]),
    numbers([audio.p95, audio.p99]),
    numbers([glass.p50, glass.p95, glass.p99]),
    input === undefined ? '' : numbers([input.p50, input.p95]),
    held === undefined ? '' : numbers([held.p50, held.p95, held.max]),
    figures.framesPerSecond.toFixed(1),
    figures.freezesPerMinute.toFixed(1),
    longestFreezeMs.toFixed(0),
    (figures.bitrateBps / 1e6).toFixed(2),
    load.toFixed(1),
  ];
}

/** JSON has null where there was no sample. */
function numbers(values: readonly (number | null)[]): string {
  const isNumber = (value: number | null): value is number =>
    value !== null && Number.isFinite(value);
  if (!values.some(isNumber)) return '';
  return values.map((value) => (isNumber(value) ? value.toFixed(0) : '–')).join(' / ');
}

/** What the traces of a run show beside its row. */
function notesOf(run: NetworkRun): readonly string[] {
  const { still, figures, sender } = run;
  const name = `**${runName(run)}**`;
  if (still !== undefined) {
    const { gatewayPercent, encodersPercent, wireKbps } = still;
    const percent = `gateway ${gatewayPercent.toFixed(1)} %, encoders ${encodersPercent.toFixed(1)} % of a core`;
    return [`${name}: ${percent}; ${wireKbps.toFixed(1)} kbit/s on the wire.`];
  }
  if (figures === undefined || sender !== 'oriel') return [];
  const notes = [...settlingNotes(run), ...encoderNotes(run), ...pageNotes(run.page)];
  return [`${name}: ${notes.join('; ')}.`];
}

function settlingNotes({ settling }: NetworkRun): readonly string[] {
  const inTime = (ms: number | null): string =>
    ms === null ? 'not at all' : `after ${(ms / 1_000).toFixed(2)} s`;
  return [
    ...(settling?.downMs === undefined
      ? []
      : [`after the step down settled ${inTime(settling.downMs)}`]),
    ...(settling?.upMs === undefined
      ? []
      : [`after the step up back at 90 % of the bitrate ${inTime(settling.upMs)}`]),
  ];
}

/** What the gateway asked of the encoder and left out, and the largest picture that came of it. */
function encoderNotes({ held, series }: NetworkRun): readonly string[] {
  const largest = (series?.video ?? []).reduce((most, [, , bytes]) => Math.max(most, bytes), 0);
  const asked = held?.targetBps ?? undefined;
  const dropped = Object.entries(held?.dropped ?? {}).map(([why, count]) => `${why} ${count}`);
  return [
    ...(asked === undefined
      ? []
      : [`asked of the encoder ${(asked / 1e6).toFixed(1)} Mbit/s in the middle`]),
    ...(largest === 0 ? [] : [`largest picture ${(largest / 1_000).toFixed(0)} KB`]),
    ...(dropped.length === 0 ? [] : [`dropped by the sender: ${dropped.join(', ')}`]),
  ];
}

const movedAt = (atMs: number): string =>
  atMs < 0
    ? `${(-atMs / 1_000).toFixed(1)} s before the measurement`
    : `after ${(atMs / 1_000).toFixed(1)} s`;

function pageNotes(page: NetworkRun['page']): readonly string[] {
  if (page === undefined) return [];
  const { stages, counters, path, transport, moves = [] } = page;
  const times = Object.entries(stages).map(([name, ms]) => `${name} ${ms.toFixed(0)}`);
  const drops = Object.entries({
    abandoned: counters['videoAbandoned'],
    discarded: counters['videoDiscarded'],
    missing: counters['videoMissing'],
    'decoded and not drawn': counters['skipped'],
    'keyframe requests': counters['keyRequests'],
    'sound packets missing': counters['audioMissing'],
  }).flatMap(([what, count]) => (count === undefined || count === 0 ? [] : [`${what} ${count}`]));
  return [
    ...(times.length === 0 ? [] : [`typical ms of the last frames: ${times.join(', ')}`]),
    ...(drops.length === 0 ? [] : [`pictures ${drops.join(', ')}`]),
    `path: ${path.lost} packets lost, ${path.tailDropped} dropped by the full queue`,
    ...moves.map(
      ({ atMs, to, reason }) => `moved to ${to} ${movedAt(atMs)} (${reason.replace(/\.$/, '')})`,
    ),
    `over ${transport} at the end`,
  ];
}
