import type { QualityName } from '../../protocol/stream-settings.ts';
import type { Micros } from '../../protocol/time.ts';

/** An increase must be worth an encoder's reconfiguration: at least 5 %, at most 4 a second (from the draft). */
const MIN_INCREASE = 1.05;
const INCREASE_INTERVAL_US = 250e3;

/**
 * Bits per pixel below which fewer frames, and then fewer pixels, are made. Of text, fewer look better than worse ones (from the
 * draft); a film moves on although it blurs (a guess: ask people).
 */
export const MIN_BITS_PER_PIXEL: Readonly<Record<QualityName, number>> = {
  text: 0.04,
  motion: 0.015,
};

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

  /** Bits per second, as it was set last. */
  get current(): number {
    return this.#bps;
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

/** How far a frame rate may be lowered. */
export interface FrameRateBounds {
  /** Frames per second at most. */
  readonly most: number;
  readonly quality: QualityName;
}

/** The frame rate for a bit rate: halved, once or more, while a pixel would get too little; at least 15. */
export const frameRateFor = (
  targetBps: number,
  { width, height }: PictureSize,
  { most, quality }: FrameRateBounds,
): number => {
  let frameRate = most;
  while (
    !isLowestFrameRate(frameRate) &&
    targetBps / (width * height * frameRate) < MIN_BITS_PER_PIXEL[quality]
  ) {
    frameRate /= 2;
  }
  return frameRate;
};
