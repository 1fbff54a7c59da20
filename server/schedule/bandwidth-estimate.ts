import type { RateSample } from './delivery-rate.ts';
import { WindowedExtreme } from './windowed-extreme.ts';

/**
 * How long an estimate stands that nothing has confirmed and nothing has contested, because the sender had little to say.
 * Ten seconds is the span of the other long windows here; a desktop that rests is the usual case, and paths seldom
 * change while it does.
 */
const HELD_US = 10e6;

/**
 * A sample confirms the estimate that has this share of it. The estimate is the largest of many samples of one path, and the others are a
 * little smaller: a path in full use counted as untried every ten seconds (simulated).
 */
const CONFIRMING_SHARE = 0.9;

/** Beyond that it halves in this time, down to this share: the next burst then needs one round trip more, not many. */
const HALVING_US = 10e6;
const LEAST_HELD_SHARE = 1 / 4;

/**
 * The bandwidth of a path from samples of its rate of delivery, as BBR does it: a sample of a sender that had nothing more
 * to send says only that the path carries at least this much. The estimate rises with any sample, and falls when
 * full-speed samples have contradicted it for a whole window. A pure core; times in microseconds.
 */
export class BandwidthEstimate {
  #bps = 0;
  #provenAt = 0;
  /** Samples below the estimate that were taken at full speed, without a longer pause between them. */
  #contests = new WindowedExtreme('max');
  #contestedSince = Infinity;
  #contestedAt = -Infinity;

  /** `window`: how long contradiction has to last. */
  add({ rateBps, isAppLimited }: RateSample, now: number, window: number): void {
    const value = this.value(now);
    if (rateBps >= value) {
      this.reset(rateBps, now);
      return;
    }
    if (rateBps >= CONFIRMING_SHARE * value) this.#confirm(value, now);
    if (!isAppLimited) this.#contest(rateBps, now, window);
  }

  value(now: number): number {
    const unproven = now - this.#provenAt - HELD_US;
    if (unproven <= 0) return this.#bps;
    return this.#bps * Math.max(LEAST_HELD_SHARE, 2 ** (-unproven / HALVING_US));
  }

  /** Whether nothing has confirmed the estimate for so long that it is only a memory. */
  isStale(now: number): boolean {
    return now - this.#provenAt > HELD_US;
  }

  /** Puts a rate that is known better in the place of the estimate. */
  reset(rateBps: number, now: number): void {
    this.#bps = rateBps;
    this.#provenAt = now;
    this.#contestedSince = Infinity;
    this.#contestedAt = -Infinity;
  }

  #confirm(bps: number, now: number): void {
    this.#bps = bps;
    this.#provenAt = now;
  }

  #contest(rateBps: number, now: number, window: number): void {
    if (now - this.#contestedAt > window) {
      this.#contestedSince = now;
      this.#contests = new WindowedExtreme('max');
    }
    this.#contestedAt = now;
    this.#contests.add(rateBps, now);
    if (now - this.#contestedSince < window) return;
    this.#bps = this.#contests.value(now - window) ?? rateBps;
    this.#provenAt = now;
  }
}
