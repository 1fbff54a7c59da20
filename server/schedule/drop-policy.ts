/**
 * The only reasons to drop a message on its way to a viewer. Pure functions of numbers: the deadline queue asks them
 * and counts the answers; nothing else on the server may drop media.
 */

import type { AbandonReasonValue } from '../transport/transport.ts';

/**
 * Why the queue dropped a message:
 * - `expired`: discardable, and too late to start or to finish;
 * - `chainLate`: in a chain of dependent frames that is late and costs more than a keyframe;
 * - `superseded`: a newer keyframe, or a newer state, waits behind it;
 * - `dependencyLost`: what it depends on was dropped;
 * - `overflow`: the queue's bound was reached;
 * - `closed`: its flow was closed.
 */
export type DropReason =
  'expired' | 'chainLate' | 'superseded' | 'dependencyLost' | 'overflow' | 'closed';

/** How ABANDON names each reason on the wire. */
export const abandonReason: Readonly<Record<DropReason, AbandonReasonValue>> = {
  expired: 1,
  chainLate: 1,
  superseded: 2,
  dependencyLost: 3,
  closed: 4,
  overflow: 5,
};

/** Messages dropped since the start, by reason. */
export type DropCounters = Readonly<Record<DropReason, number>>;

/** All counters at zero; owned by the caller. */
export const zeroDropCounters = (): Record<DropReason, number> => ({
  expired: 0,
  chainLate: 0,
  superseded: 0,
  dependencyLost: 0,
  overflow: 0,
  closed: 0,
});

/** What the drop rules know of the link. Times in microseconds; a bandwidth of 0 is unknown and counts as unlimited. */
export interface DropLink {
  readonly bandwidthBps: number;
  readonly minRttUs: number;
}

/** Microseconds that a client needs from the last byte to the decoded picture. Measured on Chromium with 1080p: 3–8 ms. */
export const DECODE_ALLOWANCE_US = 8_000;

/** Microseconds that a frame keeps at least once a newer keyframe waits behind it: one frame interval at 50 Hz. */
export const SUPERSEDED_GRACE_US = 20_000;

/**
 * While a begun message of the flow still needs longer than this, no keyframe is asked for: it would wait, and be replaced by the next
 * one. From the request to the picture pass an encoder's two frames and its own time (measured 20 to 50 ms).
 */
export const KEYFRAME_LEAD_US = 50_000;

/** How long the link needs for so many bytes, in microseconds; 0 while the bandwidth is unknown. */
export const transferTimeUs = (bytes: number, bandwidthBps: number): number =>
  bandwidthBps > 0 ? (bytes * 8e6) / bandwidthBps : 0;

/**
 * The latest moment at which the last byte may be sent so that the message is decoded at its deadline: capture time +
 * budget - minRtt/2 - decode allowance. Infinity for a budget of 0, which means no deadline.
 */
export const finishByUs = (captureUs: number, budgetMs: number, link: DropLink): number =>
  budgetMs === 0 ? Infinity : captureUs + budgetMs * 1000 - link.minRttUs / 2 - DECODE_ALLOWANCE_US;

/** The latest moment to start a message of which `remainingBytes` are unsent. */
export const startByUs = (finishBy: number, remainingBytes: number, link: DropLink): number =>
  finishBy - transferTimeUs(remainingBytes, link.bandwidthBps);

/** A discardable message goes when it can no longer finish in time; nothing depends on it. */
export const isDiscardableExpired = (
  message: { readonly finishBy: number; readonly remainingBytes: number; readonly begun: boolean },
  now: number,
  link: DropLink,
): boolean =>
  now >
  (message.begun ? message.finishBy : startByUs(message.finishBy, message.remainingBytes, link));

/**
 * A picture that has waited for the path for so long here counts as late whatever its budget, microseconds: a sender is to hold nothing for more
 * than 100 ms, and the rest is for what has begun and for the time between two looks.
 */
export const LONGEST_WAIT_US = 80_000;

/**
 * A chain is cut only when it is late and when sending it costs more than starting over with a keyframe. Lateness
 * alone is no reason: on a slow link every frame is a little late, and cutting each time starves the picture.
 */
export const isChainHopeless = (
  chain: {
    readonly oldestFinishBy: number;
    readonly oldestQueuedAt: number;
    /** Whether it is the path that is waited for, and no client that has yet to acknowledge. */
    readonly isPathLong: boolean;
    readonly queuedBytes: number;
    /** What a keyframe would cost now. */
    readonly keyframeBytes: number;
  },
  now: number,
): boolean => {
  const isStuck = chain.isPathLong && now > chain.oldestQueuedAt + LONGEST_WAIT_US;
  return (isStuck || now > chain.oldestFinishBy) && chain.queuedBytes > chain.keyframeBytes;
};

/**
 * Waiting video that needs longer than this makes upper layers give way to the base pictures behind them, in microseconds: what the
 * gate before the encoder tolerates for the one who drives it.
 */
export const UPPER_LAYER_DELAY_US = 25_000;

/** By how many bytes the video that waits is more than upper layers may add to; not positive: by none. */
export const upperLayerExcess = (queuedBytes: number, aheadUs: number, link: DropLink): number =>
  link.bandwidthBps > 0
    ? queuedBytes - ((UPPER_LAYER_DELAY_US - aheadUs) * link.bandwidthBps) / 8e6
    : 0;

/**
 * The longest that a picture waits for a link that the encoder does not follow, microseconds: nothing but the queue keeps that link's
 * backlog short. 100 ms is what a sender may hold; the rest is for what the stack below has, and for an estimate that is a little high.
 */
export const SPECTATOR_WAIT_US = 60_000;

/**
 * What a keyframe may take on such a link, microseconds: less, since it cannot be left out and no two are of one size.
 */
const SPECTATOR_KEYFRAME_US = 50_000;

/**
 * A queue this long on the path of such a link is nobody's fault, microseconds; a longer one is waited for, and counts as waiting: another
 * keyframe behind it would make it so long that rate control empties it, at a third of the speed. Simulated, 1 to 7 Mbit/s.
 */
export const CLEAR_PATH_US = 25_000;

/** Bytes of a keyframe that such a link takes in time; Infinity while its bandwidth is unknown. */
export const promptKeyframeBytes = ({ bandwidthBps }: DropLink): number =>
  bandwidthBps > 0 ? (SPECTATOR_KEYFRAME_US * bandwidthBps) / 8e6 : Infinity;

/** Until when a message in front of a newly queued keyframe may still finish: max(20 ms, the time of one fragment). */
export const supersededBy = (now: number, fragmentBytes: number, link: DropLink): number =>
  now + Math.max(SUPERSEDED_GRACE_US, transferTimeUs(fragmentBytes, link.bandwidthBps));
