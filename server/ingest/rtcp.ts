/**
 * The feedback that an RTP sender may listen for: RTCP packets of RFC 4585 behind an empty receiver report, since a compound
 * packet begins with a report (RFC 3550, section 6.1).
 */

/** Our own SSRC; nothing is sent under it but reports. */
const OWN_SSRC = 1;

/** Packet type of a report without own media (RFC 3550, section 6.4.2). */
const RECEIVER_REPORT = 201;
/** Payload-specific feedback (RFC 4585, section 6.3) and its two formats that are used here. */
const PAYLOAD_FEEDBACK = 206;
const PLI_FORMAT = 1;
const APPLICATION_FORMAT = 15;

/** The bit rate of REMB is mantissa * 2^exponent, with 18 bits of mantissa. */
const MANTISSA_LIMIT = 2 ** 18;

/** Whether a packet that shares its socket with RTP is RTCP (RFC 5761, section 4: types 192 to 223). */
export function isRtcp(packet: Uint8Array): boolean {
  const type = packet[1] ?? 0;
  return type >= 192 && type <= 223;
}

/**
 * Asks for a keyframe (Picture Loss Indication, RFC 4585, section 6.3.1).
 *
 * ```
 * +-------+---------+---------------+-------------------------------+
 * |V=2|0| FMT = 1   |   PT = 206    |          length = 2           |
 * |                     SSRC of packet sender                       |
 * |                     SSRC of media source                        |
 * ```
 *
 * @param mediaSsrc SSRC of the sender's stream, u32
 */
export function encodePli(mediaSsrc: number): Uint8Array {
  const bytes = new Uint8Array(8 + 12);
  const view = emptyReport(bytes);
  view.setUint8(8, 0x80 | PLI_FORMAT);
  view.setUint8(9, PAYLOAD_FEEDBACK);
  view.setUint16(10, 2);
  view.setUint32(12, OWN_SSRC);
  view.setUint32(16, mediaSsrc);
  return bytes;
}

/**
 * Says which bit rate the sender should keep to (draft-alvestrand-rmcat-remb-03, section 2.2).
 *
 * ```
 * |V=2|0| FMT = 15  |   PT = 206    |          length = 5           |
 * |                     SSRC of packet sender                       |
 * |                     SSRC of media source = 0                    |
 * |  'R' 'E' 'M' 'B'                                                |
 * |  count = 1    | exponent:6 | mantissa:18                        |
 * |                     SSRC of the stream                          |
 * ```
 *
 * @param mediaSsrc SSRC of the sender's stream, u32
 * @param bitrateBps at least 0; rounded down to 18 significant bits
 */
export function encodeRemb(mediaSsrc: number, bitrateBps: number): Uint8Array {
  const bytes = new Uint8Array(8 + 24);
  const view = emptyReport(bytes);
  let exponent = 0;
  while (bitrateBps / 2 ** exponent >= MANTISSA_LIMIT) exponent += 1;
  const mantissa = Math.floor(bitrateBps / 2 ** exponent);
  view.setUint8(8, 0x80 | APPLICATION_FORMAT);
  view.setUint8(9, PAYLOAD_FEEDBACK);
  view.setUint16(10, 5);
  view.setUint32(12, OWN_SSRC);
  bytes.set(new TextEncoder().encode('REMB'), 20);
  view.setUint32(24, 2 ** 24 + exponent * MANTISSA_LIMIT + mantissa);
  view.setUint32(28, mediaSsrc);
  return bytes;
}

/** A receiver report without a block, in the first 8 bytes. */
function emptyReport(bytes: Uint8Array): DataView {
  const view = new DataView(bytes.buffer);
  view.setUint8(0, 0x80);
  view.setUint8(1, RECEIVER_REPORT);
  view.setUint16(2, 1);
  view.setUint32(4, OWN_SSRC);
  return view;
}
