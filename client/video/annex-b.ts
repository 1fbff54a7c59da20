/** The little that the client reads of an H.264 stream (ITU-T H.264, Annex B): the SPS, which names the codec. */

/** The type in the first byte of a NAL unit, and that of an SPS (ITU-T H.264, table 7-1). */
const NAL_TYPE_MASK = 0x1f;
const SPS = 7;

/** Slice types end the search: parameter sets come before the first slice of an access unit (ITU-T H.264, 7.4.1.2.3). */
const FIRST_SLICE = 1;
const LAST_SLICE = 5;

/**
 * The sequence parameter set of an access unit, with its NAL header and without the start code; a view, or undefined when the
 * access unit has none.
 */
export function findSps(accessUnit: Uint8Array): Uint8Array | undefined {
  let sps: number | undefined;
  for (let at = 0; at + 3 < accessUnit.length; at += 1) {
    if (accessUnit[at] !== 0 || accessUnit[at + 1] !== 0 || accessUnit[at + 2] !== 1) continue;
    if (sps !== undefined) return accessUnit.subarray(sps, withoutZeros(accessUnit, sps, at));
    const type = (accessUnit[at + 3] ?? 0) & NAL_TYPE_MASK;
    if (type === SPS) sps = at + 3;
    else if (type >= FIRST_SLICE && type <= LAST_SLICE) return undefined;
    at += 2;
  }
  return sps === undefined ? undefined : accessUnit.subarray(sps);
}

/** The start code of the next NAL may have a fourth byte, and zeros may trail. */
function withoutZeros(bytes: Uint8Array, start: number, end: number): number {
  let last = end;
  while (last > start && bytes[last - 1] === 0) last -= 1;
  return last;
}

/** The codec string of RFC 6381: `avc1.` and profile, constraints and level in hex. */
export function codecOfSps(sps: Uint8Array): string {
  const digits = [sps[1], sps[2], sps[3]].map((byte) => (byte ?? 0).toString(16).padStart(2, '0'));
  return `avc1.${digits.join('').toUpperCase()}`;
}

/** Whether two parameter sets are the same. */
export function isSameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, at) => byte === b[at]);
}
