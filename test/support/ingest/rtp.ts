import { bytes } from './bytes.ts';

/** What a test wants to say about an RTP packet; the rest has defaults. */
export interface PacketFields {
  readonly sequence?: number;
  readonly timestamp?: number;
  readonly marker?: boolean;
  readonly payloadType?: number;
  /** Nanoseconds; written as the ntp-64 extension. */
  readonly captureTime?: bigint | undefined;
  readonly payload?: Uint8Array;
}

/** An RTP packet as rtpbin writes it: header, ntp-64 extension padded to words when there is a time, payload. */
export function rtpPacket(fields: PacketFields): Uint8Array {
  const { sequence = 0, timestamp = 0, marker = false, payloadType = 96, captureTime } = fields;
  const extension = captureTime === undefined ? new Uint8Array(0) : ntpExtension(captureTime);
  const payload = fields.payload ?? new Uint8Array(0);
  const packet = new Uint8Array(12 + extension.length + payload.length);
  const view = new DataView(packet.buffer);
  view.setUint8(0, captureTime === undefined ? 0x80 : 0x90);
  view.setUint8(1, (marker ? 0x80 : 0) | payloadType);
  view.setUint16(2, sequence & 0xffff);
  view.setUint32(4, timestamp);
  view.setUint32(8, 0xa85d7066);
  packet.set(extension, 12);
  packet.set(payload, 12 + extension.length);
  return packet;
}

function ntpExtension(captureTime: bigint): Uint8Array {
  const extension = bytes('bede 0003 17 0000000000000000 000000');
  const view = new DataView(extension.buffer);
  view.setUint32(5, Number(captureTime / 1_000_000_000n));
  const fraction = ((captureTime % 1_000_000_000n) << 32n) / 1_000_000_000n;
  view.setUint32(9, Number(fraction));
  return extension;
}

/** Packets in the framing of RFC 4571, as one byte string. */
export function framed(packets: readonly Uint8Array[]): Uint8Array {
  return Uint8Array.from(
    packets.flatMap((packet) => [packet.length >> 8, packet.length & 0xff, ...packet]),
  );
}

/** A STAP-A payload (RFC 6184, section 5.7.1) of these NAL units. */
export function stapA(nals: readonly Uint8Array[]): Uint8Array {
  return Uint8Array.of(0x78, ...framed(nals));
}

/** FU-A payloads (RFC 6184, section 5.8) of one NAL unit, at most `size` bytes of it in each. */
export function fuA(nal: Uint8Array, size: number): Uint8Array[] {
  const header = nal[0] ?? 0;
  const payloads: Uint8Array[] = [];
  for (let offset = 1; offset < nal.length; offset += size) {
    const start = offset === 1 ? 0x80 : 0;
    const end = offset + size >= nal.length ? 0x40 : 0;
    const indicator = (header & 0xe0) | 28;
    payloads.push(
      Uint8Array.of(
        indicator,
        start | end | (header & 0x1f),
        ...nal.subarray(offset, offset + size),
      ),
    );
  }
  return payloads;
}

/** NAL units as Annex B with four-byte start codes. */
export function annexB(nals: readonly Uint8Array[]): Uint8Array {
  return Uint8Array.from(nals.flatMap((nal) => [0, 0, 0, 1, ...nal]));
}

/** Cuts Annex B with four-byte start codes into NAL units. */
export function splitAnnexB(data: Uint8Array): Uint8Array[] {
  const starts: number[] = [];
  for (let i = 0; i + 4 <= data.length; i++) {
    if (data[i] === 0 && data[i + 1] === 0 && data[i + 2] === 0 && data[i + 3] === 1)
      starts.push(i);
  }
  return starts.map((start, index) => data.subarray(start + 4, starts[index + 1] ?? data.length));
}

/** NAL units for tests: a real parameter set of x264 (1280x720, level 3.2), and slices of few bytes. */
export const nal = {
  /** The parameter set as x264enc in GStreamer 1.22 wrote it. */
  sps: bytes('6742c020 da014016 ec05a808 080a0000 03000200 000300f1 1e306540'),
  pps: bytes('68ce3c80'),
  idr: bytes('65b80004 0abcdef0'),
  delta: bytes('419a2010 a0035b9f'),
  /** nal_ref_idc = 0: nothing refers to it. */
  disposable: bytes('019a2010 a0035b9f'),
} as const;
