/** Sizes are averages over about so many keyframes. */
const WEIGHT = 1 / 2;

/**
 * What the next keyframe costs: what the last ones did, at the rate that the encoder has by now. Those from before a path became slower are
 * larger than it will make them. A pure core; bytes, and bits per second.
 */
export class KeyframePrice {
  #bytes = 0;
  #bps = 0;

  /** `bps`: what the encoder was asked for then; 0 = unknown. */
  seen(bytes: number, bps: number): void {
    this.#bytes = average(this.#bytes, bytes);
    this.#bps = average(this.#bps, bps);
  }

  /** The average of their sizes; 0 before the first. */
  get bytes(): number {
    return this.#bytes;
  }

  /** At another rate; no more than they were, since a rate that has only just risen is not reached at once. 0 = as it was. */
  bytesAt(bps: number): number {
    const share = bps > 0 && this.#bps > 0 ? bps / this.#bps : 1;
    return this.#bytes * Math.min(1, share);
  }
}

const average = (mean: number, value: number): number =>
  mean === 0 ? value : mean + (value - mean) * WEIGHT;
