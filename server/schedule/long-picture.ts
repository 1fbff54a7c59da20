import { micros } from '../../protocol/time.ts';
import type { LinkEstimateSnapshot } from './path-estimate.ts';

/**
 * A picture of which so much of the path's time is left keeps it busy whatever is held back, microseconds: half of a keyframe of 200 KB on
 * 10 Mbit/s. Simulated, 50 to 100 ms.
 */
const LONG_US = 80_000;

/**
 * Meanwhile it leaves at this share of the capacity, which with the pacer's gain is the capacity itself: one that was measured with small
 * pictures was too high by up to a half, and all that is sent too fast stands before sound until a report tells of it. Less would become what is
 * measured, and so less again. Simulated, 0.7 to 1.
 */
const PACED_SHARE = 0.8;

/** What else counts as standing on the path then, microseconds: half of what the pacer tolerates (transport/pacer.ts). Simulated, 0 to 8 ms. */
const MORE_STANDING_US = 6_000;

/** The queue that a window of acknowledged bytes leaves room for then, microseconds, in the place of Dt. Simulated, 4 to 8 ms. */
const WINDOW_QUEUE_US = 6_000;

/** Bytes of that window at least, as LinkEstimate's own. */
const MIN_WINDOW_BYTES = 6_000;

/** What a transport is told of its path. */
export type Pace = Pick<LinkEstimateSnapshot, 'windowBytes' | 'capacityBps' | 'standing'>;

/**
 * Keeps the path's queue shorter than usual while a picture leaves for long: all sound of that time is put behind parts of it, and the path
 * does not become idle for it. Many pictures that wait are no reason: a client that was busy lets them go at once. A pure function.
 *
 * @param pictureDelayUs DeadlineQueue.pictureDelay
 */
export function paceOf(estimate: LinkEstimateSnapshot, pictureDelayUs: number): Pace {
  const { windowBytes, capacityBps, standing } = estimate;
  if (pictureDelayUs <= LONG_US) return { windowBytes, capacityBps, standing };
  return {
    windowBytes: Math.min(windowBytes, shortWindow(estimate)),
    capacityBps: PACED_SHARE * capacityBps,
    standing: micros(standing + MORE_STANDING_US),
  };
}

/** Infinity where no window of acknowledged bytes keeps the queue short, or nothing is known of the path. */
function shortWindow(estimate: LinkEstimateSnapshot): number {
  const { isAcknowledged, isProbing, bandwidthBps, minRtt } = estimate;
  if (!isAcknowledged || isProbing) return Infinity;
  return Math.max(MIN_WINDOW_BYTES, Math.round((bandwidthBps * (minRtt + WINDOW_QUEUE_US)) / 8e6));
}
