import { BitReader } from './bit-reader.ts';

/** Profiles whose parameter sets carry chroma and scaling fields (ITU-T H.264, section 7.3.2.1.1). */
const CHROMA_PROFILES: ReadonlySet<number> = new Set([100, 110, 122, 244, 44, 83, 86, 118, 128]);

/** `chroma_format_idc` (ITU-T H.264, table 6-1). */
const YUV_420 = 1;
const YUV_444 = 3;

/** Largest side of a picture that is taken for real; level 6.2 ends at 16,880. */
const MAX_SIDE = 16_896;

/**
 * Width and height in pixels of the pictures of a sequence parameter set (ITU-T H.264, section 7.4.2.1.1), cropping taken off.
 *
 * @param sps the NAL unit with its header, without start code
 * @returns undefined when the bytes make no sense
 */
export function sizeOfSps(
  sps: Uint8Array,
): { readonly width: number; readonly height: number } | undefined {
  const reader = new BitReader(sps.subarray(1));
  const profile = reader.unsigned(8);
  reader.unsigned(16); // constraints and level
  reader.exponential(); // seq_parameter_set_id
  const chroma = CHROMA_PROFILES.has(profile) ? readChroma(reader) : YUV_420;
  reader.exponential(); // log2_max_frame_num_minus4
  skipPictureOrder(reader);
  reader.exponential(); // max_num_ref_frames
  reader.bit(); // gaps_in_frame_num_value_allowed_flag
  const columns = reader.exponential() + 1;
  const rows = reader.exponential() + 1;
  const fieldRows = 2 - reader.bit();
  if (fieldRows === 2) reader.bit(); // mb_adaptive_frame_field_flag
  reader.bit(); // direct_8x8_inference_flag
  const crop = reader.bit() === 1 ? Array.from({ length: 4 }, () => reader.exponential()) : [];
  const [left = 0, right = 0, top = 0, bottom = 0] = crop;
  // Cropping counts in chroma samples (table 6-1).
  const unitX = chroma === YUV_420 || chroma === 2 ? 2 : 1;
  const unitY = (chroma === YUV_420 ? 2 : 1) * fieldRows;
  const width = columns * 16 - (left + right) * unitX;
  const height = rows * 16 * fieldRows - (top + bottom) * unitY;
  const isSensible = width > 0 && height > 0 && width <= MAX_SIDE && height <= MAX_SIDE;
  return isSensible ? { width, height } : undefined;
}

/** Returns chroma_format_idc. */
function readChroma(reader: BitReader): number {
  const chroma = reader.exponential();
  if (chroma === YUV_444) reader.bit();
  reader.exponential(); // bit_depth_luma_minus8
  reader.exponential(); // bit_depth_chroma_minus8
  reader.bit(); // qpprime_y_zero_transform_bypass_flag
  if (reader.bit() === 0) return chroma;
  const lists = chroma === YUV_444 ? 12 : 8;
  for (let list = 0; list < lists; list += 1) {
    if (reader.bit() === 1) skipScalingList(reader, list < 6 ? 16 : 64);
  }
  return chroma;
}

/** Section 7.3.2.1.1.1. */
function skipScalingList(reader: BitReader, size: number): void {
  let last = 8;
  let next = 8;
  for (let at = 0; at < size; at += 1) {
    if (next !== 0) next = (last + reader.signedExponential() + 256) % 256;
    if (next !== 0) last = next;
  }
}

function skipPictureOrder(reader: BitReader): void {
  const type = reader.exponential();
  if (type === 0) reader.exponential();
  if (type !== 1) return;
  reader.bit();
  reader.signedExponential();
  reader.signedExponential();
  // At most 255 by the standard; what says more is no parameter set.
  const cycle = Math.min(255, reader.exponential());
  for (let at = 0; at < cycle; at += 1) reader.signedExponential();
}
