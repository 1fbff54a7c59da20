import { codecOfSps, findSps, isSameBytes } from './annex-b.ts';

/** An access unit on its way into the decoder; its bytes belong to the decoder from then on. */
export interface DecoderInput {
  /** Its number in its flow. */
  readonly sequence: number;
  /** Counts access units over all connections. */
  readonly order: number;
  readonly key: boolean;
  /** Codec string (W3C WebCodecs registry) of the stream that a keyframe begins. */
  readonly codec: string;
  readonly late: boolean;
  /** Session clock, µs. */
  readonly captureTime: number;
  /** When the change was there that it is the first to show, session clock, µs; undefined: none, or not known. */
  readonly changedTime: number | undefined;
  /** When the server could have sent it, session clock, µs; undefined when it did not say. */
  readonly queuedTime: number | undefined;
  /** When its first data unit was written, session clock, µs. */
  readonly sendTime: number;
  /** Local time of the first byte, µs. */
  readonly begunAt: number;
  /** Local time of the last byte, µs. */
  readonly receivedAt: number;
  /** When it reached this worker, local time, µs. */
  readonly arrivedAt: number;
  /** H.264 and HEVC: Annex B; AV1: one temporal unit; VP8 and VP9: one frame. */
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/** What is remembered of an access unit while it is inside the decoder. */
export interface DecodedInput extends Omit<DecoderInput, 'bytes' | 'key' | 'codec'> {
  /** Local time of decode(), µs. */
  readonly submittedAt: number;
}

/** WebCodecs may take the bytes over instead of copying them; TypeScript's DOM library does not know it yet. */
interface TransferringChunkInit extends EncodedVideoChunkInit {
  readonly transfer: ArrayBuffer[];
}

/** Takes what the decoder makes. */
export interface VideoDecoderSink {
  /** The frame belongs to the receiver, which closes it. `newestSubmittedAt` is undefined when the decoder is empty. */
  frame(frame: VideoFrame, input: DecodedInput, newestSubmittedAt: number | undefined): void;
  /** The decoder lost its state or was overtaken; nothing but a keyframe helps. It was already replaced. */
  lost(error: unknown): void;
  /** An access unit makes no frame: it was refused, or given up because the decoder was too slow (`expired`). */
  unused(sequence: number, why: 'undecodable' | 'expired'): void;
}

/** Access units inside the decoder, beyond which it counts as stuck. It holds none for the streams of this project. */
const MAX_INSIDE = 60;

/**
 * The oldest access unit may wait this long for its frame, ms: a machine that decodes slower than pictures come would show
 * them later and later. Beyond it everything that waits is given up for a keyframe. Longer than any stall of a scheduler
 * that was seen to mend itself (a guess: 15 pictures at 60 Hz; measure how often it acts on a loaded machine).
 */
const MAX_WAIT_MS = 250;

/** How codec strings of H.264 begin. */
const H264 = 'avc';

/** The decoder counts time in steps of its own: timestamps only join a frame with its input. */
const TIMESTAMP_STEP = 1000;

/**
 * Access units into frames, through WebCodecs (https://www.w3.org/TR/webcodecs/), set for low delay: no frame is held
 * back. Configured anew with every new codec and every new SPS of H.264, since some decoders keep the old picture size
 * otherwise; replaced after an error.
 */
export class LowDelayDecoder {
  readonly #sink: VideoDecoderSink;
  readonly #now: () => number;
  #decoder: VideoDecoder | undefined;
  #sps: Uint8Array | undefined;
  #codec: string | undefined;
  #needsKey = true;
  #timestamp = 0;
  #newestSubmittedAt = 0;
  readonly #inside = new Map<number, DecodedInput>();
  /** `overloads`: how often pictures came faster than they were decoded, so that what waited was given up. */
  readonly counters = { decoded: 0, errors: 0, overloads: 0 };

  constructor(sink: VideoDecoderSink, now: () => number) {
    this.#sink = sink;
    this.#now = now;
  }

  /** The codec string of the stream, once known. */
  get codec(): string | undefined {
    return this.#codec;
  }

  /** Access units that went in and did not come out yet. */
  get inside(): number {
    return this.#inside.size;
  }

  /** Access units that wait for the decoder. */
  get queueSize(): number {
    return this.#decoder?.decodeQueueSize ?? 0;
  }

  decode(input: DecoderInput): void {
    if (this.#isOverloaded()) {
      this.counters.overloads += 1;
      this.#giveUp('expired');
      this.reset();
      if (!input.key) this.#sink.lost(new Error(`decoder too slow: more than ${MAX_WAIT_MS} ms`));
    }
    if (input.key) this.#configureFor(input);
    if (this.#needsKey && !input.key) {
      this.#sink.unused(input.sequence, 'undecodable');
      return;
    }
    const decoder = this.#decoder;
    if (decoder === undefined) {
      this.#lose(new Error('keyframe without a sequence parameter set'));
      return;
    }
    if (this.#inside.size >= MAX_INSIDE) {
      this.#lose(new Error(`decoder stuck: ${MAX_INSIDE} access units without a frame`));
      return;
    }
    this.#needsKey = false;
    this.#timestamp += TIMESTAMP_STEP;
    this.#newestSubmittedAt = this.#now();
    const { bytes, key, ...known } = input;
    this.#inside.set(this.#timestamp, { ...known, submittedAt: this.#newestSubmittedAt });
    try {
      const chunk: TransferringChunkInit = {
        type: key ? 'key' : 'delta',
        timestamp: this.#timestamp,
        data: bytes,
        transfer: [bytes.buffer],
      };
      decoder.decode(new EncodedVideoChunk(chunk));
    } catch (error) {
      this.#lose(error);
    }
  }

  /** Forgets the stream; the next access unit must be a keyframe. */
  reset(): void {
    this.#discard();
    this.#needsKey = true;
  }

  close(): void {
    this.#discard();
  }

  #isOverloaded(): boolean {
    const [oldest] = this.#inside.values();
    return oldest !== undefined && this.#now() - oldest.submittedAt > MAX_WAIT_MS * 1000;
  }

  /** What went in before still comes out: configuring waits its turn behind it. */
  #configureFor({ bytes, codec }: DecoderInput): void {
    const isH264 = codec.startsWith(H264);
    const sps = isH264 ? findSps(bytes) : undefined;
    if (isH264 && sps === undefined) {
      if (this.#sps === undefined) this.#discard();
      return;
    }
    // H.264 says itself what it is; of the others no decoder needs more than the name.
    const name = sps === undefined ? codec : codecOfSps(sps);
    const isKnown = name === this.#codec && isSameSps(sps, this.#sps);
    if (isKnown && this.#decoder !== undefined) return;
    this.#sps = sps?.slice();
    this.#codec = name;
    this.#decoder ??= this.#create();
    this.#decoder.configure({ codec: name, optimizeForLatency: true });
  }

  #create(): VideoDecoder {
    const decoder: VideoDecoder = new VideoDecoder({
      output: (frame) => {
        if (decoder === this.#decoder) this.#output(frame);
        else frame.close();
      },
      error: (error) => {
        if (decoder === this.#decoder) this.#lose(error);
      },
    });
    return decoder;
  }

  #output(frame: VideoFrame): void {
    const input = this.#inside.get(frame.timestamp);
    if (input === undefined) {
      frame.close();
      return;
    }
    // Frames come in order: what is still listed before this one came out of nothing (a damaged slice).
    for (const timestamp of this.#inside.keys()) {
      if (timestamp > frame.timestamp) break;
      const silent = this.#inside.get(timestamp);
      this.#inside.delete(timestamp);
      if (silent !== undefined && silent !== input) {
        this.#sink.unused(silent.sequence, 'undecodable');
      }
    }
    this.counters.decoded += 1;
    this.#sink.frame(frame, input, this.#inside.size > 0 ? this.#newestSubmittedAt : undefined);
  }

  #giveUp(why: 'undecodable' | 'expired'): void {
    for (const { sequence } of this.#inside.values()) this.#sink.unused(sequence, why);
    this.#inside.clear();
  }

  #lose(error: unknown): void {
    this.#giveUp('undecodable');
    this.#discard();
    this.#needsKey = true;
    this.counters.errors += 1;
    this.#sink.lost(error);
  }

  #discard(): void {
    const decoder = this.#decoder;
    this.#decoder = undefined;
    this.#sps = undefined;
    this.#inside.clear();
    if (decoder !== undefined && decoder.state !== 'closed') decoder.close();
  }
}

function isSameSps(a: Uint8Array | undefined, b: Uint8Array | undefined): boolean {
  return a === undefined || b === undefined ? a === b : isSameBytes(a, b);
}
