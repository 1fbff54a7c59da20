import { requireInteger } from './description.ts';

/** Caps that set the frame rate, in whole frames per second; the child writes them to change it at run time. */
export function frameRateCaps(frameRate: number): string {
  return `video/x-raw,framerate=${requireInteger('frameRate', frameRate, [1, 240])}/1`;
}

/** By how much a nudged rate is higher, in parts of the rate's denominator: 60 becomes 60.001. */
const NUDGE_DENOMINATOR = 1000;

/**
 * The same caps with a frame rate that differs by a thousandth of a frame per second, and back again at the next call: enough for an
 * encoder to see new caps. Undefined when there is no frame rate in them.
 *
 * @param caps As GStreamer prints them, `video/x-raw, framerate=(fraction)60/1`.
 */
export function nudgeFrameRate(caps: string): string | undefined {
  const found = /framerate=\(fraction\)(\d+)\/(\d+)/.exec(caps);
  if (found === null) return undefined;
  const frames = Number(found[1]) / Number(found[2]);
  const whole = Math.floor(frames);
  if (frames !== whole) return frameRateCaps(whole);
  return `video/x-raw,framerate=${whole * NUDGE_DENOMINATOR + 1}/${NUDGE_DENOMINATOR}`;
}
