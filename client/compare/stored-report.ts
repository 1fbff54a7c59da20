/** Reads reports that were stored or imported: by an older page, or damaged. Pure. */
import { stageNames } from '../stats/stage-labels.ts';
import { candidateCount } from './candidate.ts';
import { dropReasons, figuresOf, type DroppedFrames } from './figures.ts';
import type { StageMeans } from './stage-means.ts';
import { REPORT_SCHEMA, type ComparisonReport, type ReportRun } from './report.ts';

/** Reports kept in this browser. */
export const MAX_REPORTS = 10;

/** Bounds of what is believed: six rounds of four candidates, and a run's frames (stats/run-recorder.ts). */
const MAX_RUNS = 24;
const MAX_FRAMES = 10_000;
const MAX_TEXT = 2_000;

type Unknown = Readonly<Record<string, unknown>>;

/** Reads a report; undefined when it is none of this version, or any part of it is missing or wrong. */
export function readReport(value: unknown): ComparisonReport | undefined {
  if (!isObject(value) || value['schema'] !== REPORT_SCHEMA) return undefined;
  const { candidates, runs } = value;
  const isWhole =
    ['id', 'startedAt', 'verdict', 'browser'].every((name) => isText(value[name])) &&
    ['secondsPerRun', 'rounds', 'settleMs'].every((name) => isCount(value[name])) &&
    (value['latency'] === 'glassToGlass' || value['latency'] === 'captureToShown') &&
    !Number.isNaN(Date.parse(String(value['startedAt']))) &&
    isListOf(candidates, candidateCount.most, isCandidate) &&
    isListOf(runs, MAX_RUNS, (run) => isRun(run, candidates.length));
  if (!isWhole) return undefined;
  // Every member was looked at.
  const report = value as unknown as ComparisonReport;
  // Figures are made anew rather than believed: they follow from the runs.
  const own = report.runs.map((run) => ({ ...run, figures: figuresOf([run]) }));
  const totals = report.candidates.map((_, index) =>
    figuresOf(own.filter(({ candidate }) => candidate === index)),
  );
  return { ...report, runs: own, totals };
}

/** What to keep of everything that is stored, newest first, and the keys of what to delete. */
export function sortStored(stored: readonly { readonly key: string; readonly value: unknown }[]): {
  readonly kept: readonly ComparisonReport[];
  readonly dropped: readonly string[];
} {
  const read = stored.map(({ key, value }) => ({ key, report: readReport(value) }));
  const whole = read
    .flatMap(({ key, report }) => (report?.id === key ? [report] : []))
    .sort((a, b) => Date.parse(b.startedAt) - Date.parse(a.startedAt));
  const kept = whole.slice(0, MAX_REPORTS);
  const keptIds = new Set(kept.map(({ id }) => id));
  return { kept, dropped: read.map(({ key }) => key).filter((key) => !keptIds.has(key)) };
}

function isCandidate(value: unknown): boolean {
  return isObject(value) && isText(value['name']) && isObject(value['settings']);
}

function isRun(value: unknown, candidates: number): value is ReportRun {
  if (!isObject(value)) return false;
  const { candidate, atMs, latenciesMs, freezesMs, dropped, stream, audioUnderruns, stages } =
    value;
  return (
    isCount(candidate) &&
    candidate < candidates &&
    ['round', 'durationMs', 'shown', 'receivedBytes'].every((name) => isCount(value[name])) &&
    isListOf(atMs, MAX_FRAMES, isNumber) &&
    isListOf(latenciesMs, MAX_FRAMES, isNumber) &&
    atMs.length === latenciesMs.length &&
    isListOf(freezesMs, MAX_FRAMES, isNumber) &&
    isDropped(dropped) &&
    isStream(stream) &&
    (stages === undefined || areStages(stages)) &&
    (audioUnderruns === null || isCount(audioUnderruns))
  );
}

function isDropped(value: unknown): value is DroppedFrames {
  return isObject(value) && dropReasons.every((reason) => isCount(value[reason]));
}

function areStages(value: unknown): value is StageMeans {
  return isObject(value) && stageNames.every((name) => isStage(value[name]));
}

function isStage(value: unknown): boolean {
  if (value === undefined) return true;
  return isObject(value) && isNumber(value['meanMs']) && isCount(value['frames']);
}

function isStream(value: unknown): boolean {
  if (!isObject(value)) return false;
  const { codec, transport, width, height, sink = null } = value;
  const areNames = [codec, transport, sink].every((name) => name === null || isText(name));
  return areNames && isCount(width) && isCount(height);
}

const isObject = (value: unknown): value is Unknown => typeof value === 'object' && value !== null;
const isText = (value: unknown): boolean => typeof value === 'string' && value.length <= MAX_TEXT;
const isNumber = (value: unknown): value is number => Number.isFinite(value);
const isCount = (value: unknown): value is number => isNumber(value) && value >= 0;

function isListOf(
  value: unknown,
  most: number,
  is: (item: unknown) => boolean,
): value is readonly unknown[] {
  return Array.isArray(value) && value.length <= most && value.every(is);
}
