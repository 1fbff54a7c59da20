import type { NetworkRun } from './network-run.ts';

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

/** How a run is called in tables and plots. */
export function runName({ sender, label, viewer }: NetworkRun): string {
  const name = sender === 'oriel' ? `Oriel, ${label}` : label;
  return viewer === undefined ? name : `${name}, viewer ${viewer}`;
}

/** Each scenario as a chapter of Markdown: its picture, its table, its goals. */
export function networkTables(runs: readonly NetworkRun[]): string {
  return groupsOf(runs).map(chapter).join('\n');
}

const COLUMNS = [
  'sender',
  'video p50 / p95 / p99',
  'audio p95 / p99',
  'glass p50 / p95 / p99',
  'new pictures/s',
  'freezes/min',
  'longest, ms',
  'Mbit/s',
  'load',
];

function chapter({ scenario, runs }: Group): string {
  const [first] = runs;
  if (first === undefined) return '';
  return [
    `## ${first.title} (${scenario}; ${first.oneWayMs} ms one way)`,
    '',
    `![Latency over time](images/network-${scenario}.svg)`,
    ...(runs.some(({ settling }) => settling !== undefined)
      ? ['', `![Bitrate over time](images/network-${scenario}-bitrate.svg)`]
      : []),
    '',
    `| ${COLUMNS.join(' | ')} |`,
    `|${' --- |'.repeat(COLUMNS.length)}`,
    ...runs.map(tableRow),
    '',
    ...runs.flatMap(notesOf).map((note) => `- ${note}`),
    '',
  ].join('\n');
}

function tableRow(run: NetworkRun): string {
  const { figures, load, failure } = run;
  if (figures === undefined)
    return `| ${runName(run)} | ${failure ?? ''} ${'|'.repeat(7)} ${load} |`;
  const { video, audio, glass, longestFreezeMs } = figures;
  const cells = [
    runName(run),
    numbers([video.p50, video.p95, video.p99]),
    numbers([audio.p95, audio.p99]),
    numbers([glass.p50, glass.p95, glass.p99]),
    figures.framesPerSecond.toFixed(1),
    figures.freezesPerMinute.toFixed(1),
    longestFreezeMs.toFixed(0),
    (figures.bitrateBps / 1e6).toFixed(2),
    load.toFixed(1),
  ];
  return `| ${cells.join(' | ')} |`;
}

/** JSON has null where there was no sample. */
function numbers(values: readonly (number | null)[]): string {
  if (values.every((value) => value === null || !Number.isFinite(value))) return '';
  return values.map((value) => (value === null ? '–' : value.toFixed(0))).join(' / ');
}

/** Goals with what became of them, and what the page counted. */
function notesOf(run: NetworkRun): readonly string[] {
  const { figures, goals, settling, page } = run;
  if (figures === undefined || run.sender !== 'oriel') return [];
  const name = `**${runName(run)}**`;
  const verdicts = [
    verdict('video p95', figures.video.p95, goals.videoP95Ms),
    verdict('audio p95', figures.audio.p95, goals.audioP95Ms),
    verdict('audio p99', figures.audio.p99, goals.audioP99Ms),
  ].filter((text) => text !== undefined);
  const settled =
    settling === undefined
      ? []
      : [
          `after the step down settled ${inTime(settling.downMs)} (goal 1.5 s)`,
          `after the step up back at 90 % of the bitrate ${inTime(settling.upMs)} (goal 4 s)`,
        ];
  return [`${name}: ${[...verdicts, ...settled, ...tracesOf(page)].join('; ')}.`];
}

function verdict(what: string, value: number | null, goal: number | undefined): string | undefined {
  if (goal === undefined || value === null) return undefined;
  const margin = Math.round(value) - goal;
  return margin <= 0
    ? `${what} within its goal of ${goal} ms`
    : `${what} misses its goal of ${goal} ms by ${margin} ms`;
}

function inTime(ms: number | null): string {
  return ms === null ? 'not at all' : `after ${(ms / 1_000).toFixed(2)} s`;
}

function tracesOf(page: NetworkRun['page']): readonly string[] {
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
      ({ atMs, to, reason }) =>
        `moved to ${to} after ${(atMs / 1_000).toFixed(1)} s (${reason.replace(/\.$/, '')})`,
    ),
    `over ${transport} at the end`,
  ];
}
