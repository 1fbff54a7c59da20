/*
 * A test picture carries its own number and time in its first rows, as 72 black or white blocks from left to right, most
 * significant bit first:
 *
 *   | sync 8 (0xA5) | counter 24 | time 32 | CRC 8 |        each bit one block of 16 x 16 pixels
 *
 * time is the painter's wall clock in units of 0.1 ms modulo 2^32; the CRC (polynomial x^8 + x^2 + x + 1, initial value 0) covers
 * the eight bytes before it. A frame that is read tells how long painting, encoding, transport, decoding and drawing took.
 */

/** Painted-pattern results of the page's `?probe=1` mode; latencies in milliseconds from painting to drawn. */
export interface PatternProbeReport {
  /** Pattern rows read with a right CRC, and with a wrong one. */
  readonly read: number;
  readonly unreadable: number;
  /** Counters that were skipped between two frames that were read. */
  readonly missed: number;
  readonly lastCounter: number | undefined;
  /** The newest samples, oldest first; at most 20,000. */
  readonly latenciesMs: readonly number[];
  /** When each of them was drawn, milliseconds since 1970. */
  readonly shownAtMs: readonly number[];
  /** When the last byte of each of them came, milliseconds since 1970; NaN where that is not known here. */
  readonly receivedAtMs: readonly number[];
}

/** Pixels of a block's side. */
export const BLOCK = 16;
/** Blocks of the row. */
export const BLOCKS = 72;
/** Pixels that the pattern needs from the left. */
export const PATTERN_WIDTH = BLOCK * BLOCKS;

/** First byte of the pattern. */
const SYNC = 0xa5;
const BYTES = BLOCKS / 8;

/** Luma at which a block counts as white: the middle of the video range 16 to 235. */
const THRESHOLD = 125;

/** Latencies kept: over five minutes at 60 frames per second. */
const MAX_LATENCIES = 20_000;

/** Steps of the 24-bit counter from here on are steps backwards. */
const BACKWARDS = 0x800000;

/** What one picture says of itself. `time` in units of 0.1 ms modulo 2^32. */
export interface PatternMark {
  readonly counter: number;
  readonly time: number;
}

/** CRC-8 with polynomial 7 and initial value 0. */
export function crc8(bytes: Iterable<number>): number {
  let crc = 0;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit += 1) crc = ((crc << 1) ^ (crc & 0x80 ? 7 : 0)) & 0xff;
  }
  return crc;
}

/** The 72 bits of a mark, as a painter draws them. */
export function encodePattern({ counter, time }: PatternMark): boolean[] {
  const bytes = new Uint8Array(BYTES);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, counter & 0xffffff);
  view.setUint8(0, SYNC);
  view.setUint32(4, time >>> 0);
  view.setUint8(BYTES - 1, crc8(bytes.subarray(0, BYTES - 1)));
  return [...bytes].flatMap((byte) =>
    Array.from({ length: 8 }, (_, bit) => ((byte >> (7 - bit)) & 1) === 1),
  );
}

/** Reads a mark; `brightness` gives the luma or the green of block `index`, 0 to 255. Undefined when it is no mark. */
export function decodePattern(brightness: (index: number) => number): PatternMark | undefined {
  const bytes = new Uint8Array(BYTES);
  for (let index = 0; index < BLOCKS; index += 1) {
    const at = index >> 3;
    bytes[at] = ((bytes[at] ?? 0) << 1) | (brightness(index) > THRESHOLD ? 1 : 0);
  }
  if (bytes[0] !== SYNC || crc8(bytes.subarray(0, BYTES - 1)) !== bytes[BYTES - 1])
    return undefined;
  const view = new DataView(bytes.buffer);
  return { counter: view.getUint32(0) & 0xffffff, time: view.getUint32(4) };
}

/** Milliseconds from the mark's time to `wallClockMs` (milliseconds since 1970), right within ±59 hours. */
export function markAgeMs(mark: PatternMark, wallClockMs: number): number {
  const now = wallClockMs * 10;
  return ((Math.floor(now % 2 ** 32) - mark.time) | 0) / 10;
}

/** Where a picture shows the pattern: one row of pixels from the left. */
export interface PatternRow {
  readonly y: number;
  readonly width: number;
  /** The picture's size as a part of the desktop's. */
  readonly scale: number;
}

/** What a row of pixels does not say of its picture. */
export interface PictureFacts {
  /** PatternRow.scale. */
  readonly scale?: number;
  /** When its last byte came, milliseconds since 1970. */
  readonly receivedAtMs?: number;
}

/** Collects what the pictures say; works on the pixels that the sink gives it. */
export class PatternProbe {
  #fullWidth = 0;
  #read = 0;
  #unreadable = 0;
  #missed = 0;
  #lastCounter: number | undefined;
  #latenciesMs: number[] = [];
  #shownAtMs: number[] = [];
  #receivedAtMs: number[] = [];

  /**
   * The row of a picture that `observe` takes; undefined where the pattern does not fit in. The largest picture so far counts as one of full
   * size: an encoder begins with that.
   */
  rowOf(picture: { readonly width: number; readonly height: number }): PatternRow | undefined {
    this.#fullWidth = Math.max(this.#fullWidth, picture.width);
    const scale = picture.width / this.#fullWidth;
    if (picture.width < PATTERN_WIDTH * scale || picture.height < BLOCK * scale) return undefined;
    const y = Math.floor((BLOCK / 2) * scale);
    return { y, width: Math.min(picture.width, PATTERN_WIDTH), scale };
  }

  /** Takes one row of RGBA pixels from inside the pattern (`rowOf`), the time of drawing, and what else is known of the picture. */
  observe(
    row: Uint8ClampedArray,
    wallClockMs: number,
    { scale = 1, receivedAtMs = Number.NaN }: PictureFacts = {},
  ): void {
    // A smaller picture may also be that of a desktop that became smaller.
    const mark = readRow(row, scale) ?? (scale === 1 ? undefined : readRow(row, 1));
    if (mark === undefined) {
      this.#unreadable += 1;
      return;
    }
    this.#read += 1;
    // A picture drawn again (nothing was painted in between) says nothing new about latency.
    if (mark.counter === this.#lastCounter) return;
    if (this.#lastCounter !== undefined) {
      const step = (mark.counter - this.#lastCounter) & 0xffffff;
      // A painter that began again counts from 0: a step backwards, not millions of lost pictures.
      if (step < BACKWARDS) this.#missed += step - 1;
    }
    this.#lastCounter = mark.counter;
    this.#latenciesMs.push(markAgeMs(mark, wallClockMs));
    this.#shownAtMs.push(wallClockMs);
    this.#receivedAtMs.push(receivedAtMs);
    if (this.#latenciesMs.length > MAX_LATENCIES) {
      this.#latenciesMs = this.#latenciesMs.slice(MAX_LATENCIES / 2);
      this.#shownAtMs = this.#shownAtMs.slice(MAX_LATENCIES / 2);
      this.#receivedAtMs = this.#receivedAtMs.slice(MAX_LATENCIES / 2);
    }
  }

  report(): PatternProbeReport {
    return {
      read: this.#read,
      unreadable: this.#unreadable,
      missed: this.#missed,
      lastCounter: this.#lastCounter,
      latenciesMs: this.#latenciesMs,
      shownAtMs: this.#shownAtMs,
      receivedAtMs: this.#receivedAtMs,
    };
  }
}

function readRow(row: Uint8ClampedArray, scale: number): PatternMark | undefined {
  return decodePattern((index) => row[Math.floor((index + 0.5) * BLOCK * scale) * 4 + 1] ?? 0);
}
