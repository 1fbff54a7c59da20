/** The bounds of one viewer's queue (docs/limits.md, "A viewer's send buffer"). */

import type { DropLink } from './drop-policy.ts';

/** How much a queue may hold. */
export interface QueueBounds {
  /** Payload bytes of all flows together. */
  readonly maxBytes: number;
  /** Milliseconds of the measured bandwidth that video may fill before it drops to a keyframe. */
  readonly maxVideoMs: number;
  /** Messages per flow, whatever their size. */
  readonly maxMessages: number;
  /** Video bytes that are always allowed: below this an estimate of the bandwidth says nothing. */
  readonly videoFloorBytes: number;
}

/**
 * 4 MiB and 500 ms come from the reliability goals. 1,024 messages are 17 s of 60 fps, out of reach except for floods of
 * tiny messages. 64 KiB of floor is a guess: about one busy frame; measure with screens that go from still to moving.
 */
export const defaultQueueBounds: QueueBounds = {
  maxBytes: 4 * 1024 * 1024,
  maxVideoMs: 500,
  maxMessages: 1024,
  videoFloorBytes: 64 * 1024,
};

/**
 * Video bytes at most. Two keyframes always fit, the one being sent and its successor: a bound below that would
 * drop to keyframes for ever.
 */
export const videoBoundBytes = (
  bounds: QueueBounds,
  link: DropLink,
  keyframeBytes: number,
): number => {
  if (link.bandwidthBps <= 0) return bounds.maxBytes;
  const byTime = (link.bandwidthBps / 8) * (bounds.maxVideoMs / 1000);
  const wanted = Math.max(byTime, 2 * keyframeBytes, bounds.videoFloorBytes);
  return Math.min(bounds.maxBytes, wanted);
};
