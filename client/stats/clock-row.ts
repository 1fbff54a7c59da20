import type { Luma } from './frame-luma.ts';
import { BLOCK, BLOCKS, decodePattern, markAgeMs } from './pattern-probe.ts';

/** Sizes of the picture, as parts of the desktop's, at which the test pattern is looked for. */
const SCALES = [1, 0.75, 2 / 3, 0.5, 0.375, 1 / 3, 0.25] as const;

/** Frames without a pattern after which it counts as absent. */
const GIVE_UP_AFTER = 30;

/**
 * Reads the painted clock of the test pattern (pattern-probe.ts) out of frames of any scale. A pure core: says which rows it wants to see,
 * and gives up when there is nothing to be seen, so that a desktop without a pattern costs nothing.
 */
export class ClockRow {
  #scaleIndex = 0;
  #misses = 0;
  #lastCounter: number | undefined;

  /** The rows to read; undefined once there is no pattern. */
  get wanted(): { readonly y: number; readonly height: number } | undefined {
    if (this.#lastCounter === undefined && this.#misses >= GIVE_UP_AFTER) return undefined;
    return { y: Math.floor((BLOCK / 2) * this.#scale), height: 2 };
  }

  /** Milliseconds from painting to `wallClockMs`; undefined when nothing could be read, or nothing was painted since. */
  read(luma: Luma, wallClockMs: number): number | undefined {
    const block = BLOCK * this.#scale;
    const mark =
      luma.width < block * BLOCKS
        ? undefined
        : decodePattern((index) => luma.at(Math.floor((index + 0.5) * block), 0));
    if (mark === undefined) {
      this.#misses += 1;
      if (this.#lastCounter === undefined || this.#misses % GIVE_UP_AFTER === 0) this.#nextScale();
      return undefined;
    }
    const isRepeated = mark.counter === this.#lastCounter;
    this.#lastCounter = mark.counter;
    this.#misses = 0;
    // A picture that was captured twice says nothing new about latency.
    if (isRepeated) return undefined;
    return markAgeMs(mark, wallClockMs);
  }

  get #scale(): number {
    return SCALES[this.#scaleIndex] ?? 1;
  }

  #nextScale(): void {
    this.#scaleIndex = (this.#scaleIndex + 1) % SCALES.length;
  }
}
