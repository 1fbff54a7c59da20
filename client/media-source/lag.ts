/** Playback runs at most this much faster to come back to the live edge: faster is noticed, and decoders do not keep up. */
const MOST_RATE = 1.5;

/** How strongly the rate answers to lag, per second of it. */
const GAIN = 4;

/** A rate that differs by less is left alone: every change disturbs the player's clock. */
const RATE_STEP = 0.02;

/** Lag from which catching up by speed takes too long, s: at one and a half times the speed it is 0.8 s. */
const SEEK_LAG = 0.4;

/** How an element comes back to the live edge. */
export interface CatchUp {
  readonly rate: number;
  /** Playing faster is not enough: go on at the next keyframe. */
  readonly seeks: boolean;
}

/**
 * What to do about the lag of an element behind the end of its buffer; seconds.
 *
 * @param rate the present one, which is kept while it is nearly right
 */
export function catchUp(lag: number, target: number, rate: number): CatchUp {
  const wanted = Math.max(0.5, Math.min(MOST_RATE, 1 + GAIN * (lag - target)));
  const isNear = Math.abs(wanted - rate) < RATE_STEP;
  return { rate: isNear ? rate : wanted, seeks: lag - target > SEEK_LAG };
}
