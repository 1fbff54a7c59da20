/** A finished comparison: what is shown, stored and exported. The format is described in docs/comparing.md. */
import type { UserChange } from '../settings/user-settings.ts';
import type { RunRecording } from '../stats/measurements.ts';
import type { Candidate } from './candidate.ts';
import { figuresOf, quantile, type Figures, type RunSample } from './figures.ts';
import { stageMeans } from './stage-means.ts';
import { verdictOn } from './verdict.ts';

/** Name and version of the format; the number grows when an old reader would misread a new report. */
export const REPORT_SCHEMA = 'oriel.comparison/1';

/** Which latency the figures are of. */
export type LatencyKind = 'glassToGlass' | 'captureToShown';

/** A candidate as it is kept. */
export interface ReportCandidate {
  readonly name: string;
  readonly settings: UserChange;
}

/** What the picture was during a run. */
export interface RunStream {
  readonly codec: string | null;
  readonly transport: string | null;
  readonly width: number;
  readonly height: number;
  /** Where pictures were drawn; absent in reports of older pages, null when not known. */
  readonly sink?: string | null;
}

/** One run. */
export interface ReportRun extends RunSample {
  /** Index into `candidates`. */
  readonly candidate: number;
  /** From 0. */
  readonly round: number;
  readonly stream: RunStream;
  /** When each frame with a latency was shown, ms since the run began; as many as `latenciesMs`. */
  readonly atMs: readonly number[];
  readonly figures: Figures;
}

/** A comparison as it is shown, kept and saved; what JSON holds. */
export interface ComparisonReport {
  readonly schema: typeof REPORT_SCHEMA;
  readonly id: string;
  /** ISO 8601, UTC. */
  readonly startedAt: string;
  readonly secondsPerRun: number;
  readonly rounds: number;
  /** Not counted after each change, ms. */
  readonly settleMs: number;
  readonly latency: LatencyKind;
  readonly browser: string;
  readonly candidates: readonly ReportCandidate[];
  /** Figures of each candidate's runs together, in the order of `candidates`. */
  readonly totals: readonly Figures[];
  readonly verdict: string;
  /** In the order in which they ran. */
  readonly runs: readonly ReportRun[];
}

/** A run as it was measured. */
export interface MeasuredRun {
  readonly candidate: number;
  readonly round: number;
  readonly stream: RunStream;
  readonly recording: RunRecording;
}

/** What is known of a comparison beside its runs. */
export interface ReportFacts {
  readonly id: string;
  readonly startedAt: Date;
  readonly secondsPerRun: number;
  readonly rounds: number;
  readonly settleMs: number;
  readonly browser: string;
  readonly candidates: readonly Candidate[];
}

/** Least part of a run's frames whose painted clock was read, for glass to glass. A painter may be slower than the encoder. */
const GLASS_SHARE = 0.25;

/** Painted to captured lies between these, ms, where painter and page have one clock; a slow painter's period is in it. */
const PAINTED_BEFORE_CAPTURE = { least: -10, most: 250 } as const;

/** Makes the report of finished runs. */
export function makeReport(facts: ReportFacts, measured: readonly MeasuredRun[]): ComparisonReport {
  const isGlass = measured.length > 0 && measured.every(({ recording }) => hasGlass(recording));
  const latency = isGlass ? 'glassToGlass' : 'captureToShown';
  const runs = measured.map((run) => reportRun(run, latency));
  const byCandidate = facts.candidates.map((_, index) =>
    runs.filter(({ candidate }) => candidate === index),
  );
  return {
    schema: REPORT_SCHEMA,
    id: facts.id,
    startedAt: facts.startedAt.toISOString(),
    secondsPerRun: facts.secondsPerRun,
    rounds: facts.rounds,
    settleMs: facts.settleMs,
    latency,
    browser: facts.browser,
    candidates: facts.candidates.map(({ name, settings }) => ({ name, settings })),
    totals: byCandidate.map(figuresOf),
    verdict: verdictOn(
      facts.candidates.map(({ name }, index) => ({
        name,
        rounds: [...(byCandidate[index] ?? [])]
          .sort((a, b) => a.round - b.round)
          .map(({ figures }) => figures),
      })),
    ),
    runs,
  };
}

function reportRun(measured: MeasuredRun, kind: LatencyKind): ReportRun {
  const { candidate, round, stream, recording } = measured;
  const { frames, network, audioUnderruns } = recording;
  const latencies = kind === 'glassToGlass' ? frames.glassMs : frames.latencyMs;
  const points = frames.shownAtMs.flatMap((shownAt, index) => {
    const latency = latencies[index];
    const isKnown = latency !== undefined && Number.isFinite(latency);
    return isKnown ? [[rounded(shownAt - frames.startedAtMs), rounded(latency)] as const] : [];
  });
  const sample: RunSample = {
    durationMs: rounded(frames.endedAtMs - frames.startedAtMs),
    shown: frames.shownAtMs.length + frames.unrecorded,
    latenciesMs: points.map(([, latency]) => latency),
    freezesMs: frames.freezesMs.map(rounded),
    dropped: {
      deadline: network.deadline,
      superseded: network.superseded,
      givenUp: network.otherAbandoned,
      undecodable: network.undecodable,
      skipped: frames.counters.superseded,
      late: frames.counters.late,
    },
    // Without sound from the desktop nothing can run dry.
    audioUnderruns: network.audioPackets === 0 ? null : (audioUnderruns ?? null),
    receivedBytes: network.receivedBytes,
    stages: stageMeans(frames.stagesMs),
  };
  const atMs = points.map(([at]) => at);
  return { candidate, round, stream, ...sample, atMs, figures: figuresOf([sample]) };
}

/** Whether the test pattern was on screen, painted by this machine's own clock. */
function hasGlass({ frames }: RunRecording): boolean {
  const { glassMs, latencyMs } = frames;
  const waits = glassMs.flatMap((glass, index) => {
    const wait = glass - (latencyMs[index] ?? Number.NaN);
    return Number.isFinite(wait) ? [wait] : [];
  });
  if (waits.length === 0 || waits.length < GLASS_SHARE * glassMs.length) return false;
  const typical = quantile(
    waits.sort((a, b) => a - b),
    0.5,
  );
  const { least, most } = PAINTED_BEFORE_CAPTURE;
  return typical >= least && typical <= most;
}

/** Hundredths are far below what is measured, and half the size of a stored report. */
const rounded = (value: number): number => Math.round(value * 100) / 100;
