/** Samples over which the loudness changes from nothing to full: 10 ms at 48 kHz, too slow to click and too fast to notice. */
const RAMP = 480;

/** How loud sound leaves, changed without a click. A pure core. */
export class Volume {
  #gain: number;
  #wanted: number;

  /** @param gain linear, 0 to 1 */
  constructor(gain: number) {
    this.#gain = gain;
    this.#wanted = gain;
  }

  /** Goes to another gain from the next block on. */
  set(gain: number): void {
    this.#wanted = gain;
  }

  /** Scales one block of both channels in place. */
  apply(left: Float32Array, right: Float32Array): void {
    if (this.#gain === 1 && this.#wanted === 1) return;
    for (let at = 0; at < left.length; at += 1) {
      const step = this.#wanted - this.#gain;
      this.#gain += Math.max(-1 / RAMP, Math.min(1 / RAMP, step));
      left[at] = (left[at] ?? 0) * this.#gain;
      if (right !== left) right[at] = (right[at] ?? 0) * this.#gain;
    }
  }
}
