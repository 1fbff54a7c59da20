import { loadavg } from 'node:os';
import {
  figuresOf,
  reachedAfter,
  settledAfter,
  type Sample,
  type ViewerRecord,
} from '../lab/measurement.ts';
import { labAvailability, hasBbr } from '../lab/namespace.ts';
import { runRival } from '../lab/rival-run.ts';
import { rivalNames, type RivalName } from '../lab/rivals.ts';
import { runScenario, type ViewerRun } from '../lab/run.ts';
import { scenarios, type Scenario, type Variant } from '../lab/scenarios.ts';
import { compact, type NetworkRun } from './network-run.ts';
import type { Report, Row } from './report.ts';

export interface NetworkOptions {
  readonly seconds: number;
  /** Names of scenarios; all when there are none. */
  readonly only: readonly string[];
}

/** Decides every loss and every jitter of every run. */
const SEED = 1;

/** Oriel, and senders of other designs, on bad networks. */
export async function network({ seconds, only }: NetworkOptions): Promise<Report> {
  const lab = labAvailability();
  if (lab.type === 'unavailable') {
    return { ...description(seconds), method: `Skipped: ${lab.reason}`, rows: [] };
  }
  const known = scenarios.map(({ name }) => name);
  const unknown = only.filter((name) => !known.includes(name));
  if (unknown.length > 0) {
    throw new RangeError(`scenarios: expected some of ${known.join(', ')}, got ${unknown.join()}`);
  }
  const withBbr = hasBbr();
  const runs: NetworkRun[] = [];
  for (const scenario of scenarios) {
    if (only.length > 0 && !only.includes(scenario.name)) continue;
    for (const variant of scenario.variants) {
      if (variant.congestionControl === 'bbr' && !withBbr) continue;
      runs.push(...(await orielRuns(scenario, variant, seconds * 1_000)));
    }
    if (!scenario.hasRivals) continue;
    for (const name of rivalNames) {
      runs.push(await rivalRun(scenario, { name }, seconds * 1_000));
      const bbr = { name, congestionControl: 'bbr' } as const;
      if (withBbr) runs.push(await rivalRun(scenario, bbr, seconds * 1_000));
    }
  }
  return { ...description(seconds), rows: runs.map(rowOf), details: runs };
}

function description(seconds: number): Omit<Report, 'rows'> {
  return {
    name: 'bad networks, milliseconds',
    method:
      `The gateway and headless Chromium in network namespaces, an emulated path between them; ${seconds} s each after 5 s. A ` +
      'moving picture of 720p60 with a painted clock, 8 Mbit/s wanted. video, audio: from capture until complete at the client; ' +
      'glass: from painted to drawn. plain and selkies: synthetic senders without encoder (test/lab/rivals.ts), cubic or bbr.',
    goal: 'the column goal: p95 of video, in the words of the scenario (docs/performance.md)',
  };
}

async function orielRuns(
  scenario: Scenario,
  variant: Variant,
  measureMs: number,
): Promise<readonly NetworkRun[]> {
  progress(scenario, variant.label);
  const base = { ...baseOf(scenario, variant.label), sender: 'oriel' } as const;
  try {
    const viewers = await runScenario(scenario, variant, { measureMs, seed: SEED });
    return viewers.map((viewer, index) => ({
      ...base,
      viewer: viewers.length > 1 ? index + 1 : undefined,
      load: load(),
      durationMs: viewer.durationMs,
      figures: figuresOf(viewer),
      ...settling(scenario, viewer),
      page: pageOf(viewer),
      series: { ...compact(viewer), link: viewer.link },
    }));
  } catch (error) {
    return [
      { ...base, load: load(), failure: error instanceof Error ? error.message : String(error) },
    ];
  }
}

async function rivalRun(
  scenario: Scenario,
  rival: { readonly name: RivalName; readonly congestionControl?: 'bbr' },
  measureMs: number,
): Promise<NetworkRun> {
  const label = `${rival.name} over ${rival.congestionControl ?? 'cubic'}`;
  progress(scenario, label);
  const { durationMs, video } = await runRival(scenario, rival, { measureMs, seed: SEED });
  // A receiver without decoder and screen: what is complete counts as shown.
  const record: ViewerRecord = { durationMs, video, audio: [], shown: video };
  const figures = figuresOf(record);
  return {
    ...baseOf(scenario, label),
    sender: rival.name,
    load: load(),
    durationMs,
    figures: { ...figures, glass: { p50: NaN, p95: NaN, p99: NaN } },
    ...settling(scenario, record),
    series: { ...compact({ ...record, shown: [] }), link: [] },
  };
}

function baseOf({ name, title, oneWayMs, goals }: Scenario, label: string) {
  return { scenario: name, title, label, oneWayMs, goals };
}

function pageOf({ transport, moves, clockUncertaintyMs, counters, stages, path }: ViewerRun) {
  return { transport, moves, clockUncertaintyMs, counters, stages, path };
}

/** Times to settle after a step down and a step up of the rate, where a scenario has both. */
function settling(
  { changes, goals }: Scenario,
  { durationMs, video }: { readonly durationMs: number; readonly video: readonly Sample[] },
): Pick<NetworkRun, 'settling'> {
  const rates = changes?.(durationMs).filter(({ settings }) => settings.rateBps !== undefined);
  const [down, up] = rates ?? [];
  if (down === undefined || up === undefined) return {};
  const limitMs = goals.videoP95Ms ?? Number.NaN;
  const before = video.filter(({ atMs }) => atMs < down.atMs);
  const bitrateBps = (0.9 * before.reduce((sum, { bytes }) => sum + bytes, 0) * 8_000) / down.atMs;
  return {
    settling: {
      downMs: settledAfter(video, { fromMs: down.atMs, untilMs: up.atMs, limitMs }) ?? null,
      upMs: reachedAfter(video, { fromMs: up.atMs, untilMs: durationMs, bitrateBps }) ?? null,
    },
  };
}

function rowOf(run: NetworkRun): Row {
  const { scenario, label, viewer, figures, goals, page } = run;
  const name = `${scenario} ${label}${viewer === undefined ? '' : `, viewer ${viewer}`}`;
  if (figures === undefined) return { label: name, figures: { failure: run.failure ?? '' } };
  const { video, audio, glass } = figures;
  const counters = page?.counters ?? {};
  const dropped = page === undefined ? '' : dropsOf(counters);
  return {
    label: name,
    figures: {
      'video p50': video.p50,
      p95: video.p95,
      p99: video.p99,
      goal: goals.videoP95Ms ?? '',
      'audio p95': audio.p95,
      'p99 ': audio.p99,
      'glass p50': glass.p50,
      'p95 ': glass.p95,
      fps: figures.framesPerSecond,
      'freezes/min': figures.freezesPerMinute,
      'longest ms': figures.longestFreezeMs,
      'Mbit/s': figures.bitrateBps / 1e6,
      'abandoned/discarded/missing/skipped': dropped,
      load: run.load,
    },
  };
}

function dropsOf(counters: Readonly<Record<string, number>>): string {
  const names = ['videoAbandoned', 'videoDiscarded', 'videoMissing', 'skipped'];
  return names.map((name) => counters[name] ?? 0).join('/');
}

/** Load average of the last minute: above the number of cores the figures say more about the machine than about the network. */
function load(): number {
  return Math.round((loadavg()[0] ?? 0) * 100) / 100;
}

function progress({ name }: Scenario, label: string): void {
  process.stdout.write(`  ${name}, ${label} …\n`);
}
