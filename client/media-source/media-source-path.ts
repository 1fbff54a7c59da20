/**
 * A frame's way by Media Source, as far as it lies in the video worker:
 *
 *   access unit -> AvcStream -> Muxer -> fragment -> the page's element -> what it presented -> ShownFrame
 */
import { localMicros } from '../local-time.ts';
import type { DecodedInput, DecoderInput } from '../video/decoder.ts';
import type { PicturePath, PicturePathSink } from '../video/picture-path.ts';
import { Playout, type PlayoutSettings } from '../video/playout.ts';
import { zeroDrops, type DropReason } from '../video/presenter.ts';
import { AvcStream, type AvcSample } from './avc-stream.ts';
import { PICTURE_TIMESCALE, type CreateMuxer, type Muxer } from './muxer.ts';
import type { FromPictureElement, ToPictureElement } from './picture-messages.ts';

/** What the worker's part of Media Source plays by, and its way to the element. */
export interface MediaSourcePathOptions extends PicturePathSink {
  readonly playout: PlayoutSettings;
  /** Loads the muxer, which only this path needs. */
  loadMuxer(): Promise<CreateMuxer>;
  toElement(message: ToPictureElement, transfer: Transferable[]): void;
  /** It cannot go on; one sentence. */
  onFailed(why: string): void;
}

/**
 * What a frame lasts on the element's time line, in ticks: 1/60 s whatever its distance to the next. The line has no holes that way, which
 * Chromium stops at; an element that plays faster than frames come waits for the next one.
 */
const FRAME_TICKS = PICTURE_TIMESCALE / 60;

/** Access units kept while the muxer is loaded: 2 s at 60 per second. */
const MAX_WAITING = 120;

/** Frames of which the element has told nothing yet: 10 s at 60 per second. A page in the background tells nothing. */
const MAX_INSIDE = 600;

/** A keyframe is asked for when the last one is this old, µs: what is before it can be forgotten, and elements hold about 100 MB. */
const KEY_EVERY = 30_000_000;

/** A hold that differs by less is left alone, µs. */
const HOLD_STEP = 5_000;

/** An element that breaks again within this time is given up, µs. */
const BREAK_AGAIN = 10_000_000;

/** How codec strings of H.264 begin. */
const H264 = 'avc';

/** Makes fragments of one stream for an element, and knows which frame was shown when. */
export class MediaSourcePath implements PicturePath {
  readonly #options: MediaSourcePathOptions;
  readonly #playout: Playout;
  readonly #stream = new AvcStream();
  readonly #inside = new Map<number, DecodedInput>();
  #createMuxer: CreateMuxer | undefined;
  #waiting: DecoderInput[] = [];
  #muxer: Muxer | undefined;
  /** Frames on the element's time line. */
  #frames = 0;
  #order = 0;
  #needsKey = true;
  #lastKeyAt = 0;
  #brokenAt = Number.NEGATIVE_INFINITY;
  #lastShown: number | undefined;
  #toldHold = 0;
  #isHidden = false;
  #isClosed = false;
  codec: string | undefined;
  width = 0;
  height = 0;
  shown = 0;
  readonly dropped: Record<DropReason, number> = zeroDrops();
  readonly decoderCounters = { decoded: 0, errors: 0, overloads: 0 };

  constructor(options: MediaSourcePathOptions) {
    this.#options = options;
    this.#playout = new Playout(options.playout);
    void this.#load();
  }

  get decodeQueue(): number {
    return this.#isHidden ? 0 : this.#inside.size;
  }

  get heldFor(): number {
    return this.#playout.heldFor;
  }

  get soundShift(): number | undefined {
    return this.#playout.soundShift(localMicros());
  }

  push(unit: Omit<DecoderInput, 'order' | 'arrivedAt'>): void {
    this.#playout.arrived(unit);
    this.#order += 1;
    const input = { ...unit, order: this.#order, arrivedAt: localMicros() };
    if (this.#createMuxer !== undefined) this.#mux(input, this.#createMuxer);
    else if (this.#waiting.length < MAX_WAITING) this.#waiting.push(input);
    else this.#lose(input);
    this.#tellHold();
  }

  reset(): void {
    this.#waiting = [];
    this.#needsKey = true;
    this.#forgetInside('reset');
    this.#playout.reset();
  }

  configure(settings: PlayoutSettings): void {
    this.#playout.configure(settings, localMicros());
    this.#tellHold();
  }

  soundClock(shift: number | undefined): void {
    this.#playout.sound(shift, localMicros());
  }

  setHidden(isHidden: boolean): void {
    this.#isHidden = isHidden;
    if (isHidden) this.#forgetInside('hidden');
  }

  close(): void {
    this.#isClosed = true;
    this.#waiting = [];
    this.#forgetInside('reset');
  }

  /** What the page's element says. */
  onElement(message: FromPictureElement): void {
    if (this.#isClosed) return;
    if (message.type === 'presented') this.#presented(message);
    else if (message.type === 'behind') this.#options.onLost(this.#lastShown);
    else this.#broken(message.why);
  }

  async #load(): Promise<void> {
    try {
      this.#createMuxer = await this.#options.loadMuxer();
    } catch (error) {
      this.#options.onFailed(`Its muxer could not be loaded (${String(error)}).`);
      return;
    }
    if (this.#isClosed) return;
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const input of waiting) this.#mux(input, this.#createMuxer);
  }

  #mux(input: DecoderInput, createMuxer: CreateMuxer): void {
    if (input.key && !input.codec.startsWith(H264)) {
      this.#options.onFailed(`It cannot play ${input.codec}; choose H.264 for the picture first.`);
      return;
    }
    const sample = this.#stream.sample(input.bytes);
    if (sample?.begins !== undefined) this.#begin(sample.begins, createMuxer);
    const muxer = this.#muxer;
    if (sample === undefined || muxer === undefined || (this.#needsKey && !input.key)) {
      this.#lose(input);
      return;
    }
    this.#needsKey = false;
    this.#append(input, sample, muxer);
  }

  #begin({ codec, track }: NonNullable<AvcSample['begins']>, createMuxer: CreateMuxer): void {
    this.codec = codec;
    this.#muxer = createMuxer(track);
    const segment = this.#muxer.initialize();
    const mimeType = `video/mp4; codecs="${codec}"`;
    this.#options.toElement({ type: 'begin', mimeType, segment }, [segment.buffer]);
  }

  #append(input: DecoderInput, { data }: AvcSample, muxer: Muxer): void {
    const { key } = input;
    const now = localMicros();
    if (key) this.#lastKeyAt = now;
    else if (now - this.#lastKeyAt > KEY_EVERY) {
      this.#lastKeyAt = now;
      this.#options.onLost(this.#lastShown);
    }
    const at = this.#frames * FRAME_TICKS;
    const segment = muxer.fragment({ data, time: at, duration: FRAME_TICKS, key });
    this.#inside.set(this.#frames, withoutBytes(input, now));
    this.#frames += 1;
    if (this.#inside.size > MAX_INSIDE) this.#forgetInside(this.#isHidden ? 'hidden' : 'crowded');
    const time = at / PICTURE_TIMESCALE;
    this.#options.toElement({ type: 'fragment', segment, time, key }, [segment.buffer]);
  }

  #presented(message: Extract<FromPictureElement, { type: 'presented' }>): void {
    const { mediaTime, shownAt, decodeTime = 0, width, height } = message;
    const frame = Math.round((mediaTime * PICTURE_TIMESCALE) / FRAME_TICKS);
    for (const [older, input] of this.#inside) {
      if (older > frame) break;
      this.#inside.delete(older);
      this.decoderCounters.decoded += 1;
      if (older < frame) this.dropped.superseded += 1;
      else this.#show(input, { width, height, shownAt, decodeTime });
    }
  }

  #show(
    input: DecodedInput,
    frame: {
      readonly width: number;
      readonly height: number;
      readonly shownAt: number;
      readonly decodeTime: number;
    },
  ): void {
    const { width, height, shownAt, decodeTime } = frame;
    if (width !== this.width || height !== this.height) {
      this.width = width;
      this.height = height;
      this.#options.onSize(width, height);
    }
    this.shown += 1;
    this.#lastShown = input.sequence;
    const decodedAt = Math.min(shownAt, input.submittedAt + decodeTime);
    this.#options.onShown({ input, decodedAt, shownAt, showTime: 0, look: undefined });
  }

  /** Begins anew in a new element; one that breaks again and again is of no use here. */
  #broken(why: string): void {
    this.decoderCounters.errors += 1;
    const now = localMicros();
    const isAgain = now - this.#brokenAt < BREAK_AGAIN;
    this.#brokenAt = now;
    if (isAgain) {
      this.#options.onFailed(`Media Source broke twice (${why}).`);
      return;
    }
    this.#forgetInside('reset');
    this.#stream.reset();
    this.#muxer = undefined;
    this.#frames = 0;
    this.#needsKey = true;
    this.#options.onLost(this.#lastShown);
  }

  #lose({ sequence }: DecoderInput): void {
    this.#options.onUnused(sequence, 'undecodable');
  }

  #forgetInside(reason: DropReason): void {
    this.dropped[reason] += this.#inside.size;
    this.#inside.clear();
  }

  #tellHold(): void {
    const { heldFor } = this.#playout;
    if (Math.abs(heldFor - this.#toldHold) < HOLD_STEP) return;
    this.#toldHold = heldFor;
    this.#options.toElement({ type: 'hold', seconds: heldFor / 1e6 }, []);
  }
}

/** What is remembered of an access unit whose bytes are in a fragment. */
function withoutBytes(input: DecoderInput, submittedAt: number): DecodedInput {
  const { sequence, order, late, captureTime, changedTime, queuedTime, sendTime } = input;
  const { begunAt, receivedAt, arrivedAt } = input;
  return {
    ...{ sequence, order, late, captureTime, changedTime, queuedTime, sendTime },
    ...{ begunAt, receivedAt, arrivedAt, submittedAt },
  };
}
