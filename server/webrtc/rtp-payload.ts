import type { TrackCodec } from '../signaling/rtp-format.ts';

/** Largest RTP packet without header extensions, bytes: with them, SRTP, UDP and IPv6 it fits the smallest MTU of IPv6, 1,280. */
export const MAX_PACKET_BYTES = 1_180;

/** The fixed header (RFC 3550, section 5.1). */
const HEADER_BYTES = 12;
const MAX_PAYLOAD_BYTES = MAX_PACKET_BYTES - HEADER_BYTES;

/** The payload of one packet: `head` before `body`, so that pictures are not copied until they are sent. */
export interface RtpPayload {
  readonly head: Uint8Array;
  /** A view of the access unit. */
  readonly body: Uint8Array;
  /** How much of the access unit is sent when this packet is, bytes. */
  readonly end: number;
}

/** What cutting an access unit needs to know about it. */
export interface CodedUnit {
  readonly codec: TrackCodec;
  /** Of a picture: it depends on no other. */
  readonly key: boolean;
  readonly data: Uint8Array;
}

const NO_BYTES = new Uint8Array(0);

/** Cuts an access unit into the payloads of its packets, in order; the last one ends at the end of its data. */
export function cutPayloads(unit: CodedUnit): readonly RtpPayload[] {
  switch (unit.codec) {
    case 'h264':
      return cutH264(unit.data);
    case 'vp8':
      return cutFrame(unit.data, (isFirst) => (isFirst ? VP8_START : 0));
    case 'vp9':
      return cutFrame(
        unit.data,
        (isFirst, isLast) =>
          (unit.key ? 0 : VP9_INTER) | (isFirst ? VP9_START : 0) | (isLast ? VP9_END : 0),
      );
    case 'opus':
      return [{ head: NO_BYTES, body: unit.data, end: unit.data.length }];
  }
}

/** S of the VP8 payload descriptor (RFC 7741, section 4.2), without numbers of pictures: nothing is left out of a stream. */
const VP8_START = 0x10;

/** P, B and E of the VP9 payload descriptor (RFC 9628, section 4.2), without numbers of pictures. */
const VP9_INTER = 0x40;
const VP9_START = 0x08;
const VP9_END = 0x04;

type Descriptor = (isFirst: boolean, isLast: boolean) => number;

/** A frame behind a descriptor of one byte, in packets of about the same size: a tiny last one costs as much as a full one. */
function cutFrame(data: Uint8Array, descriptor: Descriptor): readonly RtpPayload[] {
  const count = Math.max(1, Math.ceil(data.length / (MAX_PAYLOAD_BYTES - 1)));
  const size = Math.ceil(data.length / count);
  return Array.from({ length: count }, (_, index) => {
    const end = Math.min(data.length, (index + 1) * size);
    const head = Uint8Array.of(descriptor(index === 0, index === count - 1));
    return { head, body: data.subarray(index * size, end), end };
  });
}

/** NAL unit types (RFC 6184, table 1). */
const ACCESS_UNIT_DELIMITER = 9;
const FILLER = 12;
const LAST_SLICE = 5;
const STAP_A = 24;
const FU_A = 28;
const FU_START = 0x80;
const FU_END = 0x40;

const START_CODE = Buffer.from([0, 0, 0, 1]);

/** A NAL unit in an access unit, and where it ends there. */
interface Nal {
  readonly bytes: Uint8Array;
  readonly end: number;
}

/**
 * H.264 in packetization mode 1 (RFC 6184, section 6.3): parameter sets together in one STAP-A, slices alone or in FU-A.
 *
 * @param data Annex B with start codes of four bytes, as ingest makes it
 */
function cutH264(data: Uint8Array): readonly RtpPayload[] {
  const payloads: RtpPayload[] = [];
  let waiting: Nal[] = [];
  const flush = (): void => {
    if (waiting.length > 0) payloads.push(together(waiting));
    waiting = [];
  };
  for (const nal of nalsOf(data)) {
    const type = (nal.bytes[0] ?? 0) & 0x1f;
    if (type === ACCESS_UNIT_DELIMITER || type === FILLER) continue;
    if (type > LAST_SLICE && aggregatedBytes([...waiting, nal]) <= MAX_PAYLOAD_BYTES) {
      waiting.push(nal);
      continue;
    }
    flush();
    payloads.push(...fragments(nal));
  }
  flush();
  return payloads;
}

function nalsOf(data: Uint8Array): readonly Nal[] {
  const bytes = Buffer.from(data.buffer, data.byteOffset, data.byteLength);
  const nals: Nal[] = [];
  let start = bytes.indexOf(START_CODE);
  while (start >= 0) {
    const from = start + START_CODE.length;
    const next = bytes.indexOf(START_CODE, from);
    const end = next < 0 ? data.length : next;
    if (end > from) nals.push({ bytes: data.subarray(from, end), end });
    start = next;
  }
  return nals;
}

const aggregatedBytes = (nals: readonly Nal[]): number =>
  nals.reduce((sum, { bytes }) => sum + 2 + bytes.length, 1);

/** STAP-A (section 5.7.1): header, then for each NAL unit its size and its bytes. One alone needs none. */
function together(nals: readonly Nal[]): RtpPayload {
  const [first] = nals;
  const end = nals.at(-1)?.end ?? 0;
  if (nals.length === 1 && first !== undefined) return { head: NO_BYTES, body: first.bytes, end };
  const head = Buffer.alloc(aggregatedBytes(nals));
  const references = nals.map(({ bytes }) => (bytes[0] ?? 0) & 0x60);
  head[0] = Math.max(...references) | STAP_A;
  let at = 1;
  for (const { bytes } of nals) {
    at = head.writeUInt16BE(bytes.length, at);
    head.set(bytes, at);
    at += bytes.length;
  }
  return { head, body: NO_BYTES, end };
}

/** FU-A (section 5.8): the header of the NAL unit is taken apart into the first two bytes of each packet. */
function fragments({ bytes, end }: Nal): readonly RtpPayload[] {
  if (bytes.length <= MAX_PAYLOAD_BYTES) return [{ head: NO_BYTES, body: bytes, end }];
  const header = bytes[0] ?? 0;
  const content = bytes.subarray(1);
  const count = Math.ceil(content.length / (MAX_PAYLOAD_BYTES - 2));
  const size = Math.ceil(content.length / count);
  const before = end - content.length;
  return Array.from({ length: count }, (_, index) => {
    const until = Math.min(content.length, (index + 1) * size);
    const place = (index === 0 ? FU_START : 0) | (index === count - 1 ? FU_END : 0);
    return {
      head: Uint8Array.of((header & 0xe0) | FU_A, place | (header & 0x1f)),
      body: content.subarray(index * size, until),
      end: before + until,
    };
  });
}
