/** The order in which candidates run. */

/** One run: which candidate (index), and in which round (from 0). */
export interface PlannedRun {
  readonly candidate: number;
  readonly round: number;
}

/** How many rounds a comparison may have; one alone cannot tell a difference from chance. */
export const rounds = { least: 1, most: 6, usual: 2 } as const;

/** Seconds of one run. */
export const runSeconds = { least: 3, most: 60, usual: 10 } as const;

/**
 * Each round runs every candidate once, every second round backwards: ABBA. What drifts evenly while the comparison runs (a machine that
 * warms up, a link that fills) then meets all candidates alike.
 */
export function runOrder(candidates: number, roundCount: number): readonly PlannedRun[] {
  const forward = Array.from({ length: candidates }, (_, candidate) => candidate);
  return Array.from({ length: roundCount }, (_, round) => {
    const order = round % 2 === 0 ? forward : [...forward].reverse();
    return order.map((candidate) => ({ candidate, round }));
  }).flat();
}
