import type { QualityName } from '../../protocol/stream-settings.ts';
import type { VideoCodecName } from '../../protocol/video-codec.ts';
import { millis, millisToMicros, type Micros } from '../../protocol/time.ts';
import { EncoderRate, isLowestFrameRate, type PictureSize } from '../schedule/encoder-rate.ts';
import { EncoderYield } from '../schedule/encoder-yield.ts';
import { KeyframeSqueeze } from '../schedule/keyframe-squeeze.ts';
import { FrameRate } from '../schedule/frame-rate.ts';
import { PictureScale } from '../schedule/picture-scale.ts';
import { Stillness } from './stillness.ts';

/** What of an encoder can be changed while it runs. */
export interface SteeredEncoder {
  /** Without a keyframe. */
  setBitrate(kbps: number): void;
  /** Costs a keyframe. */
  setFrameRate(fps: number): void;
  /** Encodes a picture of another size: factor 0.25 to 1 on width and height of the screen, `full`. Costs a keyframe. */
  setScale(scale: number, full: PictureSize): void;
  /** Shuts the valve before the encoder, or opens it; opening costs no keyframe. */
  setPaused(paused: boolean): void;
  /** Another kind of video, one of those that are offered: the old one goes on until the new one has its first keyframe. */
  setCodec(name: VideoCodecName | 'auto'): void;
  /** What the encoder itself does for sharp text or for motion. */
  setQuality(quality: QualityName): void;
}

/** What the settings ask of the encoder. */
export interface EncoderWishes {
  readonly maxBitrateBps: number;
  readonly maxFrameRate: number;
  readonly scale: number | 'auto';
  readonly quality: QualityName;
  readonly codec: VideoCodecName | 'auto';
}

/** What the link of the viewer that drives the encoder asks for. */
export interface LinkDemand {
  /** What rate control decided. */
  readonly targetBps: number;
  /** How long the link needs for the pictures that wait. */
  readonly videoDelay: Micros;
}

/** How often encoding was halted: nobody watched, the screen stood still, too much waited for the link. */
export type PauseCounters = Readonly<Record<'unwatched' | 'still' | 'queue', number>>;

/** The encoder that is steered, and what it was started with. */
export interface EncoderSteeringOptions {
  readonly encoder: SteeredEncoder;
  /** What the encoder was started with, and the most that it may be set to. */
  readonly bitrateBps: number;
  readonly frameRate: number;
}

/** Waiting pictures that need longer than this keep the next raw one out (docs/protocol.md, "Scheduling"). */
const GATE_DELAY = millisToMicros(millis(25));

/**
 * The gate lets a picture through after this long all the same. A link that takes nothing must not stop the pictures of
 * everybody else who watches; two a second cost the driver's own queue little, which drops by its own rules.
 */
const LONGEST_SHUT = millisToMicros(millis(500));

/**
 * Makes one encoder follow one link: bit rate, frame rate, the picture's scale and the valve before it. The valve has three reasons to be shut:
 * nobody watches, too much waits, or the screen stands still and its last picture is sharp. Only this class moves it.
 *
 * A command to the valve costs 4 µs here and holds from the next picture on (20 of 20 tries at 60 pictures a second; the first
 * one after it opens comes within a frame's time), but what the encoder holds already still comes out. So the gate does not shut
 * whenever the queue is long for a moment, which would be after each large picture and mostly over before the next: it
 * shuts when the queue will still be too long at the time of the next picture, so that it moves only when a picture is
 * really left out.
 */
export class EncoderSteering {
  readonly #encoder: SteeredEncoder;
  readonly #bitrate: EncoderRate;
  readonly #frameRate: FrameRate;
  readonly #scale = new PictureScale();
  readonly #stillness = new Stillness();
  #wantedScale: number | 'auto' = 'auto';
  /** What the encoder was told last. */
  #scaled: { readonly scale: number; readonly full: PictureSize } | undefined;
  readonly #yield = new EncoderYield();
  readonly #squeeze = new KeyframeSqueeze();
  #askedBps: number;
  #maxBitrateBps: number;
  #quality: QualityName = 'text';
  #codec: VideoCodecName | 'auto' = 'auto';
  #isWatched = true;
  #isStill = false;
  /** When the newest picture that was queued was captured, and when it was queued. */
  #capturedAt = -Infinity;
  #queuedAt = -Infinity;
  #shutAt: Micros | undefined;
  #isPaused = false;
  #shutTimes = 0;
  readonly #pauses = { unwatched: 0, still: 0, queue: 0 };

  constructor({ encoder, bitrateBps, frameRate }: EncoderSteeringOptions) {
    this.#encoder = encoder;
    this.#maxBitrateBps = bitrateBps;
    this.#bitrate = new EncoderRate(bitrateBps);
    this.#askedBps = bitrateBps;
    this.#frameRate = new FrameRate(frameRate);
  }

  /** How often the valve was shut since the start, by the first reason for it. */
  get pauses(): PauseCounters {
    return this.#pauses;
  }

  /** What the encoder was asked for last, bits per second. */
  get askedBps(): number {
    return this.#askedBps;
  }

  /** How often the gate was shut since the start. */
  get shutTimes(): number {
    return this.#shutTimes;
  }

  /** Frames per second that the encoder is set to. */
  get frameRate(): number {
    return this.#frameRate.current;
  }

  /** Other settings from now on: what they lower, at once; what they raise, as the link allows. */
  configure(wishes: EncoderWishes, full: PictureSize, now: Micros): void {
    this.#maxBitrateBps = wishes.maxBitrateBps;
    this.#setBitrate(this.#bitrate.current / this.#yield.boost, now);
    const { maxFrameRate: most, quality, scale, codec } = wishes;
    const frameRate = this.#frameRate.setBounds({ most, quality });
    if (frameRate !== undefined) this.#encoder.setFrameRate(frameRate);
    if (quality !== this.#quality) this.#encoder.setQuality(quality);
    this.setScale(scale);
    this.#moveScale(full, now);
    if (codec !== this.#codec) this.#encoder.setCodec(codec);
    this.#quality = quality;
    this.#codec = codec;
  }

  /** Whether anybody watches: nothing is encoded for nobody. */
  setWatched(isWatched: boolean): void {
    this.#isWatched = isWatched;
    this.#moveValve();
  }

  /** The screen has changed; without such calls it counts as moving for ever. Opens a valve that was shut for stillness at once. */
  screenChanged(now: Micros): void {
    this.#stillness.changed(now);
    this.#look(now);
  }

  /** The screen's changes are not told any more, until the next `screenChanged`. */
  screenUnwatched(now: Micros): void {
    this.#stillness.unwatched();
    this.#look(now);
  }

  /** Somebody needs a picture, for instance a keyframe, although nothing may have changed. */
  pictureWanted(now: Micros): void {
    this.#stillness.pictureWanted(now);
    this.#look(now);
  }

  /** The encoder made a picture, whoever watches. */
  pictureMade(captureTime: Micros, bytes: number, size: PictureSize): void {
    this.#stillness.pictureMade(captureTime, bytes, size);
  }

  /** The user's wish for the picture's scale: a factor from 0.25 to 1, or what the link carries. */
  setScale(scale: number | 'auto'): void {
    this.#wantedScale = scale;
  }

  /**
   * Lets time pass, about every 50 ms. Without a demand the encoder keeps its rate.
   *
   * @param size of the screen, whatever the scale
   */
  follow(demand: LinkDemand | undefined, size: PictureSize, now: Micros): void {
    this.#look(now);
    if (this.#squeeze.tick(now)) this.#tellBitrate();
    this.queueMoved(demand?.videoDelay ?? (0 as Micros), now);
    if (demand !== undefined) this.#followLink(demand, size, now);
    this.#moveScale(size, now);
  }

  #followLink(demand: LinkDemand, size: PictureSize, now: Micros): void {
    const wanted = this.#wantedScale === 'auto' ? 1 : this.#wantedScale;
    const wantedSize = { width: size.width * wanted, height: size.height * wanted };
    this.#setBitrate(demand.targetBps, now);
    const frameRate = this.#frameRate.follow(demand.targetBps, wantedSize, now);
    if (frameRate !== undefined) this.#encoder.setFrameRate(frameRate);
    const { current } = this.#frameRate;
    const { targetBps } = demand;
    this.#scale.follow(
      { targetBps, size, frameRate: current, isLowestFrameRate: isLowestFrameRate(current) },
      now,
    );
  }

  /** The scale belongs to a size of the screen: both count when either changes. */
  #moveScale(full: PictureSize, now: Micros): void {
    const scale = this.#wantedScale === 'auto' ? this.#scale.current : this.#wantedScale;
    const before = this.#scaled;
    const isSame =
      scale === (before?.scale ?? 1) &&
      (scale === 1 || (full.width === before?.full.width && full.height === before.full.height));
    if (isSame) return;
    this.#scaled = { scale, full };
    this.#encoder.setScale(scale, full);
    // Seen at once, even on a screen that stands still.
    this.pictureWanted(now);
  }

  /** Of the same picture: what share of its rate the encoder makes is learned from those between keyframes. */
  rateMade(bytes: number, isKey: boolean): void {
    if (isKey && this.#squeeze.keyframeMade(bytes, this.#askedBps)) this.#tellBitrate();
    if (isKey || this.#squeeze.isOn) return;
    this.#yield.pictureMade(bytes, this.#askedBps / 8 / this.#frameRate.current);
  }

  /** The next keyframe, which is asked for right after this, is to have at most so many bytes: somebody's link takes no more in time. */
  squeezeKeyframe(mostBytes: number, now: Micros): void {
    const bps = this.#squeeze.begin(mostBytes, this.#askedBps, now);
    if (bps !== undefined) this.#encoder.setBitrate(Math.round(bps / 1000));
  }

  /** A picture has joined the driver's queue: decides about the one after it. */
  pictureQueued(captureTime: Micros, videoDelay: Micros, now: Micros): void {
    this.#capturedAt = captureTime;
    this.#queuedAt = now;
    this.#shutIfLong(videoDelay, now);
  }

  #shutIfLong(videoDelay: Micros, now: Micros): void {
    const untilNext = Math.max(0, this.#capturedAt + 1e6 / this.#frameRate.current - now);
    if (this.#shutAt !== undefined || videoDelay - untilNext <= GATE_DELAY) return;
    this.#shutAt = now;
    this.#shutTimes += 1;
    this.#moveValve();
  }

  /** What the link of the driver is known to carry, or what waits for it, has changed: less is made at once, more by and by (`follow`). */
  linkMoved({ targetBps, videoDelay }: LinkDemand, now: Micros): void {
    if (this.#yield.boost * targetBps < this.#bitrate.current) this.#setBitrate(targetBps, now);
    this.queueMoved(videoDelay, now);
    // What was let through after a long time is to come first.
    const isFlowing = now - this.#queuedAt < 2e6 / this.#frameRate.current;
    if (isFlowing) this.#shutIfLong(videoDelay, now);
  }

  /** The driver's queue may have become shorter. */
  queueMoved(videoDelay: Micros, now: Micros): void {
    if (this.#shutAt === undefined) return;
    if (videoDelay > GATE_DELAY && now - this.#shutAt < LONGEST_SHUT) return;
    this.#shutAt = undefined;
    this.#moveValve();
  }

  #look(now: Micros): void {
    this.#isStill = this.#stillness.isStill(now);
    this.#moveValve();
  }

  #setBitrate(targetBps: number, now: Micros): void {
    const capped = Math.min(targetBps, this.#maxBitrateBps);
    const bps = this.#bitrate.follow(this.#yield.boost * capped, now);
    if (bps === undefined) return;
    this.#askedBps = bps;
    if (!this.#squeeze.isOn) this.#tellBitrate();
  }

  #tellBitrate(): void {
    this.#encoder.setBitrate(Math.round(this.#askedBps / 1000));
  }

  get #pauseReason(): keyof PauseCounters {
    if (!this.#isWatched) return 'unwatched';
    return this.#isStill ? 'still' : 'queue';
  }

  #moveValve(): void {
    const isPaused = !this.#isWatched || this.#isStill || this.#shutAt !== undefined;
    if (isPaused === this.#isPaused) return;
    this.#isPaused = isPaused;
    if (isPaused) this.#pauses[this.#pauseReason] += 1;
    this.#encoder.setPaused(isPaused);
  }
}
