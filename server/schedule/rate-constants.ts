/**
 * The constants of rate control, all in one place: ratios have no unit, times are microseconds, rates bits per second. "Draft" means
 * found with emulated links of 1 to 20 Mbit/s and 40 ms; "simulated" means chosen with test/support/simulation.
 */

/** How often is decided. Draft. */
export const TICK_US = 50e3;

/** The encoder is never asked for less: below it a picture of text is not readable. Draft. */
export const MIN_BPS = 300e3;

/** A standing delay beyond this many times Dt is overuse, on so many ticks in a row. Draft. */
export const OVERUSE_FACTOR = 1.5;
export const OVERUSE_TICKS = 2;

/** A delay this long for so long is acted on at once. Losses and jitter are shorter; simulated on a step from 20 to 5 Mbit/s. */
export const ALARM_DELAY_US = 80e3;
export const ALARM_WINDOW_US = 60e3;

/** What a decrease leaves of what the path carries: empties 20 ms of queue in 170 ms. Simulated; the 0.85 of the draft swung by more than 30 %. */
export const BACKOFF = 0.88;

/** The same when the delay is so long that it has to be emptied fast. Draft. */
export const SEVERE_BACKOFF = 0.6;
export const SEVERE_DELAY_US = 75e3;

/** A decrease goes no further down than this at once: the measure of the moment may be wrong. A guess. */
export const MAX_BACKOFF = 0.4;

/**
 * Below this share of Dt on the path a queue at the sender calls for one small step, whatever the bandwidth seems to be: on a busy machine
 * a clean path of 20 Mbit/s was taken for one of 0.4, in steps to a quarter (measured).
 */
export const EMPTY_PATH = 0.5;

/** Nothing changes for this long, and for a round trip, the queue and the way of a report, after a decrease. Draft; simulated. */
export const MIN_HOLD_US = 100e3;
export const FEEDBACK_US = 50e3;

/**
 * For this long after a decrease, and for so many times the delay, only a delay that has grown this much calls for another:
 * the queue needs time to drain, and steps that follow each other gave away a third of the path (simulated, 3 to 20 Mbit/s).
 */
export const DRAINING_US = 500e3;
export const DRAINING_DELAYS = 3;
export const DRAINING_GROWTH = 1.2;

/** Growth per second: far from the capacity, near it, at it, and beyond it. The first two are of the draft, the others simulated. */
export const FAST_GROWTH_PER_S = 0.8;
export const SLOW_GROWTH_PER_S = 0.06;
export const CAREFUL_GROWTH_PER_S = 0.02;
export const BEYOND_GROWTH_PER_S = 0.3;

/** Near the capacity nothing grows while a delay beyond this share of Dt stands: the last percents of the rate are bought with it. Simulated. */
export const PROBE_DELAY = 0.25;

/** Shares of the capacity at which growth becomes slow, careful and, where no queue contradicts, moderate again. Simulated. */
export const NEAR_CAPACITY = 0.85;
export const AT_CAPACITY = 0.95;
export const BEYOND_CAPACITY = 1.1;

/** The rate of the last overuse counts as the capacity for this long, where trains show none; growth is slow from this share on. Draft. */
export const OVERUSE_MEMORY_US = 8e6;
export const NEAR_OVERUSE = 0.8;

/** Growth never runs ahead of what was acknowledged by more than this, unless trains show more. Draft. */
export const HEADROOM = 1.5;
export const HEADROOM_BPS = 200e3;

/**
 * Trains that show this much more than the path carried when its queue grew are not to be believed: a sender whose congestion window
 * holds it back (losses) sends each picture fast and must wait then. The belief doubles in about seven seconds, and in less than three while
 * nothing stands on the path, which a sender that is held back does not see for long. Simulated, 0.1 to 0.6 for the second.
 */
export const CONTRADICTION = 1.3;
export const TRUST_GROWTH_PER_S = 0.1;
export const EMPTY_TRUST_GROWTH_PER_S = 0.3;
export const MIN_TRUST = 0.02;

/** The standing delay is the lowest of two round trips, within these bounds: one late frame is no overuse. Draft. */
export const MIN_STANDING_US = 150e3;
export const MAX_STANDING_US = 400e3;

/** While a queue longer than this stands on a path of which too little is told to know what stands there, so much of what it carries leaves, until it has gone. Simulated. */
export const DRAIN_DELAY_US = 50e3;
export const DRAIN_SHARE = 0.3;

/**
 * Beyond this share of Dt the rate goes down by so much a second, as far as this share of the capacity: what stands is to go, without the
 * haste of a decrease. Simulated.
 */
export const EASE_DELAY = 0.4;
export const EASE_PER_S = 0.25;
export const EASE_SHARE = 0.87;
