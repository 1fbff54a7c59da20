/** Keeps the last frames of one channel. A pure core, for measurements in the worklet. */
export class Recorder {
  readonly #samples: Float32Array;
  #next = 0;
  #isFull = false;

  /** @param capacity frames to keep */
  constructor(capacity: number) {
    this.#samples = new Float32Array(capacity);
  }

  push(block: Float32Array): void {
    for (const sample of block) {
      this.#samples[this.#next] = sample;
      this.#next += 1;
      if (this.#next === this.#samples.length) {
        this.#next = 0;
        this.#isFull = true;
      }
    }
  }

  /** A copy, oldest frame first. */
  take(): Float32Array<ArrayBuffer> {
    if (!this.#isFull) return this.#samples.slice(0, this.#next);
    const copy = new Float32Array(this.#samples.length);
    copy.set(this.#samples.subarray(this.#next));
    copy.set(this.#samples.subarray(0, this.#next), this.#samples.length - this.#next);
    return copy;
  }
}
