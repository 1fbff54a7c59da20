/**
 * A ring of stereo sound between one writer (the network worker) and one reader (the audio worklet), without locks.
 *
 *   Int32 x 16 header | Float32 frames, left and right interleaved
 *
 * Indices count frames and wrap at 2^32; the capacity is a power of two, so that a mask finds the place. The writer never waits:
 * the reader notices when it was overtaken and jumps forward. Pure: works on shared memory and on a plain buffer.
 */

import { SAMPLE_RATE } from './sample-rate.ts';

const HEADER_INTS = 16;
const HEADER_BYTES = HEADER_INTS * 4;
const CHANNELS = 2;

/** Header fields. The reader writes all but `write`. */
const Field = {
  write: 0,
  read: 1,
  underruns: 2,
  overruns: 3,
  ratePpm: 4,
  fill: 5,
  target: 6,
  lead: 7,
} as const;

/** Header places 8 and 9 together, as one of 64 bits: written by the writer. */
const ORIGIN = 4;

/** `lead` while nothing is played. */
const NO_LEAD = -0x8000_0000;

/** Frames of a ring: 1.4 s at 48 kHz, far more than the longest buffer that any mode allows. */
export const RING_FRAMES = 65_536;

const microsOf = (frames: number): number => (frames * 1e6) / SAMPLE_RATE;

/** Bytes for a ring of `frames` (a power of two). */
export const ringBytes = (frames = RING_FRAMES): number => HEADER_BYTES + frames * CHANNELS * 4;

/** What the two sides tell each other besides sound; `fill` and `target` in frames. */
export interface RingState {
  readonly fill: number;
  readonly target: number;
  readonly underruns: number;
  readonly overruns: number;
  /** Playback speed against nominal, parts per million. */
  readonly ratePpm: number;
}

/** Both sides of the ring over one buffer; each side uses its own methods alone. */
export class SoundRing {
  readonly #header: Int32Array;
  readonly #samples: Float32Array;
  readonly #origin: BigInt64Array;
  readonly #mask: number;

  constructor(buffer: ArrayBufferLike) {
    this.#header = new Int32Array(buffer, 0, HEADER_INTS);
    this.#origin = new BigInt64Array(buffer, 0, HEADER_BYTES / 8);
    this.#samples = new Float32Array(buffer, HEADER_BYTES);
    const frames = this.#samples.length / CHANNELS;
    if (frames < 2 || (frames & (frames - 1)) !== 0) {
      throw new RangeError(`ring frames: expected a power of two, got ${frames}`);
    }
    this.#mask = frames - 1;
  }

  /**
   * Writer: appends frames of two channels of equal length.
   *
   * @param captureTime when the first of them was captured, µs of the session clock; left out where it is not known
   */
  write(left: Float32Array, right: Float32Array, captureTime?: number): void {
    const start = Atomics.load(this.#header, Field.write);
    if (captureTime !== undefined) {
      const origin = Math.round(captureTime - microsOf(start));
      Atomics.store(this.#origin, ORIGIN, BigInt(origin));
    }
    for (let at = 0; at < left.length; at += 1) {
      const place = ((start + at) & this.#mask) * CHANNELS;
      this.#samples[place] = left[at] ?? 0;
      this.#samples[place + 1] = right[at] ?? 0;
    }
    Atomics.store(this.#header, Field.write, (start + left.length) | 0);
  }

  /** Reader: the index after the newest frame. */
  get writeIndex(): number {
    return Atomics.load(this.#header, Field.write);
  }

  /** Reader: the sample of `channel` (0 left, 1 right) at a frame index. */
  sample(index: number, channel: number): number {
    return this.#samples[(index & this.#mask) * CHANNELS + channel] ?? 0;
  }

  /** Reader: publishes where it is and how it fares. */
  publish(read: number, state: Omit<RingState, 'fill'> & { readonly fill: number }): void {
    const header = this.#header;
    Atomics.store(header, Field.read, read);
    Atomics.store(header, Field.underruns, state.underruns);
    Atomics.store(header, Field.overruns, state.overruns);
    Atomics.store(header, Field.ratePpm, Math.round(state.ratePpm));
    Atomics.store(header, Field.fill, Math.round(state.fill));
    Atomics.store(header, Field.target, Math.round(state.target));
  }

  /**
   * Reader: says that the frame at index `lead` is heard at frame 0 of the output; undefined while nothing is played.
   */
  publishLead(lead: number | undefined): void {
    Atomics.store(this.#header, Field.lead, lead === undefined ? NO_LEAD : lead | 0);
  }

  /**
   * Anyone: the output's frame at which the frame at `index` is heard, and when that was captured (µs, session clock);
   * undefined while nothing is played.
   */
  moment(
    index: number,
  ): { readonly outputFrame: number; readonly captureTime: number } | undefined {
    const lead = Atomics.load(this.#header, Field.lead);
    const origin = Atomics.load(this.#origin, ORIGIN);
    // Zero: nobody has said when anything was captured yet.
    if (lead === NO_LEAD || origin === 0n) return undefined;
    return { outputFrame: (index - lead) | 0, captureTime: Number(origin) + microsOf(index) };
  }

  /** Either side, or anyone who watches. */
  get state(): RingState {
    const header = this.#header;
    return {
      fill: Atomics.load(header, Field.fill),
      target: Atomics.load(header, Field.target),
      underruns: Atomics.load(header, Field.underruns),
      overruns: Atomics.load(header, Field.overruns),
      ratePpm: Atomics.load(header, Field.ratePpm),
    };
  }
}
