import type { NalSink } from './h264-payload.ts';
import type { PayloadResult } from './picture-format.ts';

/** NAL unit types of ITU-T H.265 (table 7-1), and the structures of RFC 7798 that share their numbers. */
export const hevcNalType = {
  /** Up to this one a NAL unit is a slice. */
  lastSlice: 31,
  firstIrap: 16,
  /** Clean random access, the last of those that a decoder can start at. */
  lastIrap: 21,
  vps: 32,
  sps: 33,
  pps: 34,
  /** Highest type that is a NAL unit of its own in a packet. */
  lastSingle: 47,
  aggregation: 48,
  fragmentation: 49,
  paci: 50,
} as const;

/** The type in the first of the two header bytes. */
export const hevcNalTypeOf = (first: number): number => (first >> 1) & 0x3f;

/** Receives NAL units; `fragmentFirst` gets both header bytes in front of the first fragment. */
export interface HevcNalSink extends Omit<NalSink, 'fragmentFirst'> {
  fragmentFirst(header: Uint8Array, bytes: Uint8Array): void;
}

/**
 * Takes RTP payloads of HEVC (RFC 7798) apart: single NAL unit packets (section 4.4.1), aggregation packets (4.4.2) and
 * fragmentation units (4.4.3), without decoding order numbers. Holds no bytes, only whether a fragmented NAL unit is open.
 */
export class HevcPayloadReader {
  readonly #sink: HevcNalSink;
  #openFragment: number | undefined;

  constructor(sink: HevcNalSink) {
    this.#sink = sink;
  }

  /** A fragmented NAL unit lacks its end. */
  get isFragmentOpen(): boolean {
    return this.#openFragment !== undefined;
  }

  push(payload: Uint8Array): PayloadResult {
    const first = payload[0];
    if (first === undefined || payload.length < 3 || (first & 0x80) !== 0) return 'malformed';
    const type = hevcNalTypeOf(first);
    if (type === hevcNalType.fragmentation) return this.#fragment(payload);
    const wasOpen = this.isFragmentOpen;
    this.reset();
    if (wasOpen) return 'malformed';
    if (type === hevcNalType.aggregation) return this.#aggregate(payload);
    if (type === hevcNalType.paci) return 'unsupported';
    if (type > hevcNalType.lastSingle) return 'malformed';
    this.#sink.whole(payload);
    return 'ok';
  }

  /** Forgets an open fragment. */
  reset(): void {
    this.#openFragment = undefined;
  }

  /** Two header bytes, then for each NAL unit size:u16 and its bytes. */
  #aggregate(payload: Uint8Array): PayloadResult {
    let offset = 2;
    while (offset < payload.length) {
      const start = offset + 2;
      const end = start + (payload[offset] ?? 0) * 256 + (payload[offset + 1] ?? 0);
      if (end - start < 2 || end > payload.length) return 'malformed';
      if (hevcNalTypeOf(payload[start] ?? 0) > hevcNalType.lastSingle) return 'malformed';
      this.#sink.whole(payload.subarray(start, end));
      offset = end;
    }
    return 'ok';
  }

  /** Two header bytes, then S:1 E:1 type:6, then the fragment. */
  #fragment(payload: Uint8Array): PayloadResult {
    const fuHeader = payload[2];
    if (fuHeader === undefined || payload.length < 4) return 'malformed';
    const isStart = (fuHeader & 0x80) !== 0;
    const isEnd = (fuHeader & 0x40) !== 0;
    const type = fuHeader & 0x3f;
    const isExpected = isStart ? !this.isFragmentOpen : this.#openFragment === type;
    if (!isExpected || (isStart && isEnd) || type > hevcNalType.lastSingle) {
      this.reset();
      return 'malformed';
    }
    const bytes = payload.subarray(3);
    if (isStart) {
      const header = Uint8Array.of(((payload[0] ?? 0) & 0x81) | (type << 1), payload[1] ?? 0);
      this.#sink.fragmentFirst(header, bytes);
    } else this.#sink.fragmentNext(bytes);
    this.#openFragment = isEnd ? undefined : type;
    return 'ok';
  }
}
