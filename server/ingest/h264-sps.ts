import type { VideoParameters } from './access-unit.ts';
import { BitReader, BitWriter } from './bit-stream.ts';
import { escapePayload, unescapePayload } from './h264-nal.ts';

/** A sequence parameter set made ready for decoders that must not wait. */
export interface LowDelaySps {
  /** The NAL unit with max_num_reorder_frames = 0; the same object as the input when it said so already. */
  readonly nal: Uint8Array;
  readonly parameters: VideoParameters;
}

/** Profiles whose parameter sets carry chroma and scaling fields (H.264, section 7.3.2.1.1). */
const CHROMA_PROFILES: ReadonlySet<number> = new Set([
  100, 110, 122, 244, 44, 83, 86, 118, 128, 138, 139, 134, 135,
]);

/** Longest NAL unit that we read; with every scaling list and both HRDs a real one stays below 2 KB. */
const MAX_SPS_BYTES = 4096;

/** `chroma_format_idc` 4:4:4 (table 6-1) and `aspect_ratio_idc` Extended_SAR (table E-1). */
const YUV_444 = 3;
const EXTENDED_SAR = 255;

/** Largest motion vector that we claim: 2^16 quarter samples, the top of the range (section E.2.1). */
const LOG2_MAX_MV_LENGTH = 16;

/** Largest side of a picture that we take for real; level 6.2 ends at 16,880. */
const MAX_SIDE = 16_896;

/** Most frames that a decoder stores (section A.3.1). */
const MAX_STORED_FRAMES = 16;

interface SpsFields {
  readonly codec: string;
  readonly width: number;
  readonly height: number;
  readonly referenceFrames: number;
  /** Where vui_parameters_present_flag stands, in bits behind the NAL header. */
  readonly vuiFlagPosition: number;
  readonly vui: VuiFields | undefined;
}

interface VuiFields {
  /** Where bitstream_restriction_flag stands. */
  readonly restrictionFlagPosition: number;
  /** Where max_num_reorder_frames stands, and its value and that of max_dec_frame_buffering; absent without restriction. */
  readonly restriction:
    | { readonly position: number; readonly reorderFrames: number; readonly storedFrames: number }
    | undefined;
}

/**
 * Reads a sequence parameter set (H.264, section 7.3.2.1.1) and makes it say that frames come out in the order in which
 * they go in. Without max_num_reorder_frames = 0 in the VUI (section E.1.1), decoders hold back as many frames as the
 * level allows: 100 ms and more.
 *
 * @param nal The NAL unit without start code, header byte first. Not changed.
 * @returns undefined when the bytes are no readable parameter set.
 */
export function lowDelaySps(nal: Uint8Array): LowDelaySps | undefined {
  if (nal.length > MAX_SPS_BYTES) return undefined;
  const payload = unescapePayload(nal.subarray(1));
  const fields = readSps(payload);
  if (fields === undefined) return undefined;
  const { codec, width, height } = fields;
  const parameters = { codec, width, height };
  if (fields.vui?.restriction?.reorderFrames === 0) return { nal, parameters };
  const escaped = escapePayload(rewrite(payload, fields));
  const rewritten = new Uint8Array(1 + escaped.length);
  rewritten[0] = nal[0] ?? 0;
  rewritten.set(escaped, 1);
  return { nal: rewritten, parameters };
}

function rewrite(
  payload: Uint8Array,
  { vui, vuiFlagPosition, referenceFrames }: SpsFields,
): Uint8Array {
  const reader = new BitReader(payload);
  const writer = new BitWriter();
  const copyUntil = (position: number): void => {
    while (reader.position < position) writer.bit(reader.bit());
  };
  if (vui?.restriction !== undefined) {
    copyUntil(vui.restriction.position);
    writer.exponential(0);
    writer.exponential(vui.restriction.storedFrames);
    return writer.finish();
  }
  if (vui === undefined) {
    copyUntil(vuiFlagPosition);
    writer.bit(1);
    // Eight flags of a VUI that says nothing else: aspect ratio, overscan, video signal, chroma location, timing, both
    // HRDs and pic_struct.
    writer.unsigned(0, 8);
  } else {
    copyUntil(vui.restrictionFlagPosition);
  }
  writer.bit(1); // bitstream_restriction_flag
  writer.bit(1); // motion_vectors_over_pic_boundaries_flag: no promise
  writer.exponential(0); // max_bytes_per_pic_denom: no limit
  writer.exponential(0); // max_bits_per_mb_denom: no limit
  writer.exponential(LOG2_MAX_MV_LENGTH); // horizontal
  writer.exponential(LOG2_MAX_MV_LENGTH); // vertical
  writer.exponential(0); // max_num_reorder_frames
  writer.exponential(Math.max(1, referenceFrames)); // max_dec_frame_buffering
  return writer.finish();
}

function readSps(payload: Uint8Array): SpsFields | undefined {
  const reader = new BitReader(payload);
  const profile = reader.unsigned(8);
  const compatibility = reader.unsigned(8);
  const level = reader.unsigned(8);
  reader.exponential(); // seq_parameter_set_id
  const chroma = CHROMA_PROFILES.has(profile) ? readChroma(reader) : 1;
  reader.exponential(); // log2_max_frame_num_minus4
  skipPictureOrder(reader);
  const referenceFrames = reader.exponential();
  reader.bit(); // gaps_in_frame_num_value_allowed_flag
  const size = readSize(reader, chroma);
  const vuiFlagPosition = reader.position;
  const vui = reader.flag() ? readVui(reader) : undefined;
  if (reader.overrun || size === undefined || referenceFrames > MAX_STORED_FRAMES) return undefined;
  const codec = `avc1.${[profile, compatibility, level].map(toHexByte).join('')}`;
  return { codec, ...size, referenceFrames, vuiFlagPosition, vui };
}

/** Returns chroma_format_idc; 0 (no chroma planes to crop by) with separate colour planes. */
function readChroma(reader: BitReader): number {
  const format = reader.exponential();
  const isSeparate = format === YUV_444 && reader.flag();
  reader.exponential(); // bit_depth_luma_minus8
  reader.exponential(); // bit_depth_chroma_minus8
  reader.bit(); // qpprime_y_zero_transform_bypass_flag
  if (reader.flag()) {
    const lists = format === YUV_444 ? 12 : 8;
    for (let list = 0; list < lists; list++) {
      if (reader.flag()) skipScalingList(reader, list < 6 ? 16 : 64);
    }
  }
  return isSeparate ? 0 : format;
}

/** Section 7.3.2.1.1.1. */
function skipScalingList(reader: BitReader, size: number): void {
  let last = 8;
  for (let i = 0; i < size && !reader.overrun; i++) {
    const next = (last + reader.signedExponential() + 256) % 256;
    if (next === 0) return;
    last = next;
  }
}

function skipPictureOrder(reader: BitReader): void {
  const type = reader.exponential();
  if (type === 0) {
    reader.exponential(); // log2_max_pic_order_cnt_lsb_minus4
  } else if (type === 1) {
    reader.bit(); // delta_pic_order_always_zero_flag
    reader.exponential(); // offset_for_non_ref_pic
    reader.exponential(); // offset_for_top_to_bottom_field
    const count = reader.exponential();
    for (let i = 0; i < count && !reader.overrun; i++) reader.exponential();
  }
}

/** The visible size: macroblocks minus cropping (section 7.4.2.1.1). */
function readSize(
  reader: BitReader,
  chroma: number,
): { width: number; height: number } | undefined {
  const codedWidth = (reader.exponential() + 1) * 16;
  const mapUnits = reader.exponential() + 1;
  const isFrameOnly = reader.flag();
  if (!isFrameOnly) reader.bit(); // mb_adaptive_frame_field_flag
  reader.bit(); // direct_8x8_inference_flag
  const fields = isFrameOnly ? 1 : 2;
  const unitX = chroma === 1 || chroma === 2 ? 2 : 1;
  const unitY = (chroma === 1 ? 2 : 1) * fields;
  let width = codedWidth;
  let height = mapUnits * 16 * fields;
  if (reader.flag()) {
    width -= unitX * (reader.exponential() + reader.exponential());
    height -= unitY * (reader.exponential() + reader.exponential());
  }
  const isPlausible = width > 0 && height > 0 && width <= MAX_SIDE && height <= MAX_SIDE;
  return isPlausible ? { width, height } : undefined;
}

/** Section E.1.1. */
function readVui(reader: BitReader): VuiFields {
  if (reader.flag() && reader.unsigned(8) === EXTENDED_SAR) reader.unsigned(32);
  if (reader.flag()) reader.bit(); // overscan_appropriate_flag
  if (reader.flag()) {
    reader.unsigned(4); // video_format, video_full_range_flag
    if (reader.flag()) reader.unsigned(24); // colour description
  }
  if (reader.flag()) {
    reader.exponential(); // chroma_sample_loc_type_top_field
    reader.exponential(); // chroma_sample_loc_type_bottom_field
  }
  if (reader.flag()) {
    reader.unsigned(32); // num_units_in_tick
    reader.unsigned(32); // time_scale
    reader.bit(); // fixed_frame_rate_flag
  }
  const hasNalHrd = reader.flag();
  if (hasNalHrd) skipHrd(reader);
  const hasVclHrd = reader.flag();
  if (hasVclHrd) skipHrd(reader);
  if (hasNalHrd || hasVclHrd) reader.bit(); // low_delay_hrd_flag
  reader.bit(); // pic_struct_present_flag
  const restrictionFlagPosition = reader.position;
  if (!reader.flag()) return { restrictionFlagPosition, restriction: undefined };
  reader.bit(); // motion_vectors_over_pic_boundaries_flag
  for (let i = 0; i < 4; i++) reader.exponential(); // two denominators, two motion vector lengths
  const position = reader.position;
  const reorderFrames = reader.exponential();
  const storedFrames = reader.exponential();
  return { restrictionFlagPosition, restriction: { position, reorderFrames, storedFrames } };
}

/** Section E.1.2. */
function skipHrd(reader: BitReader): void {
  const count = reader.exponential() + 1;
  reader.unsigned(8); // bit_rate_scale, cpb_size_scale
  for (let i = 0; i < count && !reader.overrun; i++) {
    reader.exponential(); // bit_rate_value_minus1
    reader.exponential(); // cpb_size_value_minus1
    reader.bit(); // cbr_flag
  }
  reader.unsigned(20); // four lengths of five bits
}

function toHexByte(value: number): string {
  return value.toString(16).toUpperCase().padStart(2, '0');
}
