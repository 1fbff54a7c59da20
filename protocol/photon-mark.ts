/**
 * What the click-to-photon target paints on the desktop and the page reads out of the picture. No part of DTF/1: it travels as
 * pixels, inside the video.
 *
 *   | preamble 8 (0xAA) | magic 8 (0xB4) | presses 16 | CRC 8 |     one block per bit, from left to right, white is 1
 *
 * Left of the first block there is black. The preamble's eight equal runs tell a reader where the mark begins and how wide its blocks are,
 * whatever the scale of the picture; the CRC covers magic and presses.
 */

/** Blocks of a mark. */
export const PHOTON_MARK_BLOCKS = 40;

/** Presses are counted modulo this. */
export const PHOTON_PRESSES = 0x10000;

/** The two bytes in front, as above. */
const PREAMBLE = 0xaa;
const MAGIC = 0xb4;
const BYTES = PHOTON_MARK_BLOCKS / 8;

/** Runs of the preamble: white and black by turns, each one block wide. */
const PREAMBLE_RUNS = 8;

/** Luma at which a pixel counts as white: the middle of the video range 16 to 235. */
const THRESHOLD = 125;

/** Blocks narrower than this are not read, pixels: a quarter of the picture's size leaves 4 of 16. */
const MIN_BLOCK = 3;

/** How far a run of the preamble may be from the mean, as a part of it, and in pixels where that is more. */
const RUN_TOLERANCE = 0.25;
const RUN_TOLERANCE_PX = 1.5;

/** Corrections of the measured width that are tried, as parts of it: 32 blocks behind the preamble multiply its error. */
const CORRECTIONS = [0, 0.01, -0.01, 0.02, -0.02] as const;

/** Rows between two that are searched, pixels: a mark is at least twice as high at a quarter of its size. */
const ROW_STEP = 4;

/** Brightness of one pixel, 0 to 255; luma or green. Coordinates are inside the picture. */
export type Brightness = (x: number, y: number) => number;

/** Where a mark is in a picture, pixels. */
export interface PhotonMarkPlace {
  /** Left edge of its first block. */
  readonly x: number;
  /** A row in its middle. */
  readonly y: number;
  /** Width of a block. */
  readonly block: number;
}

/** A mark that was read. */
export interface PhotonMark {
  /** Keys and buttons that were pressed on the target since it began, modulo PHOTON_PRESSES. */
  readonly presses: number;
  readonly place: PhotonMarkPlace;
}

/** The blocks of a mark, as a painter draws them. @param presses 0 to PHOTON_PRESSES - 1 */
export function encodePhotonMark(presses: number): readonly boolean[] {
  const bytes = [PREAMBLE, MAGIC, (presses >> 8) & 0xff, presses & 0xff];
  bytes.push(crc8(bytes.slice(1)));
  return bytes.flatMap((byte) =>
    Array.from({ length: 8 }, (_, bit) => ((byte >> (7 - bit)) & 1) === 1),
  );
}

/** Reads the mark at a known place; undefined when it is not there (any more), or was caught half painted. */
export function readPhotonMark(
  at: Brightness,
  { x, y, block }: PhotonMarkPlace,
): number | undefined {
  const bytes = new Uint8Array(BYTES);
  for (let index = 0; index < PHOTON_MARK_BLOCKS; index += 1) {
    const isWhite = at(Math.floor(x + (index + 0.5) * block), y) > THRESHOLD;
    bytes[index >> 3] = ((bytes[index >> 3] ?? 0) << 1) | (isWhite ? 1 : 0);
  }
  const [preamble, magic, high = 0, low = 0, crc] = bytes;
  const isMark = preamble === PREAMBLE && magic === MAGIC && crc === crc8([MAGIC, high, low]);
  return isMark ? high * 256 + low : undefined;
}

/** Looks for a mark of any scale anywhere in a picture; undefined when there is none. */
export function findPhotonMark(
  at: Brightness,
  { width, height }: { readonly width: number; readonly height: number },
): PhotonMark | undefined {
  for (let y = 0; y < height; y += ROW_STEP) {
    const found = findInRow(at, y, width);
    if (found === undefined) continue;
    // Its middle is further from the blur of its edges.
    let last = y;
    while (last + ROW_STEP < height && isAlsoAt(at, found, last + ROW_STEP)) last += ROW_STEP;
    const place = { ...found.place, y: (y + last) >> 1 };
    return { presses: found.presses, place };
  }
  return undefined;
}

function isAlsoAt(at: Brightness, { presses, place }: PhotonMark, y: number): boolean {
  return readPhotonMark(at, { ...place, y }) === presses;
}

function findInRow(at: Brightness, y: number, width: number): PhotonMark | undefined {
  /** Where brightness crossed the threshold, with fractions of a pixel; the newest nine. */
  const edges: number[] = [];
  let before = at(0, y);
  for (let x = 1; x < width; x += 1) {
    const now = at(x, y);
    const [wasWhite, isWhite] = [before > THRESHOLD, now > THRESHOLD];
    if (wasWhite !== isWhite) {
      edges.push(x - 0.5 + (THRESHOLD - before) / (now - before));
      if (edges.length > PREAMBLE_RUNS + 1) edges.shift();
      // The preamble ends where white begins again: the magic's first bit.
      if (isWhite && isPreamble(edges)) {
        const found = readAfterPreamble(at, edges, { y, width });
        if (found !== undefined) return found;
      }
    }
    before = now;
  }
  return undefined;
}

function isPreamble(edges: readonly number[]): boolean {
  if (edges.length <= PREAMBLE_RUNS) return false;
  const block = blockOf(edges);
  if (block < MIN_BLOCK) return false;
  const tolerance = Math.max(RUN_TOLERANCE * block, RUN_TOLERANCE_PX);
  return edges.every(
    (edge, index) => index === 0 || Math.abs(edge - (edges[index - 1] ?? 0) - block) <= tolerance,
  );
}

function blockOf(edges: readonly number[]): number {
  return ((edges.at(-1) ?? 0) - (edges[0] ?? 0)) / PREAMBLE_RUNS;
}

function readAfterPreamble(
  at: Brightness,
  edges: readonly number[],
  { y, width }: { readonly y: number; readonly width: number },
): PhotonMark | undefined {
  const [x = 0] = edges;
  for (const correction of CORRECTIONS) {
    const block = blockOf(edges) * (1 + correction);
    const place = { x, y, block };
    if (x + PHOTON_MARK_BLOCKS * block > width + block / 2) continue;
    const presses = readPhotonMark(at, place);
    if (presses !== undefined) return { presses, place };
  }
  return undefined;
}

/** CRC-8 with polynomial x^8 + x^2 + x + 1 and initial value 0. */
function crc8(bytes: readonly number[]): number {
  let crc = 0;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit += 1) crc = ((crc << 1) ^ (crc & 0x80 ? 7 : 0)) & 0xff;
  }
  return crc;
}
