import type { Micros } from '../../protocol/time.ts';
import { MIN_BITS_PER_PIXEL, type PictureSize } from './encoder-rate.ts';
import { Patience } from './patience.ts';

/**
 * Factors on width and height to choose from. Few, since each change costs a keyframe and a page that looks different; a quarter is
 * for screens of 4K.
 */
const SCALES: readonly number[] = [1, 0.75, 0.5, 0.25];

/** How much more than the least bit rate of a scale is asked for before going back up to it; as for the frame rate. */
const RAISE_MARGIN = 1.3;

/** What a scale is chosen for. */
export interface ScaleDemand {
  readonly targetBps: number;
  /** The picture at scale 1. */
  readonly size: PictureSize;
  /** Frames per second that are made. */
  readonly frameRate: number;
  /** False while fewer frames can still make room: they go first. */
  readonly isLowestFrameRate: boolean;
}

/**
 * Chooses how much smaller than the screen the picture is encoded, at the low end, where even the lowest frame rate leaves a pixel
 * less than 0.04 bit. A pure core; times in session-clock microseconds.
 */
export class PictureScale {
  readonly #patience = new Patience();
  #current = 1;

  /** The factor on width and height, as it stands. */
  get current(): number {
    return this.#current;
  }

  /** The new factor to set, or undefined when it stays. */
  follow(demand: ScaleDemand, now: Micros): number | undefined {
    const { targetBps, isLowestFrameRate } = demand;
    const choice = isLowestFrameRate
      ? { fit: scaleFor(targetBps, demand), safe: scaleFor(targetBps / RAISE_MARGIN, demand) }
      : { fit: 1, safe: 1 };
    const next = this.#patience.decide(this.#current, choice, now);
    if (next !== undefined) this.#current = next;
    return next;
  }
}

/** The largest factor with which a pixel gets 0.04 bit, or the smallest that there is. */
function scaleFor(targetBps: number, { size, frameRate }: ScaleDemand): number {
  const pixels = size.width * size.height * frameRate;
  return (
    SCALES.find((scale) => targetBps >= MIN_BITS_PER_PIXEL.text * pixels * scale * scale) ??
    Math.min(...SCALES)
  );
}
