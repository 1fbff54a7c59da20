import type { Micros } from '../../protocol/time.ts';

/**
 * How much faster than the measured capacity pieces leave, a ratio. Above 1, so that the pacing itself never becomes what is measured:
 * an estimate that is too low grows by a quarter with each confirmation. From BBR's gain for probing (1.25).
 */
const GAIN = 1.25;

/**
 * What may leave at once, microseconds of the capacity: as long as an urgent message then stands behind it in the path's own queue.
 * Half a frame of 60 a second, so that most pictures are not paced at all (simulated: 6 to 10 ms make no difference).
 */
const BURST_US = 8_000;

/** No slower than this, bits per second: an estimate that has gone astray must not hold back what would correct it. A guess. */
const MIN_CAPACITY_BPS = 500e3;

/** Bytes that may leave at once at least: two packets, so that a timer that comes late costs nothing. */
const MIN_BURST_BYTES = 2_400;

/**
 * Keeps large pictures out of the path's queue, where priorities no longer count: what was sent drains at a little more than the
 * measured capacity, and nothing follows while more than a burst has not drained. A pure core.
 */
export class Pacer {
  #bytesPerUs = 0;
  #burstBytes = Infinity;
  #debtBytes = 0;
  #at = 0;

  /** `capacityBps`: what the path is known to carry; 0 = unknown, nothing is held back. */
  resize(capacityBps: number, now: Micros): void {
    this.#drain(now);
    const isKnown = capacityBps > 0;
    const paced = Math.max(MIN_CAPACITY_BPS, capacityBps);
    this.#bytesPerUs = isKnown ? (paced * GAIN) / 8e6 : 0;
    this.#burstBytes = isKnown ? Math.max(MIN_BURST_BYTES, (paced * BURST_US) / 8e6) : Infinity;
  }

  /** Bytes left, whether the pacer agreed or not. */
  sent(bytes: number, now: Micros): void {
    this.#drain(now);
    this.#debtBytes += bytes;
  }

  /** Microseconds until the next piece may leave; 0 = now. */
  delay(now: Micros): number {
    this.#drain(now);
    const excess = this.#debtBytes - this.#burstBytes;
    return excess < 0 ? 0 : Math.max(1, Math.ceil(excess / this.#bytesPerUs));
  }

  #drain(now: Micros): void {
    const drained = (now - this.#at) * this.#bytesPerUs;
    this.#debtBytes = this.#bytesPerUs > 0 ? Math.max(0, this.#debtBytes - drained) : 0;
    this.#at = now;
  }
}
