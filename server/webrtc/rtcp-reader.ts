import { readTransportFeedback, type PacketFate } from './transport-feedback.ts';

/** What a peer's RTCP says, as far as a sender acts on it. */
export type Feedback =
  /** These packets of a source did not arrive (RFC 4585, section 6.2.1). */
  | { readonly type: 'lost'; readonly ssrc: number; readonly sequences: readonly number[] }
  /** Nothing but a keyframe helps (PLI, FIR). */
  | { readonly type: 'keyframe' }
  | { readonly type: 'arrivals'; readonly fates: readonly PacketFate[] }
  /** A report block (RFC 3550, section 6.4.1). */
  | {
      readonly type: 'report';
      readonly ssrc: number;
      /** Middle 32 bits of the NTP time of the last sender report; 0 = none came. */
      readonly lastReport: number;
      /** From there to this report, in 1/65,536 s. */
      readonly delay: number;
      /** Packets lost since the beginning; may be negative. */
      readonly lost: number;
      /** Share of the packets that were expected since the report before, 0 to 1. */
      readonly lostShare: number;
    }
  /** What the peer thinks that its path carries, bits per second (REMB, draft-alvestrand-rmcat-remb-03). */
  | { readonly type: 'estimate'; readonly bps: number };

/** Packet types (RFC 3550, section 12.1; RFC 4585, section 6.1). */
const SENDER_REPORT = 200;
const RECEIVER_REPORT = 201;
const TRANSPORT_FEEDBACK = 205;
const PAYLOAD_FEEDBACK = 206;

/** Formats of feedback. */
const NACK = 1;
const TRANSPORT_WIDE = 15;
const PLI = 1;
const FIR = 4;
const APPLICATION = 15;

/** What feedback of an application begins with that is an estimate: "REMB". */
const REMB = 0x52454d42;

/** Bytes of the common header, of a sender's own figures and of a report block (RFC 3550, section 6.4). */
const HEADER_BYTES = 4;
/** Source of the packet, and of the media that it is about. */
const SOURCES_BYTES = 8;
const SENDER_INFO_BYTES = 20;
const BLOCK_BYTES = 24;

/** Reads a compound packet; stops at the first part whose length does not fit. */
export function readRtcp(bytes: Uint8Array): readonly Feedback[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const feedback: Feedback[] = [];
  let at = 0;
  while (at + HEADER_BYTES <= bytes.length) {
    const first = view.getUint8(at);
    const end = at + HEADER_BYTES + 4 * view.getUint16(at + 2);
    if (first >> 6 !== 2 || end > bytes.length) break;
    const part = new DataView(bytes.buffer, bytes.byteOffset + at, end - at);
    feedback.push(...readPart(part, view.getUint8(at + 1), first & 0x1f));
    at = end;
  }
  return feedback;
}

/** @param count format of feedback, number of blocks of a report */
function readPart(part: DataView, type: number, count: number): readonly Feedback[] {
  switch (type) {
    case SENDER_REPORT:
      return readBlocks(part, HEADER_BYTES + 4 + SENDER_INFO_BYTES, count);
    case RECEIVER_REPORT:
      return readBlocks(part, HEADER_BYTES + 4, count);
    case TRANSPORT_FEEDBACK:
      return readTransportPart(part, count);
    case PAYLOAD_FEEDBACK:
      if (count === APPLICATION) return readEstimate(part);
      return count === PLI || count === FIR ? [{ type: 'keyframe' }] : [];
    default:
      return [];
  }
}

function readTransportPart(part: DataView, format: number): readonly Feedback[] {
  const start = HEADER_BYTES + SOURCES_BYTES;
  if (part.byteLength < start) return [];
  if (format === NACK) {
    return [{ type: 'lost', ssrc: part.getUint32(8), sequences: readNack(part, start) }];
  }
  if (format !== TRANSPORT_WIDE) return [];
  const content = new Uint8Array(part.buffer, part.byteOffset + start, part.byteLength - start);
  const fates = readTransportFeedback(content);
  return fates === undefined ? [] : [{ type: 'arrivals', fates }];
}

/** "REMB", number of sources: u8, exponent: 6 bits, mantissa: 18 bits, sources... */
function readEstimate(part: DataView): readonly Feedback[] {
  const start = HEADER_BYTES + SOURCES_BYTES;
  if (part.byteLength < start + 8 || part.getUint32(start) !== REMB) return [];
  const written = part.getUint32(start + 4) & 0xff_ffff;
  return [{ type: 'estimate', bps: (written & 0x3_ffff) * 2 ** (written >>> 18) }];
}

/** PID: the first lost packet; BLP: a bit for each of the 16 after it. */
function readNack(part: DataView, start: number): readonly number[] {
  const sequences: number[] = [];
  for (let at = start; at + 4 <= part.byteLength; at += 4) {
    const first = part.getUint16(at);
    const following = part.getUint16(at + 2);
    sequences.push(first);
    for (let bit = 0; bit < 16; bit++) {
      if ((following & (1 << bit)) !== 0) sequences.push((first + bit + 1) & 0xffff);
    }
  }
  return sequences;
}

function readBlocks(part: DataView, start: number, count: number): readonly Feedback[] {
  const blocks: Feedback[] = [];
  for (let at = start; blocks.length < count && at + BLOCK_BYTES <= part.byteLength;) {
    blocks.push({
      type: 'report',
      ssrc: part.getUint32(at),
      // 24 bits, signed.
      lost: (part.getUint32(at + 4) << 8) >> 8,
      lostShare: part.getUint8(at + 4) / 256,
      lastReport: part.getUint32(at + 16),
      delay: part.getUint32(at + 20),
    });
    at += BLOCK_BYTES;
  }
  return blocks;
}
