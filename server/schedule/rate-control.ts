import { millisToMicros, type Micros, type Millis } from '../../protocol/time.ts';
import { WindowedExtreme } from './windowed-extreme.ts';

/** What a tick looks at. Times in session-clock microseconds. */
export interface RateInput {
  /** LinkEstimateSnapshot.queueDelay: what the path adds. */
  readonly queueDelay: Micros;
  /** DeadlineQueue.videoDelay: what waits here. */
  readonly videoDelay: Micros;
  readonly bandwidthBps: number;
  readonly ackRateBps: number;
  readonly minRtt: Micros;
}

/** RATE `state`: what the last tick did. */
export type RateState = 'hold' | 'increase' | 'decrease';

/** What the encoder should produce. */
export interface RateDecision {
  readonly targetBps: number;
  readonly state: RateState;
  /** The standing delay that it was decided on: the lowest of the recent ones. */
  readonly standingDelayUs: number;
}

/** How a rate control starts. */
export interface RateControlOptions {
  /** Dt of the latency mode. */
  readonly delayTarget: Millis;
  readonly startBps: number;
  /** The highest rate, from the configuration. */
  readonly maxBps: number;
}

/** Constants of the draft, found with emulated links of 1–20 Mbit/s and 40 ms; the ratios have no unit. */
const TICK_US = 50e3;
const MIN_BPS = 300e3;
const OVERUSE_FACTOR = 1.5;
const OVERUSE_TICKS = 2;
const BACKOFF = 0.85;
const SEVERE_BACKOFF = 0.6;
const SEVERE_DELAY_US = 100e3;
const MIN_HOLD_US = 100e3;
const FAST_GROWTH_PER_S = 0.8;
const SLOW_GROWTH_PER_S = 0.06;
const OVERUSE_MEMORY_US = 8e6;
const HEADROOM = 1.5;
const HEADROOM_BPS = 200e3;

/** From this share of the rate of the last overuse on, growth is slow. A guess: measure how often growth overshoots. */
const NEAR_OVERUSE = 0.8;

/**
 * For this long after a decrease only a delay that has grown this much calls for another: the queue needs time to drain, and
 * steps that follow each other gave away a third of the path (on simulated links of 3 to 20 Mbit/s).
 */
const DRAINING_US = 500e3;
const DRAINING_GROWTH = 1.1;

/** A rate this much beyond that of the last overuse, without a queue: the path has more to give now; growth is moderate. */
const BEYOND_OVERUSE = 1.1;
const BEYOND_GROWTH_PER_S = 0.3;

/** The standing delay is the lowest of two round trips, within these bounds: one late frame is no overuse. */
const MIN_STANDING_US = 150e3;
const MAX_STANDING_US = 400e3;

/**
 * Decides how much the encoder of a session may produce, so that nothing needs to be dropped. A pure core: call `tick`
 * at least every 50 ms; it acts on the first call of each 50 ms.
 */
export class RateControl {
  readonly #targetUs: number;
  readonly #maxBps: number;
  readonly #standing = new WindowedExtreme('min');
  #rateBps: number;
  #state: RateState = 'hold';
  #standingDelayUs = 0;
  #tickedAt = -Infinity;
  #overTicks = 0;
  #holdUntil = -Infinity;
  #overuseAt = -Infinity;
  #overuseBps = Infinity;
  #overuseDelayUs = 0;

  constructor({ delayTarget, startBps, maxBps }: RateControlOptions) {
    this.#targetUs = millisToMicros(delayTarget);
    this.#maxBps = maxBps;
    this.#rateBps = Math.min(maxBps, Math.max(MIN_BPS, startBps));
  }

  tick(input: RateInput, now: Micros): RateDecision {
    this.#standing.add(input.queueDelay + input.videoDelay, now);
    const elapsed = now - this.#tickedAt;
    if (elapsed >= TICK_US) {
      this.#tickedAt = now;
      this.#decide(input, now, Math.min(elapsed, 2 * TICK_US) / 1e6);
    }
    return {
      targetBps: Math.round(this.#rateBps),
      state: this.#state,
      standingDelayUs: this.#standingDelayUs,
    };
  }

  #decide(input: RateInput, now: number, elapsedSeconds: number): void {
    const window = Math.min(MAX_STANDING_US, Math.max(MIN_STANDING_US, 2 * input.minRtt));
    const standing = this.#standing.value(now - window) ?? 0;
    this.#standingDelayUs = standing;
    this.#overTicks = standing > OVERUSE_FACTOR * this.#targetUs ? this.#overTicks + 1 : 0;
    this.#state = 'hold';
    if (now < this.#holdUntil) return;
    const isDraining =
      standing < DRAINING_GROWTH * this.#overuseDelayUs && now - this.#overuseAt < DRAINING_US;
    if (this.#overTicks >= OVERUSE_TICKS && !isDraining) this.#decrease(input, standing, now);
    else if (standing < this.#targetUs) this.#increase(input, now, elapsedSeconds);
  }

  #decrease({ ackRateBps, bandwidthBps, minRtt }: RateInput, standing: number, now: number): void {
    // Of a path of which nothing is known the rate itself is the only measure: little may arrive because little is sent.
    const carried = bandwidthBps > 0 ? Math.max(ackRateBps, 0.95 * bandwidthBps) : this.#rateBps;
    const factor = standing > SEVERE_DELAY_US ? SEVERE_BACKOFF : BACKOFF;
    this.#overuseBps = Math.min(this.#rateBps, carried);
    this.#overuseAt = now;
    this.#overuseDelayUs = standing;
    this.#rateBps = Math.max(MIN_BPS, factor * this.#overuseBps);
    this.#holdUntil = now + Math.max(MIN_HOLD_US, minRtt + standing);
    this.#state = 'decrease';
  }

  /** Never beyond what the recent acknowledgements prove with some headroom; a still screen proves little. */
  #increase({ ackRateBps }: RateInput, now: number, elapsedSeconds: number): void {
    const cap = Math.min(this.#maxBps, HEADROOM * ackRateBps + HEADROOM_BPS);
    if (this.#rateBps >= cap) return;
    const growth = this.#growthPerSecond(now);
    this.#rateBps = Math.min(cap, this.#rateBps * (1 + growth * elapsedSeconds));
    this.#state = 'increase';
  }

  #growthPerSecond(now: number): number {
    const isRemembered = now - this.#overuseAt < OVERUSE_MEMORY_US;
    if (!isRemembered || this.#rateBps < NEAR_OVERUSE * this.#overuseBps) return FAST_GROWTH_PER_S;
    const isBeyond = this.#rateBps > BEYOND_OVERUSE * this.#overuseBps;
    return isBeyond ? BEYOND_GROWTH_PER_S : SLOW_GROWTH_PER_S;
  }
}
