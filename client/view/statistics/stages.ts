/** The stages of a frame's way, as the overlay draws them. */
import type { LatencyBreakdown } from '../../stats/player-stats.ts';
import {
  stageLabels,
  stageNames,
  type StageLabel,
  type StageName,
} from '../../stats/stage-labels.ts';

/** One stage; its name is also the class of its colour. */
export interface StageShare extends StageLabel {
  readonly name: StageName;
  /** Of a typical frame, in milliseconds; those that are known add up to its total. Undefined: not known. */
  readonly typicalMs: number | undefined;
  readonly p95Ms: number | undefined;
}

/** The stages of a breakdown, in order. */
export function stageShares(latency: LatencyBreakdown): readonly StageShare[] {
  return stageNames.map((name) => ({
    name,
    ...stageLabels[name],
    typicalMs: latency.typical[`${name}Ms`],
    p95Ms: latency[name]?.p95Ms,
  }));
}

/** A part of the bar, in percent of its width. */
export interface BarPart {
  readonly name: StageName;
  readonly start: number;
  readonly width: number;
}

/** Lays the stages side by side. One that is not known, or that the clock's error made negative, has no width. */
export function barParts(shares: readonly StageShare[]): readonly BarPart[] {
  const length = ({ typicalMs = 0 }: StageShare): number => Math.max(0, typicalMs);
  const sum = shares.reduce((total, share) => total + length(share), 0);
  let start = 0;
  return shares.map((share) => {
    const width = sum === 0 ? 0 : (length(share) / sum) * 100;
    const part = { name: share.name, start, width };
    start += width;
    return part;
  });
}
