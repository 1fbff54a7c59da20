/** A picture that makes less than this share of what it might is a still one: it says nothing about a moving one. A guess. */
const STILL_SHARE = 0.25;

/**
 * How fast the yield is believed, per picture: a rise at once, since it would overrun the path, a fall within a second. Simulated with
 * pictures from 0.6 to 1.4 of the mean.
 */
const RISE = 1 / 10;
const FALL = 1 / 40;

/**
 * An encoder is asked for this many times the target at most. x264 with a buffer of 50 ms made 0.62 to 0.70 of what it was asked for
 * on moving text, at every rate from 1 to 8 Mbit/s (measured); beyond that a change of content would overshoot by too much.
 */
const MAX_BOOST = 1.5;

/**
 * Learns what share of the rate that it was asked for an encoder makes, so that it can be asked for more: an encoder with a small
 * buffer keeps away from its limit, and the path would stay a third empty. A pure core.
 */
export class EncoderYield {
  #share = 1;

  /** What to ask for, as a multiple of the rate that is wanted; 1 to 1.5. */
  get boost(): number {
    return Math.min(MAX_BOOST, Math.max(1, 1 / this.#share));
  }

  /** A picture was made; keyframes do not count. `fullBytes`: what the asked rate would give each picture. */
  pictureMade(bytes: number, fullBytes: number): void {
    const share = bytes / fullBytes;
    if (share < STILL_SHARE) return;
    this.#share += (share - this.#share) * (share > this.#share ? RISE : FALL);
  }
}
