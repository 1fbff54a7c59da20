import { codecOfSps, isSameBytes } from '../video/annex-b.ts';
import type { MuxedTrack } from './muxer.ts';
import { sizeOfSps } from './sps-size.ts';

/** The type in the first byte of a NAL unit, and three of its values (ITU-T H.264, table 7-1). */
const NAL_TYPE_MASK = 0x1f;
const DELIMITER = 9;
const SPS = 7;
const PPS = 8;

/** What an access unit of H.264 becomes for MP4. */
export interface AvcSample {
  /** NAL units with lengths of four bytes before them, without parameter sets and delimiters. */
  readonly data: Uint8Array<ArrayBuffer>;
  /** Set when another stream begins with it: other parameter sets than before. */
  readonly begins: AvcStart | undefined;
}

/** A stream as its parameter sets describe it. */
export interface AvcStart {
  /** Codec string of RFC 6381. */
  readonly codec: string;
  readonly track: Extract<MuxedTrack, { type: 'picture' }>;
}

/** Turns access units of one stream from Annex B into the form of MP4 (ISO/IEC 14496-15). */
export class AvcStream {
  #sps: Uint8Array | undefined;
  #pps: Uint8Array | undefined;

  /** Undefined when nothing can be made of it: no picture inside, or no readable parameter sets so far. */
  sample(accessUnit: Uint8Array): AvcSample | undefined {
    const nals = splitAnnexB(accessUnit);
    const sps = nals.find((nal) => typeOf(nal) === SPS);
    const pps = nals.find((nal) => typeOf(nal) === PPS);
    const slices = nals.filter((nal) => ![SPS, PPS, DELIMITER].includes(typeOf(nal)));
    const begins = this.#begin(sps, pps);
    if (slices.length === 0 || this.#sps === undefined) return undefined;
    return { data: withLengths(slices), begins };
  }

  /** Forgets the parameter sets: the next keyframe begins a stream. */
  reset(): void {
    this.#sps = undefined;
    this.#pps = undefined;
  }

  #begin(sps = this.#sps, pps = this.#pps): AvcStart | undefined {
    if (sps === undefined || pps === undefined || sps.length < 4) return undefined;
    const isKnown =
      this.#sps !== undefined &&
      this.#pps !== undefined &&
      isSameBytes(sps, this.#sps) &&
      isSameBytes(pps, this.#pps);
    const size = isKnown ? undefined : sizeOfSps(sps);
    if (size === undefined) return undefined;
    this.#sps = sps.slice();
    this.#pps = pps.slice();
    const track = { type: 'picture', ...size, avcConfig: avcConfig(this.#sps, this.#pps) } as const;
    return { codec: codecOfSps(this.#sps), track };
  }
}

/** The NAL units of an access unit in Annex B (ITU-T H.264, section B.1), as views without start codes and trailing zeros. */
export function splitAnnexB(accessUnit: Uint8Array): readonly Uint8Array[] {
  const starts: number[] = [];
  for (let at = 0; at + 3 <= accessUnit.length; at += 1) {
    if (accessUnit[at] !== 0 || accessUnit[at + 1] !== 0 || accessUnit[at + 2] !== 1) continue;
    starts.push(at + 3);
    at += 2;
  }
  const nals = starts.map((start, index) => {
    const next = starts[index + 1];
    let end = next === undefined ? accessUnit.length : next - 3;
    while (end > start && accessUnit[end - 1] === 0) end -= 1;
    return accessUnit.subarray(start, end);
  });
  return nals.filter((nal) => nal.length > 0);
}

const typeOf = (nal: Uint8Array): number => (nal[0] ?? 0) & NAL_TYPE_MASK;

function withLengths(nals: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(nals.reduce((sum, nal) => sum + 4 + nal.length, 0));
  const view = new DataView(bytes.buffer);
  let at = 0;
  for (const nal of nals) {
    view.setUint32(at, nal.length);
    bytes.set(nal, at + 4);
    at += 4 + nal.length;
  }
  return bytes;
}

/**
 * ```
 *  version 1 | profile | constraints | level | 0xfc + length size - 1 | 0xe0 + 1 | length SPS | SPS | 1 | length PPS | PPS
 * ```
 * The fields of the high profiles behind it are left out, as decoders allow: the parameter set has them.
 */
function avcConfig(sps: Uint8Array, pps: Uint8Array): Uint8Array<ArrayBuffer> {
  const [, profile = 0, constraints = 0, level = 0] = sps;
  return new Uint8Array([
    ...[1, profile, constraints, level, 0xff, 0xe1],
    ...[sps.length >> 8, sps.length & 0xff, ...sps],
    ...[1, pps.length >> 8, pps.length & 0xff, ...pps],
  ]);
}
