/** Runs a comparison on a live player. */
import type { AppliedSettings, UserChange, UserSettings } from '../settings/user-settings.ts';
import type { RunRecording } from '../stats/measurements.ts';
import { changeTo, undoing, type Candidate } from './candidate.ts';
import { makeReport, type ComparisonReport, type MeasuredRun, type RunStream } from './report.ts';
import { runOrder, type PlannedRun } from './run-order.ts';

/** What a comparison needs of a player. */
export interface ComparedPlayer {
  /** What holds now. */
  readonly settings: UserSettings;
  apply(change: UserChange): Promise<AppliedSettings>;
  readonly measurements: {
    startRun(): void;
    stopRun(): Promise<RunRecording>;
    /** Resolves when the next frame is shown. */
    nextFrame(): Promise<void>;
  };
}

/** What a comparison needs of its surroundings. */
export interface ComparisonOptions {
  readonly player: ComparedPlayer;
  readonly candidates: readonly Candidate[];
  readonly secondsPerRun: number;
  readonly rounds: number;
  /** Not counted after each change, ms; SETTLE_MS but in tests. */
  readonly settleMs: number;
  readonly browser: string;
  /** What the picture is now. */
  readonly stream: () => RunStream;
  /** Resolves after so many ms; rejects with the signal's reason when that comes first. */
  readonly wait: (ms: number, signal?: AbortSignal) => Promise<void>;
  readonly signal: AbortSignal;
  readonly onProgress: (progress: ComparisonProgress) => void;
}

/** Where a comparison is. */
export interface ComparisonProgress {
  readonly phase: 'changing' | 'settling' | 'running' | 'restoring';
  /** Index into the runs, and how many there are. */
  readonly run: number;
  readonly runs: number;
  /** Index into the candidates. */
  readonly candidate: number;
}

/** Rate control and buffers find their place in this time after a change, ms; a rate that was cut is back after 4 s only on a link
 * that was full, which a comparison on such a link sees in its first seconds. */
export const SETTLE_MS = 1_500;

/** A still desktop shows no frame after a change: after this time it is taken for still, ms. */
const FIRST_FRAME_MS = 2_000;

/** Longest wait for the gateway's answer, and for another transport to be in use, ms: a race of transports takes at most 6 s. */
const CHANGE_MS = 10_000;

/** Time between looks at the transport in use, ms. */
const LOOK_MS = 100;

/** Longest wait for the gateway to know the old settings again, ms; the player has them at once. */
const RESTORE_MS = 3_000;

/** Why a comparison ended early, in words for the user. */
export class ComparisonError extends Error {}

/**
 * Runs all candidates in turn and resolves with the report. Whatever happens, the settings that the candidates change are in the end as
 * they were before.
 *
 * @throws ComparisonError when a candidate's settings were refused or the connection was lost, the signal's reason when it was aborted
 */
export async function runComparison(options: ComparisonOptions): Promise<ComparisonReport> {
  const { player, candidates, secondsPerRun, rounds, settleMs, browser, signal } = options;
  const startedAt = new Date();
  const undo = undoing(candidates, player.settings);
  const plan = runOrder(candidates.length, rounds);
  const measured: MeasuredRun[] = [];
  try {
    for (const [run, planned] of plan.entries()) {
      const tell = (phase: ComparisonProgress['phase']): void =>
        options.onProgress({ phase, run, runs: plan.length, candidate: planned.candidate });
      measured.push(await measureRun(options, { planned, undo, tell }));
    }
  } finally {
    const { candidate } = plan[Math.max(0, measured.length - 1)] ?? { candidate: 0 };
    options.onProgress({ phase: 'restoring', run: measured.length, runs: plan.length, candidate });
    await Promise.race([player.apply(undo), options.wait(RESTORE_MS)]).catch(() => undefined);
  }
  signal.throwIfAborted();
  const id = reportId();
  const facts = { id, startedAt, secondsPerRun, rounds, settleMs, browser, candidates };
  return makeReport(facts, measured);
}

interface Step {
  readonly planned: PlannedRun;
  readonly undo: UserChange;
  readonly tell: (phase: ComparisonProgress['phase']) => void;
}

async function measureRun(
  options: ComparisonOptions,
  { planned, undo, tell }: Step,
): Promise<MeasuredRun> {
  const { player, candidates, secondsPerRun, settleMs, stream, wait, signal } = options;
  const candidate = candidates[planned.candidate];
  if (candidate === undefined) throw new RangeError(`candidate: got ${planned.candidate}`);
  const { measurements } = player;
  tell('changing');
  signal.throwIfAborted();
  await change(candidate, { options, undo });
  await Promise.race([measurements.nextFrame(), wait(FIRST_FRAME_MS, signal)]);
  tell('settling');
  await wait(settleMs, signal);
  tell('running');
  measurements.startRun();
  await wait(secondsPerRun * 1000, signal);
  const recording = await measurements.stopRun();
  if (recording.network.isInterrupted) {
    throw new ComparisonError('The connection was interrupted during a run.');
  }
  return { ...planned, stream: stream(), recording };
}

/** Makes a candidate's settings hold. */
async function change(
  candidate: Candidate,
  { options, undo }: { readonly options: ComparisonOptions; readonly undo: UserChange },
): Promise<void> {
  const { player, stream, wait, signal } = options;
  const isTooLate = wait(CHANGE_MS, signal).then(() => undefined);
  const applied = await Promise.race([player.apply(changeTo(candidate, undo)), isTooLate]);
  if (applied === undefined) {
    throw new ComparisonError(`The server did not answer to ${candidate.name}.`);
  }
  const [reason] = Object.values(applied.refused);
  if (reason !== undefined) throw new ComparisonError(`${candidate.name} was refused: ${reason}`);
  const { transport } = candidate.settings;
  if (transport === undefined || transport === 'auto') return;
  for (let waited = 0; stream().transport !== transport; waited += LOOK_MS) {
    if (waited >= CHANGE_MS) throw new ComparisonError(`${candidate.name} could not be reached.`);
    await wait(LOOK_MS, signal);
  }
}

/** 128 random bits in hex; `crypto.randomUUID` is withheld from pages over plain http. */
function reportId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
