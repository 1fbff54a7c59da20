import type { VideoParameters } from './access-unit.ts';
import { BitReader } from './bit-stream.ts';

/** OBU types (AV1 specification, section 6.2.2). */
const SEQUENCE_HEADER = 1;
const TEMPORAL_DELIMITER = 2;

/** A sequence header stands at the front, behind the delimiter: more OBUs than these are not looked through. */
const MAX_OBUS = 8;

/** Longest leb128 number (section 4.10.5). */
const MAX_LEB128_BYTES = 8;

/** What stands in front of a level's tier bit (section 5.5.1). */
const FIRST_TIERED_LEVEL = 8;

/**
 * What the sequence header of a temporal unit says; undefined when the unit does not begin with one, or it cannot be read.
 *
 * @param unit The beginning of a temporal unit in the low-overhead format (section 5.2), OBUs with their sizes.
 */
export function readSequenceHeader(unit: Uint8Array): VideoParameters | undefined {
  let at = 0;
  for (let count = 0; count < MAX_OBUS; count++) {
    const header = unit[at];
    if (header === undefined || (header & 0x82) !== 0x02) return undefined;
    const type = (header >> 3) & 0x0f;
    const size = readLeb128(unit, at + ((header & 0x04) !== 0 ? 2 : 1));
    if (size === undefined) return undefined;
    const end = size.next + size.value;
    if (type === SEQUENCE_HEADER)
      return end > unit.length ? undefined : parse(unit.subarray(size.next, end));
    if (type !== TEMPORAL_DELIMITER || end >= unit.length) return undefined;
    at = end;
  }
  return undefined;
}

function readLeb128(
  bytes: Uint8Array,
  start: number,
): { readonly value: number; readonly next: number } | undefined {
  let value = 0;
  for (let index = 0; index < MAX_LEB128_BYTES; index++) {
    const byte = bytes[start + index];
    if (byte === undefined) return undefined;
    value += (byte & 0x7f) * 2 ** (7 * index);
    if ((byte & 0x80) === 0) return { value, next: start + index + 1 };
  }
  return undefined;
}

/** sequence_header_obu() up to the size (section 5.5.1). Streams with a decoder model are not read: no encoder here writes one. */
function parse(bytes: Uint8Array): VideoParameters | undefined {
  const reader = new BitReader(bytes);
  const profile = reader.unsigned(3);
  reader.bit(); // still_picture
  const isReduced = reader.flag();
  const level = isReduced ? { index: reader.unsigned(5), isHigh: false } : readLevel(reader);
  if (level === undefined) return undefined;
  const widthBits = reader.unsigned(4) + 1;
  const heightBits = reader.unsigned(4) + 1;
  const width = reader.unsigned(widthBits) + 1;
  const height = reader.unsigned(heightBits) + 1;
  if (reader.overrun) return undefined;
  const tier = level.isHigh ? 'H' : 'M';
  // Encoders here are fed with 8 bits a sample.
  const codec = `av01.${profile}.${level.index.toString().padStart(2, '0')}${tier}.08`;
  return { codec, width, height };
}

/** Timing, and the level and tier of the first operating point, which is the whole stream. */
function readLevel(
  reader: BitReader,
): { readonly index: number; readonly isHigh: boolean } | undefined {
  if (reader.flag()) {
    reader.unsigned(32); // num_units_in_display_tick
    reader.unsigned(32); // time_scale
    if (reader.flag()) reader.exponential(); // num_ticks_per_picture_minus_1, uvlc()
    if (reader.flag()) return undefined; // decoder_model_info_present_flag
  }
  const hasDisplayDelay = reader.flag();
  const points = reader.unsigned(5) + 1;
  let first: { readonly index: number; readonly isHigh: boolean } | undefined;
  for (let point = 0; point < points; point++) {
    reader.unsigned(12); // operating_point_idc
    const index = reader.unsigned(5);
    const isHigh = index >= FIRST_TIERED_LEVEL && reader.flag();
    if (hasDisplayDelay && reader.flag()) reader.unsigned(4);
    first ??= { index, isHigh };
  }
  return first;
}
