import type { StageLatency } from '../../stats/player-stats.ts';

/** Seconds that a history reaches back. */
export const HISTORY_SECONDS = 60;

/** A value of about half a second. `at` in milliseconds, of any clock that never falls. */
export type HistoryPoint<Value> = Value & { readonly at: number };

/** Total latency of the frames of a moment. */
export type LatencyPoint = HistoryPoint<StageLatency>;

/** What came and what the server aimed at, bits per second. */
export interface DeliveredRate {
  readonly deliveredBps: number;
  /** Undefined until the server said it. */
  readonly targetBps: number | undefined;
}

/** Bit rates of a moment. */
export type RatePoint = HistoryPoint<DeliveredRate>;

/** Points kept: four a second, twice as many as come, so that a burst after a pause fits too. */
const MAX_POINTS = HISTORY_SECONDS * 4;

/** The values of the last minute. A pure core; time is an argument. */
export class History<Value extends object> {
  #points: readonly HistoryPoint<Value>[] = [];

  /** A new list with each change, oldest first. */
  get points(): readonly HistoryPoint<Value>[] {
    return this.#points;
  }

  add(value: Value, at: number): void {
    const oldest = at - HISTORY_SECONDS * 1000;
    const kept = this.#points.filter((point) => point.at >= oldest).slice(1 - MAX_POINTS);
    this.#points = [...kept, { ...value, at }];
  }
}
