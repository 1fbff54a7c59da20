import type { NtpTime } from './ntp.ts';

/** What a sender report says (RFC 3550, section 6.4.1). */
export interface SenderReport {
  readonly ssrc: number;
  /** Now, and the same moment in ticks of the track's clock, u32: by both a receiver keeps tracks in step. */
  readonly time: NtpTime;
  readonly timestamp: number;
  readonly sent: { readonly packets: number; readonly octets: number };
}

/** Packet types and the item of a name (RFC 3550, sections 12.1 and 12.2), and the bytes of a report without blocks. */
const SENDER_REPORT = 200;
const SOURCE_DESCRIPTION = 202;
const CNAME_ITEM = 1;
const REPORT_BYTES = 28;

/** The same name for every track, as in the answer: they belong together. */
const CNAME = Buffer.from('oriel');

/** Header, source, type and length of the item, the name, and at least one zero up to a whole word. */
const DESCRIPTION_BYTES = 8 + 4 * Math.ceil((2 + CNAME.length + 1) / 4);

/**
 * A sender report without blocks, and the source description that a compound packet must have.
 *
 * ```
 * |V=2|P|  RC=0   |   PT = 200    |          length = 6           |
 * |                         SSRC of sender                        |
 * |                    NTP seconds, NTP fraction                  |
 * |                         RTP timestamp                         |
 * |                         packets, octets                       |
 * |V=2|P|  SC=1   |   PT = 202    |            length             |
 * |                              SSRC                             |
 * | CNAME=1 | length | name ... zeros                             |
 * ```
 */
export function encodeSenderReport({ ssrc, time, timestamp, sent }: SenderReport): Buffer {
  const bytes = Buffer.alloc(REPORT_BYTES + DESCRIPTION_BYTES);
  bytes.writeUInt8(0x80, 0);
  bytes.writeUInt8(SENDER_REPORT, 1);
  bytes.writeUInt16BE(REPORT_BYTES / 4 - 1, 2);
  bytes.writeUInt32BE(ssrc, 4);
  bytes.writeUInt32BE(time.seconds, 8);
  bytes.writeUInt32BE(time.fraction, 12);
  bytes.writeUInt32BE(timestamp, 16);
  bytes.writeUInt32BE(sent.packets, 20);
  bytes.writeUInt32BE(sent.octets, 24);
  bytes.writeUInt8(0x81, REPORT_BYTES);
  bytes.writeUInt8(SOURCE_DESCRIPTION, REPORT_BYTES + 1);
  bytes.writeUInt16BE(DESCRIPTION_BYTES / 4 - 1, REPORT_BYTES + 2);
  bytes.writeUInt32BE(ssrc, REPORT_BYTES + 4);
  bytes.writeUInt8(CNAME_ITEM, REPORT_BYTES + 8);
  bytes.writeUInt8(CNAME.length, REPORT_BYTES + 9);
  bytes.set(CNAME, REPORT_BYTES + 10);
  return bytes;
}
