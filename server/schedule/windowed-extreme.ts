interface Sample {
  readonly at: number;
  readonly value: number;
}

/** Candidates kept at most; beyond that neighbours share a place, which errs towards an older extreme. */
const MAX_CANDIDATES = 256;

/**
 * The largest (or smallest) value of a sliding window of time. Keeps only samples that can still become the extreme: each
 * is worse and newer than the one before.
 */
export class WindowedExtreme {
  readonly #isBetter: (a: number, b: number) => boolean;
  #candidates: Sample[] = [];

  constructor(extreme: 'min' | 'max') {
    this.#isBetter = extreme === 'min' ? (a, b) => a <= b : (a, b) => a >= b;
  }

  add(value: number, at: number): void {
    while (this.#candidates.length > 0) {
      const last = this.#candidates.at(-1);
      if (!last || !this.#isBetter(value, last.value)) break;
      this.#candidates.pop();
    }
    this.#candidates.push({ at, value });
    if (this.#candidates.length > MAX_CANDIDATES) this.#candidates.splice(-2, 1);
  }

  /** The extreme of the samples since `since`; when all are older, the newest of them. Undefined before the first. */
  value(since: number): number | undefined {
    while (this.#candidates.length > 1 && (this.#candidates[0]?.at ?? 0) < since) {
      this.#candidates.shift();
    }
    return this.#candidates[0]?.value;
  }

  /** Forgets everything and starts from one value. */
  reset(value: number, at: number): void {
    this.#candidates = [{ at, value }];
  }
}
