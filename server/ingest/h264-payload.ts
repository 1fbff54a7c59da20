import { nalType, nalTypeOf } from './h264-nal.ts';
import type { PayloadResult } from './picture-format.ts';

/** Receives the NAL units of payloads in order. */
export interface NalSink {
  /** A NAL unit that a packet holds whole. */
  whole(nal: Uint8Array): void;
  /** The header byte of a fragmented NAL unit, restored, and the first fragment. */
  fragmentFirst(header: number, bytes: Uint8Array): void;
  /** A further fragment of the NAL unit begun last. */
  fragmentNext(bytes: Uint8Array): void;
}

/**
 * Takes RTP payloads of H.264 (RFC 6184) apart: single NAL unit packets (section 5.6), STAP-A (5.7.1) and FU-A (5.8).
 * Holds no bytes, only whether a fragmented NAL unit is open.
 */
export class H264PayloadReader {
  readonly #sink: NalSink;
  /** NAL unit type of the fragmented unit that has begun and not ended. */
  #openFragment: number | undefined;

  constructor(sink: NalSink) {
    this.#sink = sink;
  }

  /** A fragmented NAL unit lacks its end. */
  get isFragmentOpen(): boolean {
    return this.#openFragment !== undefined;
  }

  /** Reads one payload. A malformed one may have given some NAL units before its fault was found. */
  push(payload: Uint8Array): PayloadResult {
    const header = payload[0];
    if (header === undefined) return 'malformed';
    const type = nalTypeOf(header);
    if (type === nalType.fuA) return this.#fragment(header, payload);
    // Fragments of one NAL unit follow each other without anything between (section 5.8).
    const wasOpen = this.isFragmentOpen;
    this.reset();
    if (wasOpen) return 'malformed';
    if (type === nalType.stapA) return this.#aggregate(payload);
    if (type > nalType.lastSingle && type <= nalType.lastStructure) return 'unsupported';
    if (type === 0 || type > nalType.lastSingle) return 'malformed';
    this.#sink.whole(payload);
    return 'ok';
  }

  /** Forgets an open fragment. */
  reset(): void {
    this.#openFragment = undefined;
  }

  /** STAP-A: header:u8, then for each NAL unit size:u16 and its bytes. */
  #aggregate(payload: Uint8Array): PayloadResult {
    let offset = 1;
    while (offset < payload.length) {
      const start = offset + 2;
      const end = start + (payload[offset] ?? 0) * 256 + (payload[offset + 1] ?? 0);
      const header = payload[start];
      if (header === undefined || end === start || end > payload.length) return 'malformed';
      const type = nalTypeOf(header);
      if (type === 0 || type > nalType.lastSingle) return 'malformed';
      this.#sink.whole(payload.subarray(start, end));
      offset = end;
    }
    return payload.length > 1 ? 'ok' : 'malformed';
  }

  /** FU-A: indicator:u8 (F, NRI, 28), then S:1 E:1 R:1 type:5, then the fragment. */
  #fragment(indicator: number, payload: Uint8Array): PayloadResult {
    const fuHeader = payload[1];
    if (fuHeader === undefined || payload.length < 3) return 'malformed';
    const isStart = (fuHeader & 0x80) !== 0;
    const isEnd = (fuHeader & 0x40) !== 0;
    const type = nalTypeOf(fuHeader);
    const isExpected = isStart ? !this.isFragmentOpen : this.#openFragment === type;
    if (!isExpected || (isStart && isEnd) || type === 0 || type > nalType.lastSingle) {
      this.reset();
      return 'malformed';
    }
    const bytes = payload.subarray(2);
    if (isStart) this.#sink.fragmentFirst((indicator & 0xe0) | type, bytes);
    else this.#sink.fragmentNext(bytes);
    this.#openFragment = isEnd ? undefined : type;
    return 'ok';
  }
}
