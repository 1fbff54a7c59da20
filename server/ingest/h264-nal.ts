/** NAL unit types (H.264, table 7-1) and the structures of RFC 6184, section 5.2, that share their numbers. */
export const nalType = {
  /** Coded slice of a picture that is no IDR; 2 to 4 are its partitions. */
  slice: 1,
  lastSlicePartition: 4,
  idrSlice: 5,
  sps: 7,
  /** Highest type that is a NAL unit of its own in a packet (RFC 6184, table 1). */
  lastSingle: 23,
  stapA: 24,
  fuA: 28,
  lastStructure: 29,
} as const;

/** The low five bits of a NAL header. */
export const nalTypeOf = (header: number): number => header & 0x1f;

/** nal_ref_idc: 0 when nothing refers to this NAL unit. */
export const referenceOf = (header: number): number => (header >> 5) & 3;

/** Takes the emulation prevention bytes out (section 7.4.1). */
export function unescapePayload(bytes: Uint8Array): Uint8Array {
  const out: number[] = [];
  let zeros = 0;
  for (const byte of bytes) {
    if (zeros >= 2 && byte === 3) {
      zeros = 0;
      continue;
    }
    zeros = byte === 0 ? zeros + 1 : 0;
    out.push(byte);
  }
  return Uint8Array.from(out);
}

/** Puts emulation prevention bytes in, so that no start code appears in the payload. */
export function escapePayload(bytes: Uint8Array): Uint8Array {
  const out: number[] = [];
  let zeros = 0;
  for (const byte of bytes) {
    if (zeros >= 2 && byte <= 3) {
      out.push(3);
      zeros = 0;
    }
    zeros = byte === 0 ? zeros + 1 : 0;
    out.push(byte);
  }
  return Uint8Array.from(out);
}
