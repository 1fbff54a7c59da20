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

/**
 * While the path itself is expected to keep what is sent now for longer, nothing follows, microseconds: at a gain above 1 a keyframe of 200 KB
 * on 10 Mbit/s puts 40 ms before every sound. Simulated, 8 to 15 ms: at 8 a path of 5 Mbit/s was not used any more.
 */
const STANDING_US = 12_000;

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
  /** What stands on the path, as it was last told and with what was sent since; undefined = never told. */
  #standingBytes: number | undefined;
  #at = 0;

  /** `capacityBps`: what the path is known to carry; 0 = unknown, nothing is held back. */
  resize(capacityBps: number, now: Micros): void {
    this.#drain(now);
    const isKnown = capacityBps > 0;
    const paced = Math.max(MIN_CAPACITY_BPS, capacityBps);
    this.#bytesPerUs = isKnown ? (paced * GAIN) / 8e6 : 0;
    this.#burstBytes = isKnown ? Math.max(MIN_BURST_BYTES, (paced * BURST_US) / 8e6) : Infinity;
  }

  /** How long what is sent at `now` is expected to wait on the path. */
  expect(standingUs: number, now: Micros): void {
    this.#drain(now);
    this.#standingBytes = (standingUs * this.#bytesPerUs) / GAIN;
  }

  /** Bytes left, whether the pacer agreed or not. */
  sent(bytes: number, now: Micros): void {
    this.#drain(now);
    this.#debtBytes += bytes;
    if (this.#standingBytes !== undefined) this.#standingBytes += bytes;
  }

  /** Microseconds until the next piece may leave; 0 = now. */
  delay(now: Micros): number {
    this.#drain(now);
    const excess = this.#debtBytes - this.#burstBytes;
    const paced = excess < 0 ? 0 : Math.max(1, Math.ceil(excess / this.#bytesPerUs));
    return Math.max(paced, this.#standingDelay);
  }

  get #standingDelay(): number {
    if (this.#standingBytes === undefined || this.#bytesPerUs === 0) return 0;
    const capacity = this.#bytesPerUs / GAIN;
    const excess = this.#standingBytes - Math.max(MIN_BURST_BYTES, STANDING_US * capacity);
    return excess < 0 ? 0 : Math.max(1, Math.ceil(excess / capacity));
  }

  #drain(now: Micros): void {
    const drained = (now - this.#at) * this.#bytesPerUs;
    this.#debtBytes = this.#bytesPerUs > 0 ? Math.max(0, this.#debtBytes - drained) : 0;
    if (this.#standingBytes !== undefined)
      this.#standingBytes = Math.max(0, this.#standingBytes - drained / GAIN);
    this.#at = now;
  }
}
