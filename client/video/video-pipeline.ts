/**
 * A frame's way through the video worker:
 *
 *   access unit -> AccessUnitHold -> LowDelayDecoder -> Presenter -> VideoSink
 *                       \_____________ Playout: when it is due ____/
 */
import { localMicros } from '../local-time.ts';
import type { FrameLook } from '../stats/frame-meter.ts';
import { AccessUnitHold, type DueAt } from './access-unit-hold.ts';
import { LowDelayDecoder, type DecodedInput, type DecoderInput } from './decoder.ts';
import { Playout, type PlayoutSettings } from './playout.ts';
import type { PicturePath, PicturePathSink } from './picture-path.ts';
import {
  MAX_HELD_FRAMES,
  Presenter,
  type DecodedFrame,
  type DropReason,
  type PresenterOutput,
  zeroDrops,
} from './presenter.ts';
import type { VideoSink } from './sink.ts';

/** What WebCodecs' path draws into and plays by. */
export interface VideoPipelineOptions extends PicturePathSink {
  readonly sink: VideoSink;
  readonly playout: PlayoutSettings;
  /** Called with each frame right before it is shown, since the sink closes it. */
  look(frame: VideoFrame): FrameLook | undefined;
}

/** A frame on its way between decoder and sink. */
interface Picture {
  readonly frame: VideoFrame;
  readonly input: DecodedInput;
  readonly decodedAt: number;
}

/** Before a frame is due, its decoding begins this much earlier than decoding takes on average, µs: decoders hiccup. */
const DECODE_MARGIN = 8_000;

/** Decodes, holds and shows one stream. Owns every frame from the decoder to the sink: each is closed once. */
export class VideoPipeline implements PicturePath {
  readonly #options: VideoPipelineOptions;
  readonly #hold = new AccessUnitHold<DecoderInput>();
  readonly #playout: Playout;
  readonly #presenter: Presenter<Picture>;
  readonly #decoder: LowDelayDecoder;
  readonly #dueAt: DueAt = (unit) => this.#playout.dueAt(unit, localMicros());
  #sink: VideoSink;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #order = 0;
  #lastDecoded: number | undefined;
  #isHidden = false;
  /** The newest frame of a hidden page. */
  #unseen: DecodedFrame<Picture> | undefined;
  width = 0;
  height = 0;
  shown = 0;
  readonly dropped: Record<DropReason, number> = zeroDrops();

  constructor(options: VideoPipelineOptions) {
    this.#options = options;
    this.#sink = options.sink;
    this.#playout = new Playout(options.playout);
    this.#presenter = new Presenter(options.playout.presentation, (frame, now) =>
      this.#playout.dueAt(frame, now),
    );
    this.#decoder = new LowDelayDecoder(
      {
        frame: (frame, input, newest) => this.#decoded(frame, input, newest),
        lost: () => options.onLost(this.#lastDecoded),
        unused: (sequence, why) => options.onUnused(sequence, why),
      },
      localMicros,
    );
  }

  get codec(): string | undefined {
    return this.#decoder.codec;
  }

  get decodeQueue(): number {
    return this.#decoder.queueSize;
  }

  get decoderCounters(): LowDelayDecoder['counters'] {
    return this.#decoder.counters;
  }

  /** How long a frame without jitter is held now, µs. */
  get heldFor(): number {
    return this.#playout.heldFor;
  }

  /** See Playout.soundShift. */
  get soundShift(): number | undefined {
    return this.#playout.soundShift(localMicros());
  }

  /** Takes an access unit; its bytes belong to the pipeline from then on. */
  push(unit: Omit<DecoderInput, 'order' | 'arrivedAt'>): void {
    this.#playout.arrived(unit);
    this.#order += 1;
    this.#hold.push({ ...unit, order: this.#order, arrivedAt: localMicros() });
    this.#advance();
  }

  /** Another stream begins; what waits of the old one is thrown away. The last picture stays. */
  reset(): void {
    this.#hold.clear();
    this.#decoder.reset();
    this.#take(this.#presenter.reset());
    this.#dropUnseen('reset');
    this.#playout.reset();
    this.#lastDecoded = undefined;
  }

  /** Presents by other settings from now on. */
  configure(settings: PlayoutSettings): void {
    const now = localMicros();
    this.#playout.configure(settings, now);
    this.#take(this.#presenter.configure(settings.presentation, now));
    this.#advance();
  }

  /** @param shift see Playout.sound */
  soundClock(shift: number | undefined): void {
    this.#playout.sound(shift, localMicros());
  }

  /** Shows in another sink from now on, beginning with the last picture; returns the old sink, which the caller closes. */
  changeSink(sink: VideoSink): VideoSink {
    const old = this.#sink;
    const last = old.last();
    this.#sink = sink;
    if (last !== undefined) sink.show(last, () => undefined);
    return old;
  }

  /** While hidden nothing is shown, but for the newest frame when the page is back. */
  setHidden(isHidden: boolean): void {
    this.#isHidden = isHidden;
    const frame = this.#unseen;
    if (isHidden || frame === undefined) return;
    this.#unseen = undefined;
    this.#show(frame);
  }

  close(): void {
    clearTimeout(this.#timer);
    this.#hold.clear();
    this.#decoder.close();
    this.#take(this.#presenter.reset());
    this.#dropUnseen('reset');
    this.#sink.close();
  }

  /** Decodes and shows what is due, and sets the timer for what comes next. */
  #advance(): void {
    const now = localMicros();
    const lead = this.#lead;
    const room = MAX_HELD_FRAMES - this.#presenter.held - this.#decoder.inside;
    for (const unit of this.#hold.take(now, this.#dueAt, { lead, room })) {
      this.#decoder.decode(unit);
    }
    this.#take(this.#presenter.tick(localMicros()));
    this.#setTimer();
  }

  get #lead(): number {
    return this.#presenter.decodeTime + DECODE_MARGIN;
  }

  #setTimer(): void {
    const now = localMicros();
    const toShow = this.#presenter.wakeAt(now);
    // While there is no room, the frame that leaves the presenter makes it.
    const isFull = this.#presenter.held + this.#decoder.inside >= MAX_HELD_FRAMES;
    const toDecode = this.#hold.wakeAt(this.#dueAt, isFull ? 0 : this.#lead);
    const next = Math.min(toShow ?? Infinity, toDecode ?? Infinity);
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (next === Infinity) return;
    this.#timer = setTimeout(() => this.#advance(), Math.max(0, (next - now) / 1000));
  }

  #decoded(frame: VideoFrame, input: DecodedInput, newestSubmittedAt: number | undefined): void {
    const now = localMicros();
    this.#lastDecoded = input.sequence;
    const picture = { frame, input, decodedAt: now };
    this.#take(this.#presenter.push({ ...input, picture }, { now, newestSubmittedAt }));
    this.#setTimer();
  }

  #take(outputs: readonly PresenterOutput<Picture>[]): void {
    for (const output of outputs) {
      if (output.type === 'drop') this.#drop(output.frame, output.reason);
      else if (this.#isHidden) {
        this.#dropUnseen('hidden');
        this.#unseen = output.frame;
      } else this.#show(output.frame);
    }
  }

  #show({ picture }: DecodedFrame<Picture>): void {
    const { frame } = picture;
    const { displayWidth, displayHeight } = frame;
    if (displayWidth !== this.width || displayHeight !== this.height) {
      this.width = displayWidth;
      this.height = displayHeight;
      this.#options.onSize(displayWidth, displayHeight);
    }
    const look = this.#options.look(frame);
    const begunAt = localMicros();
    this.#sink.show(frame, (outcome) => {
      if (outcome === 'superseded') this.dropped.superseded += 1;
      else this.#noteShown(picture, begunAt, look);
    });
  }

  #noteShown({ input, decodedAt }: Picture, begunAt: number, look: FrameLook | undefined): void {
    const shownAt = localMicros();
    this.shown += 1;
    const held = input.submittedAt - input.arrivedAt;
    const showTime = shownAt - begunAt;
    this.#options.onShown({ input, decodedAt: decodedAt - held, shownAt, showTime, look });
    // Measuring by reading back is part of what a frame costs here.
    this.#presenter.drawn(localMicros() - begunAt);
  }

  #drop({ picture }: DecodedFrame<Picture>, reason: DropReason): void {
    picture.frame.close();
    this.dropped[reason] += 1;
  }

  #dropUnseen(reason: DropReason): void {
    const frame = this.#unseen;
    this.#unseen = undefined;
    if (frame !== undefined) this.#drop(frame, reason);
  }
}
