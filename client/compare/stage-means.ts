/** Where the time of a run's frames went, in means: those of several runs and of all stages add up. Pure. */
import { stageNames, type StageName } from '../stats/stage-labels.ts';

/** What one stage took in one run. */
export interface StageMean {
  readonly meanMs: number;
  /** Frames of which it is known. */
  readonly frames: number;
}

/** Of each stage of which anything is known. */
export type StageMeans = Readonly<Partial<Record<StageName, StageMean>>>;

/** @param stagesMs of each frame; NaN where it is not known */
export function stageMeans(stagesMs: Readonly<Record<StageName, readonly number[]>>): StageMeans {
  return collected((name) => {
    const known = stagesMs[name].filter((ms) => Number.isFinite(ms));
    const sum = known.reduce((total, ms) => total + ms, 0);
    return { meanMs: sum / known.length, frames: known.length };
  });
}

/** The means over all frames of several runs. */
export function joinedMeans(runs: readonly StageMeans[]): StageMeans {
  return collected((name) => {
    const parts = runs.flatMap((run) => run[name] ?? []);
    const frames = parts.reduce((total, part) => total + part.frames, 0);
    const sum = parts.reduce((total, part) => total + part.meanMs * part.frames, 0);
    return { meanMs: sum / frames, frames };
  });
}

function collected(meanOf: (name: StageName) => StageMean): StageMeans {
  const means: Partial<Record<StageName, StageMean>> = {};
  for (const name of stageNames) {
    const { meanMs, frames } = meanOf(name);
    // Hundredths are far below what is measured.
    if (frames > 0) means[name] = { meanMs: Math.round(meanMs * 100) / 100, frames };
  }
  return means;
}
