import type { StageLatency } from '../../worker-messages.ts';

/** Seconds that the history reaches back. */
export const HISTORY_SECONDS = 60;

/** Total latency of the frames of about half a second. `at` in milliseconds, of any clock that never falls. */
export interface HistoryPoint extends StageLatency {
  readonly at: number;
}

/** Points kept: four a second, twice as many as come, so that a burst after a pause fits too. */
const MAX_POINTS = HISTORY_SECONDS * 4;

/** The total latency of the last minute. A pure core; time is an argument. */
export class LatencyHistory {
  #points: readonly HistoryPoint[] = [];

  /** A new list with each change, oldest first. */
  get points(): readonly HistoryPoint[] {
    return this.#points;
  }

  add(latency: StageLatency, at: number): void {
    const oldest = at - HISTORY_SECONDS * 1000;
    const kept = this.#points.filter((point) => point.at >= oldest).slice(1 - MAX_POINTS);
    this.#points = [...kept, { ...latency, at }];
  }
}
