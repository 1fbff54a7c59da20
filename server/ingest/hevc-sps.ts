import type { VideoParameters } from './access-unit.ts';
import { BitReader } from './bit-stream.ts';
import { unescapePayload } from './h264-nal.ts';

/** Longest NAL unit that we read; a real one stays below 1 KB. */
const MAX_SPS_BYTES = 4096;

/** NAL header, then ids and the number of sub-layers, in bytes. */
const PROFILE_AT = 3;

const YUV_444 = 3;

/** Largest side of a picture that we take for real; level 6.2 ends at 8,444, and twice that is too much. */
const MAX_SIDE = 16_896;

/** Samples of luma for one unit of the conformance window, by chroma_format_idc (ITU-T H.265, table 6-1). */
const WINDOW_UNITS: readonly (readonly [width: number, height: number])[] = [
  [1, 1],
  [2, 2],
  [2, 1],
  [1, 1],
];

/**
 * What a sequence parameter set of HEVC says (ITU-T H.265, section 7.3.2.2.1).
 *
 * @param nal The NAL unit without start code, its two header bytes first.
 * @returns undefined when the bytes are no readable parameter set.
 */
export function readHevcSps(nal: Uint8Array): VideoParameters | undefined {
  if (nal.length > MAX_SPS_BYTES) return undefined;
  const bytes = unescapePayload(nal);
  const reader = new BitReader(bytes.subarray(2));
  reader.unsigned(4); // sps_video_parameter_set_id
  const subLayers = reader.unsigned(3);
  reader.bit(); // sps_temporal_id_nesting_flag
  skipProfile(reader, subLayers);
  reader.exponential(); // sps_seq_parameter_set_id
  const chroma = reader.exponential();
  if (chroma > YUV_444) return undefined;
  if (chroma === YUV_444) reader.bit(); // separate_colour_plane_flag
  const codedWidth = reader.exponential();
  const codedHeight = reader.exponential();
  const [left, right, top, bottom] = reader.flag()
    ? [reader.exponential(), reader.exponential(), reader.exponential(), reader.exponential()]
    : [0, 0, 0, 0];
  if (reader.overrun) return undefined;
  const [unitWidth, unitHeight] = WINDOW_UNITS[chroma] ?? [1, 1];
  const width = codedWidth - unitWidth * (left + right);
  const height = codedHeight - unitHeight * (top + bottom);
  const isReal = [width, height].every((side) => side > 0 && side <= MAX_SIDE);
  return isReal ? { codec: codecOf(bytes.subarray(PROFILE_AT)), width, height } : undefined;
}

/** profile_tier_level() (section 7.3.3) with `subLayers` sub-layers above the lowest. */
function skipProfile(reader: BitReader, subLayers: number): void {
  reader.unsigned(32);
  reader.unsigned(32);
  reader.unsigned(32); // 88 bits of the profile and the level
  let bits = 0;
  if (subLayers > 0) {
    for (let i = 0; i < 8; i++) {
      const hasProfile = reader.flag();
      const hasLevel = reader.flag();
      if (i < subLayers) bits += (hasProfile ? 88 : 0) + (hasLevel ? 8 : 0);
    }
  }
  for (; bits > 0; bits -= 8) reader.unsigned(8);
}

/** `hev1.` with profile, compatibility, tier, level and constraints (ISO/IEC 14496-15, annex E.3). */
function codecOf(profile: Uint8Array): string {
  const first = profile[0] ?? 0;
  const space = ['', 'A', 'B', 'C'][first >> 6] ?? '';
  const tier = (first & 0x20) === 0 ? 'L' : 'H';
  const compatibility = reversed(new DataView(profile.buffer, profile.byteOffset).getUint32(1));
  const constraints = [...profile.subarray(5, 11)];
  while (constraints.at(-1) === 0) constraints.pop();
  const parts = [
    `hev1.${space}${first & 0x1f}`,
    compatibility.toString(16).toUpperCase(),
    `${tier}${profile[11] ?? 0}`,
    ...constraints.map((byte) => byte.toString(16).toUpperCase()),
  ];
  return parts.join('.');
}

/** A 32-bit word with its bits in the other order. */
function reversed(word: number): number {
  let result = 0;
  for (let bit = 0; bit < 32; bit++) result = result * 2 + ((word >>> bit) & 1);
  return result;
}
