import type { VideoParameters } from './access-unit.ts';
import { readSequenceHeader } from './av1-sequence.ts';
import type { PictureAssembly } from './picture-assembly.ts';
import type {
  PayloadResult,
  PictureFacts,
  PictureFormat,
  PictureFormatParts,
} from './picture-format.ts';

/** Bytes of the payload header below. */
const HEADER_BYTES = 8;

/** Longest description of the stream (GStreamer caps) that may stand in front of a picture; real ones have 430 bytes. */
const MAX_CAPS_BYTES = 4096;

/**
 * AV1 temporal units in GStreamer's generic RTP payload (rtpgstpay), since Debian 12 has none of AV1's own. The
 * header extension of the capture time is beside it, as for every other format.
 *
 * ```
 *  0                   1                   2                   3
 *  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 * +-+-----+-+-----+---------------+-------------------------------+
 * |C| CV  |D|  0  |     ETYPE     |               0               |
 * +-+-----+-+-----+---------------+-------------------------------+
 * |                  offset of this part, u32                     |
 * +---------------------------------------------------------------+
 * ```
 *
 * C: the buffer begins with a description of the stream behind its length (7 bits a byte, the highest first). D: no keyframe.
 * ETYPE: an event of the pipeline instead of a buffer.
 */
export class Av1Format implements PictureFormat {
  readonly #assembly: PictureAssembly;
  #parameters: VideoParameters | undefined;
  /** Offset that the next part has to have. */
  #expected = 0;
  #isKey = false;

  constructor({ assembly }: PictureFormatParts) {
    this.#assembly = assembly;
  }

  get parameters(): VideoParameters | undefined {
    return this.#parameters;
  }

  begin(): void {
    this.#expected = 0;
    this.#isKey = false;
  }

  read(payload: Uint8Array): PayloadResult {
    const flags = payload[0];
    if (flags === undefined || payload.length < HEADER_BYTES) return 'malformed';
    if (payload[1] !== 0) return 'ignored';
    const bytes = payload.subarray(HEADER_BYTES);
    const offset = new DataView(payload.buffer, payload.byteOffset).getUint32(4);
    if (bytes.length === 0 || offset !== this.#expected) return 'malformed';
    this.#expected += bytes.length;
    if (offset > 0) {
      this.#assembly.append(bytes);
      return 'ok';
    }
    const unit = (flags & 0x80) === 0 ? bytes : behindCaps(bytes);
    if (unit === undefined) return 'malformed';
    this.#start(unit, (flags & 0x08) === 0);
    this.#assembly.append(unit);
    return 'ok';
  }

  finish(): PictureFacts | undefined {
    if (this.#expected === 0) return undefined;
    return { key: this.#isKey, isReference: true, temporalLayer: 0 };
  }

  reset(): void {
    this.begin();
  }

  /** A keyframe without a sequence header of its own is none that a decoder could start at. */
  #start(unit: Uint8Array, isSyncPoint: boolean): void {
    const read = isSyncPoint ? readSequenceHeader(unit) : undefined;
    this.#isKey = read !== undefined;
    if (read === undefined) return;
    const known = this.#parameters;
    const isSame =
      known?.codec === read.codec && known.width === read.width && known.height === read.height;
    if (!isSame) this.#parameters = read;
  }
}

/** The bytes behind the description; undefined when it does not end in this part. */
function behindCaps(bytes: Uint8Array): Uint8Array | undefined {
  let length = 0;
  for (let at = 0; at < 3; at++) {
    const byte = bytes[at];
    if (byte === undefined) return undefined;
    length = length * 128 + (byte & 0x7f);
    if ((byte & 0x80) !== 0) continue;
    const end = at + 1 + length;
    return length <= MAX_CAPS_BYTES && end < bytes.length ? bytes.subarray(end) : undefined;
  }
  return undefined;
}
