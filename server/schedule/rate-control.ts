import { millisToMicros, type Micros, type Millis } from '../../protocol/time.ts';
import * as rate from './rate-constants.ts';
import { WindowedExtreme } from './windowed-extreme.ts';

/** What a tick looks at. Times in session-clock microseconds. */
export interface RateInput {
  /** LinkEstimateSnapshot.queueDelay: what the path adds. */
  readonly queueDelay: Micros;
  /** LinkEstimateSnapshot.newestDelay: what the newest messages agree on. */
  readonly newestDelay: Micros;
  /** LinkEstimateSnapshot.leastDelay: what of it is beyond doubt. */
  readonly leastDelay: Micros;
  /** DeadlineQueue.videoDelay: what waits here. */
  readonly videoDelay: Micros;
  readonly bandwidthBps: number;
  /** LinkEstimateSnapshot.capacityBps: what trains of packets show; 0 = unknown. */
  readonly capacityBps: number;
  readonly ackRateBps: number;
  /** What goes beside the picture: the target is the picture's alone. */
  readonly besideBps: number;
  /** LinkEstimateSnapshot.isProbing: what waits here waits for the window, and is no measure of the path. */
  readonly isProbing: boolean;
  /** LinkEstimateSnapshot.isStalled: what waits says nothing of the path. */
  readonly isStalled: boolean;
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
  /** Whether a window of acknowledged bytes keeps the path's queue short by itself. */
  readonly isWindowed?: boolean;
}

/**
 * Decides how much the encoder of a session may produce, so that nothing needs to be dropped. A pure core: call `tick`
 * at least every 50 ms; it acts on the first call of each 50 ms.
 */
export class RateControl {
  readonly #isWindowed: boolean;
  #targetUs: number;
  #maxBps: number;
  readonly #standing = new WindowedExtreme('min');
  /** The same, of what the newest messages agree on: nothing else calls for a decrease. */
  readonly #agreed = new WindowedExtreme('min');
  /** That over a shorter time: a queue this long needs no second look. */
  readonly #alarming = new WindowedExtreme('min');
  #rateBps: number;
  #state: RateState = 'hold';
  #standingDelayUs = 0;
  #tickedAt = -Infinity;
  #overTicks = 0;
  #holdUntil = -Infinity;
  #overuseAt = -Infinity;
  #overuseBps = Infinity;
  #overuseDelayUs = 0;
  /** How much of what trains show is believed, 0 to 1. */
  #trust = 1;

  constructor({ delayTarget, startBps, maxBps, isWindowed = true }: RateControlOptions) {
    this.#isWindowed = isWindowed;
    this.#targetUs = millisToMicros(delayTarget);
    this.#maxBps = maxBps;
    this.#rateBps = Math.min(maxBps, Math.max(rate.MIN_BPS, startBps));
  }

  /** Another queueing delay is accepted from now on. */
  setDelayTarget(delayTarget: Millis): void {
    this.#targetUs = millisToMicros(delayTarget);
  }

  /** Another highest rate from now on. Where only the old one was in the way, the new one is tried at once, as at the start. */
  setMaxBps(maxBps: number, now: Micros): void {
    if (maxBps === this.#maxBps) return;
    const wasCapped = this.#rateBps >= this.#maxBps;
    const isUnburdened = now - this.#overuseAt >= rate.OVERUSE_MEMORY_US;
    this.#maxBps = maxBps;
    this.#rateBps = wasCapped && isUnburdened ? maxBps : Math.min(maxBps, this.#rateBps);
  }

  tick(input: RateInput, now: Micros): RateDecision {
    const ours = input.isProbing || input.isStalled ? 0 : input.videoDelay;
    const agreed = (input.isStalled ? 0 : Math.min(input.queueDelay, input.newestDelay)) + ours;
    this.#standing.add(input.queueDelay + ours, now);
    this.#agreed.add(agreed, now);
    this.#alarming.add(agreed, now);
    const elapsed = now - this.#tickedAt;
    if (elapsed >= rate.TICK_US) {
      this.#tickedAt = now;
      this.#decide(input, now, Math.min(elapsed, 2 * rate.TICK_US) / 1e6);
    }
    return this.#decision;
  }

  /**
   * Something new is known of the path, between two ticks. Where it carries clearly less than is made, and its queue says so, too, nothing
   * is gained by looking again: the target goes down at once.
   */
  learn(input: RateInput, now: Micros): RateDecision {
    const { leastDelay } = input;
    const isOutrun = leastDelay > this.#targetUs && this.#isBeyond(input);
    if (isOutrun && now >= this.#holdUntil && !this.#isDraining(leastDelay, now))
      this.#decrease(input, leastDelay, now);
    return this.#decision;
  }

  get #decision(): RateDecision {
    return {
      targetBps: Math.round(this.#rateBps),
      state: this.#state,
      standingDelayUs: this.#standingDelayUs,
    };
  }

  #isBeyond(input: RateInput): boolean {
    const believed = this.#believedBps(input);
    return believed > 0 && this.#rateBps > rate.CONTRADICTION * believed;
  }

  #decide(input: RateInput, now: number, elapsedSeconds: number): void {
    const window = Math.min(rate.MAX_STANDING_US, Math.max(rate.MIN_STANDING_US, 2 * input.minRtt));
    const standing = this.#standing.value(now - window) ?? 0;
    this.#standingDelayUs = standing;
    const agreed = this.#agreed.value(now - window) ?? 0;
    this.#overTicks = agreed > rate.OVERUSE_FACTOR * this.#targetUs ? this.#overTicks + 1 : 0;
    this.#believeMore(standing, elapsedSeconds);
    this.#state = 'hold';
    if (now < this.#holdUntil) return;
    const recent = this.#alarming.value(now - rate.ALARM_WINDOW_US) ?? 0;
    const isAlarming = recent > rate.ALARM_DELAY_US;
    const isOver = this.#overTicks >= rate.OVERUSE_TICKS || isAlarming;
    const overuse = isAlarming ? recent : agreed;
    if (isOver && !this.#isDraining(overuse, now)) this.#decrease(input, overuse, now);
    else if (agreed < this.#targetUs) this.#increase(input, standing, now, elapsedSeconds);
    if (standing > rate.EASE_DELAY * this.#targetUs) this.#ease(input, elapsedSeconds);
  }

  /** What trains show is believed again by and by, where no queue contradicts. */
  #believeMore(standing: number, elapsedSeconds: number): void {
    const isEmpty = standing < rate.PROBE_DELAY * this.#targetUs;
    const growth = isEmpty ? rate.EMPTY_TRUST_GROWTH_PER_S : rate.TRUST_GROWTH_PER_S;
    this.#trust = Math.min(1, this.#trust * (1 + growth * elapsedSeconds));
  }

  /** A delay that is accepted would stand on the path for ever at a rate that is just right. */
  #ease(input: RateInput, elapsedSeconds: number): void {
    const least = rate.EASE_SHARE * this.#believedBps(input);
    if (this.#isWindowed || least === 0 || this.#rateBps <= least) return;
    this.#rateBps = Math.max(least, this.#rateBps * (1 - rate.EASE_PER_S * elapsedSeconds));
  }

  #isDraining(standing: number, now: number): boolean {
    const span = Math.max(rate.DRAINING_US, rate.DRAINING_DELAYS * this.#overuseDelayUs);
    const hasGrown = standing >= rate.DRAINING_GROWTH * this.#overuseDelayUs;
    return !hasGrown && now - this.#overuseAt < span;
  }

  #decrease(input: RateInput, standing: number, now: number): void {
    const { capacityBps, minRtt, queueDelay } = input;
    const { besideBps } = input;
    // While hardly anything stands on the path, what waits here waits for the window, whose measure is what little was sent before.
    const isOurs = queueDelay < rate.EMPTY_PATH * this.#targetUs;
    const least = (isOurs ? 1 : rate.MAX_BACKOFF) * this.#rateBps;
    const carried = Math.max(this.#carriedBps(input) - besideBps, least);
    if (capacityBps > rate.CONTRADICTION * (carried + besideBps)) {
      this.#trust = Math.max(
        rate.MIN_TRUST,
        Math.min(this.#trust, (carried + besideBps) / capacityBps),
      );
    }
    const factor = !isOurs && standing > rate.SEVERE_DELAY_US ? rate.SEVERE_BACKOFF : rate.BACKOFF;
    this.#overuseBps = Math.min(this.#rateBps, carried);
    this.#overuseAt = now;
    // What is sent from now on stands behind the queue as it is now, and shows only then.
    const delay = Math.min(rate.MAX_STANDING_US, Math.max(standing, queueDelay));
    this.#overuseDelayUs = delay;
    this.#rateBps = Math.max(rate.MIN_BPS, factor * this.#overuseBps);
    this.#holdUntil = now + Math.max(rate.MIN_HOLD_US, minRtt + delay + rate.FEEDBACK_US);
    this.#state = 'decrease';
  }

  /**
   * What the path carries while its queue grows. An estimate of much more than the rate is contradicted by that queue. Of a
   * path of which nothing is known the rate itself is the only measure: little may arrive because little is sent.
   */
  #carriedBps({ bandwidthBps, ackRateBps }: RateInput): number {
    if (bandwidthBps === 0) return this.#rateBps;
    const isContradicted = bandwidthBps > rate.CONTRADICTION * this.#rateBps;
    return isContradicted ? ackRateBps : Math.max(ackRateBps, 0.95 * bandwidthBps);
  }

  /** Never beyond what was proven with some headroom; a still screen proves little, but for what its trains showed before. */
  #increase(input: RateInput, standing: number, now: number, elapsedSeconds: number): void {
    const { ackRateBps } = input;
    const believed = this.#believedBps(input);
    const proven = Math.max(
      rate.HEADROOM * ackRateBps + rate.HEADROOM_BPS,
      rate.AT_CAPACITY * believed,
    );
    const cap = Math.min(this.#maxBps, proven);
    if (this.#rateBps >= cap) return;
    const growth = this.#growthPerSecond(believed, standing, now);
    if (growth === 0) return;
    this.#rateBps = Math.min(cap, this.#rateBps * (1 + growth * elapsedSeconds));
    this.#state = 'increase';
  }

  /** What of the capacity that trains show is the picture's; no less than what arrives. */
  #believedBps({ capacityBps, ackRateBps, besideBps }: RateInput): number {
    if (capacityBps === 0) return 0;
    return Math.max(1, Math.max(this.#trust * capacityBps, 0.9 * ackRateBps) - besideBps);
  }

  #growthPerSecond(believedBps: number, standing: number, now: number): number {
    if (believedBps === 0) return this.#growthByMemory(now);
    const share = this.#rateBps / believedBps;
    if (share < rate.NEAR_CAPACITY) return rate.FAST_GROWTH_PER_S;
    if (standing > rate.PROBE_DELAY * this.#targetUs) return 0;
    if (share < rate.AT_CAPACITY) return rate.SLOW_GROWTH_PER_S;
    return share < rate.BEYOND_CAPACITY ? rate.CAREFUL_GROWTH_PER_S : rate.BEYOND_GROWTH_PER_S;
  }

  /** Where no train was seen, the rate of the last overuse stands for the capacity. */
  #growthByMemory(now: number): number {
    const isRemembered = now - this.#overuseAt < rate.OVERUSE_MEMORY_US;
    const share = isRemembered ? this.#rateBps / this.#overuseBps : 0;
    if (share < rate.NEAR_OVERUSE) return rate.FAST_GROWTH_PER_S;
    return share < rate.BEYOND_CAPACITY ? rate.SLOW_GROWTH_PER_S : rate.BEYOND_GROWTH_PER_S;
  }
}
