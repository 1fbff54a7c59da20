import type { TrackPlan } from '../signaling/peer-plan.ts';
import type { RtpFormat } from '../signaling/rtp-format.ts';
import type { NtpTime } from './ntp.ts';
import type { RtpPayload } from './rtp-payload.ts';

/** Packets kept to be sent again: 4 s at 10 Mbit/s. They hold views of pictures that all viewers share. A power of two. */
const KEPT_PACKETS = 4_096;

/** Bytes of an RTP header without sources (RFC 3550, section 5.1). */
const HEADER_BYTES = 12;

/** What `defined by profile` says of one-byte extensions (RFC 8285, section 4.2). */
const ONE_BYTE_PROFILE = 0xbede;

/** Bytes of each extension behind its id and length: the u16 of transport-wide-cc, 12 + 12 bits of delays, and NTP. */
const SEQUENCE_BYTES = 2;
const DELAY_BYTES = 3;
const CAPTURE_BYTES = 8;

/** What the extension of delays counts, ms. */
const HOLD_UNIT_MS = 10;

/** The original sequence number before a payload that is sent again (RFC 4588, section 4). */
const ORIGINAL_BYTES = 2;

/** Bytes of padding that keep a silent track alive; the last one says how many they are. */
const PADDING_BYTES = 16;

/** One packet to be sent the first time. */
export interface TrackPacket {
  readonly format: RtpFormat;
  readonly payload: RtpPayload;
  /** In ticks of the format's clock, u32. */
  readonly timestamp: number;
  /** Last packet of a picture, or first one of sound after silence. */
  readonly marker: boolean;
  /** On the first packet of a picture: when it was captured. */
  readonly captured: NtpTime | undefined;
  /** How long a receiver is to hold the picture back at least, ms; tens of them up to 40,950. */
  readonly holdMs?: number;
  /** The payload is padding (P of the header). */
  readonly isPadding?: boolean;
}

interface KeptPacket extends TrackPacket {
  readonly sequence: number;
}

/** What is written behind the fixed header. */
interface PacketParts {
  readonly payloadType: number;
  readonly sequence: number;
  readonly ssrc: number;
  /** Bytes before the payload; those of a packet that is sent again. */
  readonly original: number | undefined;
  /** Number of the packet among all of the transport, u16. */
  readonly transportSequence: number;
}

/**
 * One track of one viewer: its numbers, its header extensions and what it keeps to send again. A pure core. It makes whole packets
 * from payloads that all viewers share.
 */
export class RtpTrack {
  readonly #plan: TrackPlan;
  readonly #kept: (KeptPacket | undefined)[] = [];
  #sequence: number;
  #repeatSequence: number;
  #timestamp = 0;
  #lastFormat: RtpFormat | undefined;
  #packets = 0;
  #octets = 0;

  /** @param firstSequence where numbers begin, u16: RFC 3550 wants it at random */
  constructor(plan: TrackPlan, firstSequence: number) {
    this.#plan = plan;
    this.#sequence = firstSequence & 0xffff;
    this.#repeatSequence = (firstSequence * 31) & 0xffff;
  }

  /** Packets and payload bytes sent, as sender reports count them: u32. */
  get sent(): { readonly packets: number; readonly octets: number } {
    return { packets: this.#packets >>> 0, octets: this.#octets >>> 0 };
  }

  get ssrc(): number {
    return this.#plan.ssrc;
  }

  /** Whether a source of RTCP feedback is this track, or its retransmissions. */
  isSource(ssrc: number): boolean {
    return ssrc === this.#plan.ssrc || ssrc === this.#plan.retransmissionSsrc;
  }

  /** The number of the next packet, u16. */
  get nextSequence(): number {
    return this.#sequence;
  }

  /** Makes the next packet. */
  packet(packet: TrackPacket, transportSequence: number): Buffer {
    const sequence = this.#sequence;
    this.#sequence = (sequence + 1) & 0xffff;
    this.#kept[sequence % KEPT_PACKETS] = { ...packet, sequence };
    this.#timestamp = packet.timestamp;
    this.#lastFormat = packet.format;
    this.#packets += 1;
    this.#octets += packet.payload.head.length + packet.payload.body.length;
    return this.#write(packet, {
      payloadType: packet.format.payloadType,
      sequence,
      ssrc: this.#plan.ssrc,
      original: undefined,
      transportSequence,
    });
  }

  /** Bytes of payload of a packet that can be sent again; undefined when it is not kept any more. */
  keptBytes(sequence: number): number | undefined {
    const payload = this.#find(sequence)?.payload;
    return payload && payload.head.length + payload.body.length;
  }

  /**
   * A packet once more: under the source and number of retransmissions, or as it was for a peer that offered none. Undefined when it is
   * not kept.
   */
  again(sequence: number, transportSequence: number): Buffer | undefined {
    const kept = this.#find(sequence);
    if (kept === undefined) return undefined;
    const { payloadType, retransmission } = kept.format;
    if (retransmission === undefined) {
      const { ssrc } = this.#plan;
      const parts = { payloadType, sequence, ssrc, original: undefined, transportSequence };
      return this.#write(kept, parts);
    }
    const repeatSequence = this.#repeatSequence;
    this.#repeatSequence = (repeatSequence + 1) & 0xffff;
    return this.#write(kept, {
      payloadType: retransmission,
      sequence: repeatSequence,
      ssrc: this.#plan.retransmissionSsrc,
      original: sequence,
      transportSequence,
    });
  }

  /** A packet without content that a receiver answers with a report; undefined before the first packet of the track. */
  padding(transportSequence: number): Buffer | undefined {
    const format = this.#lastFormat;
    if (format === undefined) return undefined;
    const body = new Uint8Array(PADDING_BYTES);
    body[PADDING_BYTES - 1] = PADDING_BYTES;
    const payload = { head: new Uint8Array(0), body, end: 0 };
    const timestamp = this.#timestamp;
    return this.packet(
      { format, payload, timestamp, marker: false, captured: undefined, isPadding: true },
      transportSequence,
    );
  }

  #find(sequence: number): KeptPacket | undefined {
    const kept = this.#kept[sequence % KEPT_PACKETS];
    return kept?.sequence === sequence ? kept : undefined;
  }

  /**
   * ```
   * |V=2|P|X|  CC=0 |M|     PT      |            sequence           |
   * |                           timestamp                           |
   * |                             SSRC                              |
   * |            0xBEDE             |             words             |
   * | id:4 len-1:4, bytes ... of each extension, zeros to the next word
   * ```
   */
  #write(packet: TrackPacket, parts: PacketParts): Buffer {
    const { payload, timestamp, marker, captured } = packet;
    const isFirst = captured !== undefined;
    const extensionBytes = this.#extensionBytes(isFirst);
    const words = Math.ceil(extensionBytes / 4);
    const start = HEADER_BYTES + (words === 0 ? 0 : 4 + 4 * words);
    const originalBytes = parts.original === undefined ? 0 : ORIGINAL_BYTES;
    // Memory of its own for each packet, as Buffer.alloc takes it, costs more than the copy.
    const bytes = Buffer.allocUnsafe(
      start + originalBytes + payload.head.length + payload.body.length,
    );
    bytes[0] = 0x80 | (packet.isPadding === true ? 0x20 : 0) | (words === 0 ? 0 : 0x10);
    bytes[1] = (marker ? 0x80 : 0) | parts.payloadType;
    bytes.writeUInt16BE(parts.sequence, 2);
    bytes.writeUInt32BE(timestamp, 4);
    bytes.writeUInt32BE(parts.ssrc, 8);
    if (words > 0) {
      bytes.writeUInt16BE(ONE_BYTE_PROFILE, 12);
      bytes.writeUInt16BE(words, 14);
      bytes.fill(0, HEADER_BYTES + 4, start);
      this.#writeExtensions(bytes, parts.transportSequence, packet);
    }
    if (parts.original !== undefined) bytes.writeUInt16BE(parts.original, start);
    bytes.set(payload.head, start + originalBytes);
    bytes.set(payload.body, start + originalBytes + payload.head.length);
    return bytes;
  }

  #extensionBytes(isFirst: boolean): number {
    const { transportSequence, captureTime, playoutDelay } = this.#plan.extensions;
    return (
      (transportSequence === undefined ? 0 : 1 + SEQUENCE_BYTES) +
      (playoutDelay === undefined || !isFirst ? 0 : 1 + DELAY_BYTES) +
      (captureTime === undefined || !isFirst ? 0 : 1 + CAPTURE_BYTES)
    );
  }

  #writeExtensions(bytes: Buffer, sequence: number, packet: TrackPacket): void {
    const { captured, holdMs = 0 } = packet;
    const { transportSequence, captureTime, playoutDelay } = this.#plan.extensions;
    let at = HEADER_BYTES + 4;
    if (transportSequence !== undefined) {
      at = bytes.writeUInt8((transportSequence << 4) | (SEQUENCE_BYTES - 1), at);
      at = bytes.writeUInt16BE(sequence, at);
    }
    if (captured === undefined) return;
    // Least and most delay, 12 bits each: with 0 a receiver shows each picture as soon as it is decoded.
    if (playoutDelay !== undefined) {
      at = bytes.writeUInt8((playoutDelay << 4) | (DELAY_BYTES - 1), at);
      const units = Math.round(holdMs / HOLD_UNIT_MS);
      at = bytes.writeUIntBE(units * 0x1001, at, DELAY_BYTES);
    }
    if (captureTime === undefined) return;
    at = bytes.writeUInt8((captureTime << 4) | (CAPTURE_BYTES - 1), at);
    at = bytes.writeUInt32BE(captured.seconds, at);
    bytes.writeUInt32BE(captured.fraction, at);
  }
}
