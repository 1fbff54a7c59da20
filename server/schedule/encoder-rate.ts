import type { Micros } from '../../protocol/time.ts';

/** An increase must be worth an encoder's reconfiguration: at least 5 %, at most 4 a second (from the draft). */
const MIN_INCREASE = 1.05;
const INCREASE_INTERVAL_US = 250e3;

/** Bits per pixel below which fewer frames, and then fewer pixels, look better than worse ones (from the draft). */
export const MIN_BITS_PER_PIXEL = 0.04;

/** Frames per second at least: below it the desktop feels stuck however sharp it is. A guess: ask people. */
const MIN_FRAME_RATE = 15;

/** Whether a frame rate is halved no further. */
export const isLowestFrameRate = (frameRate: number): boolean => frameRate / 2 < MIN_FRAME_RATE;

/** Passes a rate control's target on to an encoder: decreases at once, increases seldom. A pure core. */
export class EncoderRate {
  #bps: number;
  #increasedAt = -Infinity;

  constructor(startBps: number) {
    this.#bps = startBps;
  }

  /** The new rate to set, or undefined when the encoder keeps its own. */
  follow(targetBps: number, now: Micros): number | undefined {
    if (targetBps > this.#bps) {
      const isSmall = targetBps < MIN_INCREASE * this.#bps;
      if (isSmall || now - this.#increasedAt < INCREASE_INTERVAL_US) return undefined;
      this.#increasedAt = now;
    }
    if (targetBps === this.#bps) return undefined;
    this.#bps = targetBps;
    return targetBps;
  }
}

/** A picture to encode. */
export interface PictureSize {
  readonly width: number;
  readonly height: number;
}

/** The frame rate for a bit rate: halved, once or more, while a pixel would get less than 0.04 bit; at least 15. */
export const frameRateFor = (
  targetBps: number,
  { width, height }: PictureSize,
  maxFrameRate: number,
): number => {
  let frameRate = maxFrameRate;
  while (
    !isLowestFrameRate(frameRate) &&
    targetBps / (width * height * frameRate) < MIN_BITS_PER_PIXEL
  ) {
    frameRate /= 2;
  }
  return frameRate;
};
