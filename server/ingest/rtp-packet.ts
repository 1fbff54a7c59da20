import { rtpProfile } from '../../gst/rtp-profile.ts';

/** An RTP packet (RFC 3550, section 5.1), as far as the depacketizers need it. */
export interface RtpPacket {
  /** Last packet of an access unit (RFC 6184, section 5.1). */
  readonly marker: boolean;
  readonly payloadType: number;
  /** u16, counts packets. */
  readonly sequence: number;
  /** u32, in ticks of the payload's clock. */
  readonly timestamp: number;
  /** From the ntp-64 extension: nanoseconds of CLOCK_MONOTONIC. Only the first packet of an access unit carries it. */
  readonly captureTime: bigint | undefined;
  /** A view of the packet, without padding; may be empty. */
  readonly payload: Uint8Array;
}

/** Bytes in front of the list of sources (RFC 3550, section 5.1). */
const FIXED_HEADER_BYTES = 12;

/** Profile of the one-byte header form (RFC 8285, section 4.2). */
const ONE_BYTE_PROFILE = 0xbede;

/** Id that ends a one-byte list early (RFC 8285, section 4.2). */
const STOP_ID = 15;

/** Bytes of the capture time in its extension. */
const CAPTURE_TIME_BYTES = 8;

/**
 * Reads one packet.
 *
 * ```
 *  0                   1                   2                   3
 *  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 * +---+-+-+-------+-+-------------+-------------------------------+
 * |V=2|P|X|  CC   |M|     PT      |            sequence           |
 * +---+-+-+-------+-+-------------+-------------------------------+
 * |                           timestamp                           |
 * +---------------------------------------------------------------+
 * |                             SSRC                              |
 * +---------------------------------------------------------------+
 * |  CC x CSRC, then if X: profile:u16 words:u16 words x u32      |
 * ```
 *
 * @returns undefined when the bytes are no RTP packet of version 2 or a length in them does not fit.
 */
export function parseRtpPacket(bytes: Uint8Array): RtpPacket | undefined {
  if (bytes.length < FIXED_HEADER_BYTES) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const first = view.getUint8(0);
  if (first >> 6 !== 2) return undefined;
  let start = FIXED_HEADER_BYTES + 4 * (first & 0x0f);
  let captureTime: bigint | undefined;
  if ((first & 0x10) !== 0) {
    if (start + 4 > bytes.length) return undefined;
    const end = start + 4 + 4 * view.getUint16(start + 2);
    if (end > bytes.length) return undefined;
    if (view.getUint16(start) === ONE_BYTE_PROFILE)
      captureTime = findCaptureTime(view, start + 4, end);
    start = end;
  }
  const padding = (first & 0x20) === 0 ? 0 : view.getUint8(bytes.length - 1);
  const end = bytes.length - padding;
  if (end < start || ((first & 0x20) !== 0 && padding === 0)) return undefined;
  const second = view.getUint8(1);
  return {
    marker: (second & 0x80) !== 0,
    payloadType: second & 0x7f,
    sequence: view.getUint16(2),
    timestamp: view.getUint32(4),
    captureTime,
    payload: bytes.subarray(start, end),
  };
}

/** Walks the elements of a one-byte extension list: id:4 bits, length - 1: 4 bits, then the bytes; 0 is padding. */
function findCaptureTime(view: DataView, start: number, end: number): bigint | undefined {
  let offset = start;
  while (offset < end) {
    const element = view.getUint8(offset++);
    if (element === 0) continue;
    const id = element >> 4;
    const length = (element & 0x0f) + 1;
    if (id === STOP_ID || offset + length > end) return undefined;
    if (id === rtpProfile.captureTimeExtensionId && length === CAPTURE_TIME_BYTES) {
      return ntpToNanos(view.getUint32(offset), view.getUint32(offset + 4));
    }
    offset += length;
  }
  return undefined;
}

/** 32.32 fixed-point seconds to nanoseconds, rounded: truncation would lose 1 ns of most times. */
function ntpToNanos(seconds: number, fraction: number): bigint {
  return BigInt(seconds) * 1_000_000_000n + BigInt(Math.round((fraction * 1e9) / 2 ** 32));
}
