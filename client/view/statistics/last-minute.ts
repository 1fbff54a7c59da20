import type { PlayerStats } from '../../player.ts';
import type { StageLatency } from '../../stats/player-stats.ts';
import { History, type DeliveredRate, type LatencyPoint, type RatePoint } from './history.ts';

/** What the statistics draw: the figures of the last minute. A pure core; time is an argument. */
export class LastMinute {
  readonly #latencies = new History<StageLatency>();
  readonly #rates = new History<DeliveredRate>();

  get latencies(): readonly LatencyPoint[] {
    return this.#latencies.points;
  }

  get rates(): readonly RatePoint[] {
    return this.#rates.points;
  }

  /** @param now milliseconds, of any clock that never falls */
  add({ video, network }: PlayerStats, now: number): void {
    const recent = video?.latency?.recent;
    if (recent !== undefined) this.#latencies.add(recent, now);
    if (network === undefined) return;
    const { bitrateBps, rate } = network;
    this.#rates.add({ deliveredBps: bitrateBps, targetBps: rate?.targetBps }, now);
  }
}
