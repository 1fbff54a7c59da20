import type { VideoParameters } from './access-unit.ts';
import { BitReader } from './bit-stream.ts';
import type { PictureAssembly } from './picture-assembly.ts';
import type {
  PayloadResult,
  PictureFacts,
  PictureFormat,
  PictureFormatParts,
} from './picture-format.ts';

/** Bytes of a frame that its header's first part lies in; with every field 14. */
const HEADER_BYTES = 16;

/** Frame marker and sync code of the uncompressed header (VP9 bitstream specification, sections 6.2 and 6.2.1). */
const FRAME_MARKER = 2;
const SYNC_CODE = 0x49_83_42;
const SRGB = 7;

/** Pictures per second that a level has to be fit for: what a gateway sends at most by default. */
const LEVEL_FRAME_RATE = 60;

/** Level, most luma samples per second and per picture (VP9 levels, https://www.webmproject.org/vp9/levels/). */
const LEVELS: readonly (readonly [level: number, samplesPerSecond: number, pictureSize: number])[] =
  [
    [10, 829_440, 36_864],
    [11, 2_764_800, 73_728],
    [20, 4_608_000, 122_880],
    [21, 9_216_000, 245_760],
    [30, 20_736_000, 552_960],
    [31, 36_864_000, 983_040],
    [40, 83_558_400, 2_228_224],
    [41, 160_432_128, 2_228_224],
    [50, 311_951_360, 8_912_896],
    [51, 588_251_136, 8_912_896],
    [52, 1_176_502_272, 8_912_896],
    [60, 1_176_502_272, 35_651_584],
    [61, 2_353_004_544, 35_651_584],
    [62, 4_706_009_088, 35_651_584],
  ];

/**
 * VP9 over RTP (RFC 9628) into frames. Layers of size are not read: no pipeline of ours makes them. Every picture counts as one that
 * others refer to.
 */
export class Vp9Format implements PictureFormat {
  readonly #assembly: PictureAssembly;
  #parameters: VideoParameters | undefined;
  #isBegun = false;
  #isEnded = false;
  #isKey = false;
  #temporalLayer = 0;

  constructor({ assembly }: PictureFormatParts) {
    this.#assembly = assembly;
  }

  get parameters(): VideoParameters | undefined {
    return this.#parameters;
  }

  begin(): void {
    this.#isBegun = false;
    this.#isEnded = false;
  }

  read(payload: Uint8Array): PayloadResult {
    const descriptor = readDescriptor(payload);
    if (descriptor === undefined || descriptor.isStart === this.#isBegun || this.#isEnded) {
      return 'malformed';
    }
    const bytes = payload.subarray(descriptor.length);
    if (descriptor.isStart) {
      if (!this.#start(bytes)) return 'malformed';
      this.#isBegun = true;
      this.#temporalLayer = descriptor.temporalLayer;
    }
    this.#isEnded = descriptor.isEnd;
    this.#assembly.append(bytes);
    return 'ok';
  }

  finish(): PictureFacts | undefined {
    if (!this.#isBegun || !this.#isEnded) return undefined;
    return {
      key: this.#isKey,
      isReference: true,
      temporalLayer: this.#isKey ? 0 : this.#temporalLayer,
    };
  }

  reset(): void {
    this.begin();
  }

  #start(bytes: Uint8Array): boolean {
    const header = readFrameHeader(bytes.subarray(0, HEADER_BYTES));
    if (header === undefined) return false;
    this.#isKey = header.type === 'key';
    if (header.type !== 'key') return true;
    const { codec, width, height } = header.parameters;
    const known = this.#parameters;
    if (known?.codec !== codec || known.width !== width || known.height !== height) {
      this.#parameters = header.parameters;
    }
    return true;
  }
}

interface Descriptor {
  readonly length: number;
  readonly isStart: boolean;
  readonly isEnd: boolean;
  readonly temporalLayer: number;
}

/**
 * The payload descriptor (RFC 9628, section 4.2): `I P L F B E V Z`, then the parts that they announce; undefined when it does not
 * fit into the payload.
 */
function readDescriptor(payload: Uint8Array): Descriptor | undefined {
  const first = payload[0];
  if (first === undefined) return undefined;
  const has = (bit: number): boolean => (first & bit) !== 0;
  const isFlexible = has(0x10);
  let length = 1;
  let temporalLayer = 0;
  if (has(0x80)) length += ((payload[length] ?? 0) & 0x80) !== 0 ? 2 : 1;
  if (has(0x20)) {
    temporalLayer = (payload[length] ?? 0) >> 5;
    // In non-flexible mode TL0PICIDX follows.
    length += isFlexible ? 1 : 2;
  }
  if (isFlexible && has(0x40)) {
    // P_DIFF:7 N:1, at most three.
    for (let count = 0, more = true; more && count < 3; count++) {
      more = ((payload[length] ?? 0) & 1) !== 0;
      length += 1;
    }
  }
  if (has(0x02)) length = skipScalability(payload, length);
  if (length >= payload.length) return undefined;
  return { length, isStart: has(0x08), isEnd: has(0x04), temporalLayer };
}

/** The scalability structure: `N_S:3 Y:1 G:1 -:3`, (N_S + 1) sizes if Y, N_G pictures with their references if G. */
function skipScalability(payload: Uint8Array, start: number): number {
  const first = payload[start] ?? 0;
  let at = start + 1;
  if ((first & 0x10) !== 0) at += 4 * ((first >> 5) + 1);
  if ((first & 0x08) === 0) return at;
  const pictures = payload[at++] ?? 0;
  for (let picture = 0; picture < pictures && at < payload.length; picture++) {
    at += 1 + (((payload[at] ?? 0) >> 2) & 3);
  }
  return at;
}

type FrameHeader =
  { readonly type: 'key'; readonly parameters: VideoParameters } | { readonly type: 'delta' };

/** The uncompressed header up to the size; undefined when it is none. */
function readFrameHeader(bytes: Uint8Array): FrameHeader | undefined {
  const reader = new BitReader(bytes);
  if (reader.unsigned(2) !== FRAME_MARKER) return undefined;
  const profile = reader.bit() + 2 * reader.bit();
  if (profile === 3 && reader.bit() === 1) return undefined;
  // A frame that shows an older one again decodes nothing.
  if (reader.flag()) return { type: 'delta' };
  const isDelta = reader.flag();
  reader.unsigned(2); // show_frame, error_resilient_mode
  if (isDelta) return reader.overrun ? undefined : { type: 'delta' };
  if (reader.unsigned(24) !== SYNC_CODE) return undefined;
  const bitDepth = profile < 2 ? 8 : reader.flag() ? 12 : 10;
  skipColour(reader, profile);
  const width = reader.unsigned(16) + 1;
  const height = reader.unsigned(16) + 1;
  if (reader.overrun) return undefined;
  const codec = `vp09.${twoDigits(profile)}.${levelOf(width, height)}.${twoDigits(bitDepth)}`;
  return { type: 'key', parameters: { codec, width, height } };
}

/** color_config() behind the bit depth (section 6.2.2). */
function skipColour(reader: BitReader, profile: number): void {
  const isSrgb = reader.unsigned(3) === SRGB;
  if (!isSrgb) reader.bit(); // color_range
  if (profile === 1 || profile === 3) reader.unsigned(isSrgb ? 1 : 3); // subsampling, reserved_zero
}

function levelOf(width: number, height: number): number {
  const size = width * height;
  const level = LEVELS.find(
    ([, samplesPerSecond, pictureSize]) =>
      size <= pictureSize && size * LEVEL_FRAME_RATE <= samplesPerSecond,
  );
  return level?.[0] ?? 62;
}

const twoDigits = (value: number): string => value.toString().padStart(2, '0');
