import type { VideoParameters } from './access-unit.ts';
import type { PictureAssembly } from './picture-assembly.ts';
import type {
  PayloadResult,
  PictureFacts,
  PictureFormat,
  PictureFormatParts,
} from './picture-format.ts';

/** Frame tag and start code of a keyframe, and its two sizes (RFC 6386, section 9.1). */
const KEY_HEADER_BYTES = 10;

/** Width and height have 14 bits; the two above them are a hint for scaling. */
const SIZE_MASK = 0x3fff;

/** What a payload descriptor says. */
interface Descriptor {
  /** Bytes of the descriptor itself. */
  readonly length: number;
  readonly isFrameStart: boolean;
  /** The encoder refers to this picture never again. */
  readonly isNonReference: boolean;
  /** TID, where the descriptor carries one. */
  readonly temporalLayer: number | undefined;
}

/**
 * VP8 over RTP (RFC 7741) into frames (RFC 6386). With two temporal layers the encoder marks each upper picture as one that
 * nothing refers to (N); Debian's payloader writes no layer id into the descriptor then, so that N alone makes it the upper layer.
 */
export class Vp8Format implements PictureFormat {
  readonly #assembly: PictureAssembly;
  #parameters: VideoParameters | undefined;
  #isBegun = false;
  #isKey = false;
  #isNonReference = false;
  #temporalLayer: number | undefined;

  constructor({ assembly }: PictureFormatParts) {
    this.#assembly = assembly;
  }

  get parameters(): VideoParameters | undefined {
    return this.#parameters;
  }

  begin(): void {
    this.#isBegun = false;
  }

  read(payload: Uint8Array): PayloadResult {
    const descriptor = readDescriptor(payload);
    if (descriptor === undefined) return 'malformed';
    const bytes = payload.subarray(descriptor.length);
    if (descriptor.isFrameStart === this.#isBegun) return 'malformed';
    if (!this.#isBegun && !this.#start(bytes)) return 'malformed';
    if (descriptor.isFrameStart) {
      this.#isBegun = true;
      this.#isNonReference = descriptor.isNonReference;
      this.#temporalLayer = descriptor.temporalLayer;
    }
    this.#assembly.append(bytes);
    return 'ok';
  }

  finish(): PictureFacts | undefined {
    if (!this.#isBegun) return undefined;
    const isReference = this.#isKey || !this.#isNonReference;
    const temporalLayer = this.#isKey ? 0 : (this.#temporalLayer ?? (isReference ? 0 : 1));
    return { key: this.#isKey, isReference, temporalLayer };
  }

  reset(): void {
    this.#isBegun = false;
  }

  /** Reads the head of a frame: `P:1 version:3 show:1 size:19`, and for P = 0 a start code, width and height. */
  #start(bytes: Uint8Array): boolean {
    const first = bytes[0];
    if (first === undefined || bytes.length < 3) return false;
    this.#isKey = (first & 1) === 0;
    if (!this.#isKey) return true;
    if (bytes.length < KEY_HEADER_BYTES) return false;
    if (bytes[3] !== 0x9d || bytes[4] !== 0x01 || bytes[5] !== 0x2a) return false;
    const width = ((bytes[6] ?? 0) | ((bytes[7] ?? 0) << 8)) & SIZE_MASK;
    const height = ((bytes[8] ?? 0) | ((bytes[9] ?? 0) << 8)) & SIZE_MASK;
    if (width === 0 || height === 0) return false;
    const known = this.#parameters;
    if (known?.width !== width || known.height !== height) {
      this.#parameters = { codec: 'vp8', width, height };
    }
    return true;
  }
}

/**
 * The payload descriptor (RFC 7741, section 4.2); undefined when it does not fit into the payload.
 *
 * ```
 *  X R N S R PID:3 | X: I L T K RSV:4 | I: M PictureID:7 [PictureID:8 if M] | L: TL0PICIDX:8 | T or K: TID:2 Y KEYIDX:5
 * ```
 */
function readDescriptor(payload: Uint8Array): Descriptor | undefined {
  const first = payload[0];
  if (first === undefined) return undefined;
  let length = 1;
  let temporalLayer: number | undefined;
  if ((first & 0x80) !== 0) {
    const extensions = payload[length++] ?? 0;
    if ((extensions & 0x80) !== 0) length += ((payload[length] ?? 0) & 0x80) !== 0 ? 2 : 1;
    if ((extensions & 0x40) !== 0) length += 1;
    if ((extensions & 0x20) !== 0) temporalLayer = (payload[length] ?? 0) >> 6;
    if ((extensions & 0x30) !== 0) length += 1;
  }
  // A descriptor without a byte of the frame behind it carries nothing.
  if (length >= payload.length) return undefined;
  return {
    length,
    // A further partition begins with S too, but with its own number.
    isFrameStart: (first & 0x10) !== 0 && (first & 0x07) === 0,
    isNonReference: (first & 0x20) !== 0,
    temporalLayer,
  };
}
