import {
  findPhotonMark,
  readPhotonMark,
  type PhotonMarkPlace,
} from '../../protocol/photon-mark.ts';
import type { Luma } from './frame-luma.ts';

/** Least time between two searches of a whole picture, µs: one takes some 10 ms. */
const SEARCH_EVERY = 500_000;

/** Frames in a row without the mark at its place before it counts as gone: half a second at 60. */
const LOST_AFTER = 30;

/** What a frame says of the mark. */
export type MarkOutcome =
  | { readonly type: 'seen'; readonly presses: number; readonly place: PhotonMarkPlace }
  | { readonly type: 'lost' }
  /** Nothing new. */
  | { readonly type: 'none' };

const NONE: MarkOutcome = { type: 'none' };

/**
 * Follows the mark of the click-to-photon target (protocol/photon-mark.ts) from frame to frame: searches the whole picture for it, then reads
 * its row alone. A pure core; time is an argument, µs.
 */
export class MarkWatch {
  #place: PhotonMarkPlace | undefined;
  #presses: number | undefined;
  #misses = 0;
  #searchedAt = Number.NEGATIVE_INFINITY;
  /** Size of the picture that the place is of. */
  #size = { width: 0, height: 0 };

  /** The rows of the next frame to read; undefined when this frame need not be looked at. */
  wanted(
    now: number,
    size: { readonly width: number; readonly height: number },
  ): { readonly y: number; readonly height: number } | undefined {
    if (size.width !== this.#size.width || size.height !== this.#size.height) {
      this.#size = size;
      this.#place = undefined;
    }
    if (this.#place !== undefined) return { y: this.#place.y & ~1, height: 2 };
    if (now - this.#searchedAt < SEARCH_EVERY) return undefined;
    this.#searchedAt = now;
    return { y: 0, height: size.height };
  }

  /** Takes the rows that were wanted. */
  read(luma: Luma): MarkOutcome {
    // Rows that were asked for before the place was known, or while it changed, say nothing.
    const isSearch = luma.height > 2;
    if (isSearch !== (this.#place === undefined)) return NONE;
    const presses = isSearch ? this.#search(luma) : this.#readRow(luma);
    if (presses === undefined) return this.#miss();
    this.#misses = 0;
    const place = this.#place;
    if (presses === this.#presses || place === undefined) return NONE;
    this.#presses = presses;
    return { type: 'seen', presses, place };
  }

  #search(luma: Luma): number | undefined {
    const found = findPhotonMark((x, y) => luma.at(x, y), luma);
    this.#place = found?.place;
    return found?.presses;
  }

  #readRow(luma: Luma): number | undefined {
    return this.#place && readPhotonMark((x) => luma.at(x, 0), this.#place);
  }

  #miss(): MarkOutcome {
    if (this.#place !== undefined) {
      this.#misses += 1;
      if (this.#misses < LOST_AFTER) return NONE;
    }
    this.#place = undefined;
    this.#misses = 0;
    if (this.#presses === undefined) return NONE;
    this.#presses = undefined;
    return { type: 'lost' };
  }
}
