import { micros32, type Micros32 } from '../../protocol/time.ts';

/** What a peer says of one packet. */
export interface PacketFate {
  /** Number of the packet among all of the transport, u16. */
  readonly sequence: number;
  /** When it arrived, on the peer's clock; undefined: not yet, or never. */
  readonly arrival: Micros32 | undefined;
}

/** The reference time counts 64 ms, deltas 250 µs. */
const REFERENCE_US = 64_000;
const DELTA_US = 250;

/** Bytes behind the common header and the two sources, up to the first chunk. */
const FIXED_BYTES = 8;

/** Two-bit symbols: not received, small delta (u8), large delta (i16); 3 is reserved. */
const SMALL = 1;
const LARGE = 2;

/** Packets that one feedback may tell of: 64 KB of run lengths would tell of 8,191 times as many as they have bytes. */
const MAX_PACKETS = 8_192;

/**
 * Reads feedback of transport-wide congestion control (draft-holmer-rmcat-transport-wide-cc-extensions-01, section 3.1).
 *
 * ```
 * |    base sequence number: u16  |    packet status count: u16   |
 * |        reference time: i24 (64 ms)            | fb count: u8  |
 * | packet chunks: u16 ...        | deltas: u8 or i16 ... padding |
 * ```
 *
 * @param content what stands behind the common header and the two sources of the RTCP packet
 * @returns the packets in order of their numbers; undefined when lengths do not fit
 */
export function readTransportFeedback(content: Uint8Array): readonly PacketFate[] | undefined {
  if (content.length < FIXED_BYTES) return undefined;
  const view = new DataView(content.buffer, content.byteOffset, content.byteLength);
  const base = view.getUint16(0);
  const count = view.getUint16(2);
  if (count > MAX_PACKETS) return undefined;
  const symbols: number[] = [];
  let at = FIXED_BYTES;
  while (symbols.length < count) {
    if (at + 2 > content.length) return undefined;
    readChunk(view.getUint16(at), symbols, count);
    at += 2;
  }
  let time = (view.getUint32(4) >>> 8) * REFERENCE_US;
  const fates: PacketFate[] = [];
  for (const [index, symbol] of symbols.entries()) {
    const sequence = (base + index) & 0xffff;
    const bytes = symbol === SMALL ? 1 : symbol === LARGE ? 2 : 0;
    if (at + bytes > content.length) return undefined;
    if (bytes > 0) time += (bytes === 1 ? view.getUint8(at) : view.getInt16(at)) * DELTA_US;
    at += bytes;
    fates.push({ sequence, arrival: bytes === 0 ? undefined : micros32(time % 2 ** 32) });
  }
  return fates;
}

/** A run of one symbol (0, symbol:2, length:13), or a vector of 14 one-bit or 7 two-bit symbols (1, size:1, symbols). */
function readChunk(chunk: number, symbols: number[], count: number): void {
  if ((chunk & 0x8000) === 0) {
    const length = Math.min(chunk & 0x1fff, count - symbols.length);
    // A run of nothing would never end the list.
    for (let index = 0; index < Math.max(1, length); index++) symbols.push((chunk >> 13) & 3);
    return;
  }
  const bits = (chunk & 0x4000) === 0 ? 1 : 2;
  for (let shift = 14 - bits; shift >= 0 && symbols.length < count; shift -= bits) {
    symbols.push((chunk >> shift) & ((1 << bits) - 1));
  }
}
