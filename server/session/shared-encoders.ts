import type { AudioFacts } from '../../protocol/control/stream.ts';
import type { StreamSettings } from '../../protocol/stream-settings.ts';
import type { VideoCodecName } from '../../protocol/video-codec.ts';
import type { Micros } from '../../protocol/time.ts';
import type { AccessUnit } from '../ingest/access-unit.ts';
import type { Clock } from '../session-clock.ts';
import type { AudioPort, DesktopPort, VideoPort } from './desktop-ports.ts';
import { EncoderSteering, type LinkDemand, type PauseCounters } from './encoder-steering.ts';
import { KeyframeRequests } from './keyframe-requests.ts';
import {
  commonCodecs,
  fittingCodec,
  obstacleTo,
  settableCodecs,
  type Decodes,
} from './shared-codecs.ts';
import { StreamControl } from './stream-control.ts';
import type { StreamRules } from './stream-rules.ts';
import type { SharedStream } from './viewer-desktop.ts';
import type { ViewerSettings } from './viewer-settings.ts';

/** A new rate costs it a keyframe (measured, GStreamer 1.22): a lower one for a keyframe would cost two more. */
const RESTARTS_FOR_RATE = 'x265enc';

/** The encoders of a desktop, what they were started with, and what may be set. */
export interface SharedEncodersOptions {
  readonly video: VideoPort;
  /** What the encoder was started with, and the most that it is set to. */
  readonly videoLimits: { readonly bitrateBps: number; readonly frameRate: number };
  readonly audio: AudioPort | undefined;
  /** What `auto` is. */
  readonly audioBitrateKbps: number;
  /** What the operator says about settings; the encoders were started with their defaults. */
  readonly rules: StreamRules;
  readonly desktop: DesktopPort;
  readonly clock: Clock;
}

/** The one who has control, as far as the encoders go by that. */
export interface Steersman {
  readonly admission: { readonly session: string };
  /** Undefined before HELLO. */
  readonly settings: ViewerSettings | undefined;
}

/** The encoders of one desktop, which all of its viewers share: what they are set to, and when they rest. */
export class SharedEncoders {
  readonly #options: SharedEncodersOptions;
  /** What each of those who watch decodes. */
  readonly #watching: () => readonly Decodes[];
  readonly #steering: EncoderSteering;
  readonly #control: StreamControl;
  readonly #keyframes: KeyframeRequests;
  /** The login whose settings they have; undefined: the operator's. */
  #settingsOf: string | undefined;
  #wished: StreamSettings;
  #isSoundPaused = false;

  constructor(options: SharedEncodersOptions, watching: () => readonly Decodes[]) {
    this.#options = options;
    this.#watching = watching;
    this.#wished = options.rules.defaults;
    const { video, videoLimits, audio, audioBitrateKbps, rules, clock } = options;
    this.#steering = new EncoderSteering({ encoder: video, ...videoLimits });
    this.#control = new StreamControl({
      steering: this.#steering,
      sound: audio,
      defaults: rules.defaults,
      limits: { ...videoLimits, audioBitrateKbps },
    });
    this.#keyframes = new KeyframeRequests(clock, (mostBytes) => {
      if (video.running.encoder !== RESTARTS_FOR_RATE)
        this.#steering.squeezeKeyframe(mostBytes, clock.now());
      this.#steering.pictureWanted(clock.now());
      video.requestKeyframe();
    });
  }

  /** How often encoding was halted since the start, by reason. */
  get pauses(): PauseCounters {
    return this.#steering.pauses;
  }

  /** What the picture's encoder is asked for, bits per second. */
  get askedBps(): number {
    return this.#steering.askedBps;
  }

  /** Pictures a second that it is asked for. */
  get frameRate(): number {
    return this.#steering.frameRate;
  }

  /** The most that it makes, bits per second. */
  get maxVideoBps(): number {
    return this.#control.maxBitrateBps;
  }

  /** Undefined without sound. */
  get sound(): AudioFacts | undefined {
    return this.#control.audio;
  }

  /** Kinds of video that fit everybody who watches. */
  get codecs(): readonly VideoCodecName[] {
    return commonCodecs(this.#settable, this.#watching());
  }

  /** Why somebody cannot be shown what `others` are shown. */
  obstacleTo(joining: Decodes, others: readonly Decodes[]): string | undefined {
    return obstacleTo(joining, others, this.#settable);
  }

  /** What they make now, and may be set to. */
  get stream(): SharedStream {
    const { video, rules, desktop } = this.#options;
    const { codec = 'avc1.42C028', width, height } = { ...desktop.size, ...video.parameters };
    const { frameRate } = this.#steering;
    return {
      rules,
      codecs: this.codecs,
      canScale: video.canScale,
      settings: this.#control.settings,
      desktop: desktop.size,
      isAway: desktop.isAway === true,
      video: { codec, ...video.running, width, height, frameRate },
      audio: this.#control.audio,
    };
  }

  /**
   * Sets them to what the one who has control wishes, and to the operator's defaults when control is free. They stay as they are while
   * the one who holds it is away.
   */
  followWishes(steersman: Steersman | undefined, isControlFree: boolean): void {
    this.#noteWishes(steersman, isControlFree);
    const { clock, desktop, video } = this.#options;
    const { codecs } = this;
    const wished = this.#wished.codec;
    const settings = codecs.some((name) => name === wished)
      ? this.#wished
      : { ...this.#wished, codec: 'auto' as const };
    const codec = fittingCodec(wished, video.codecs, codecs);
    this.#control.follow(settings, { full: desktop.size, codec }, clock.now());
  }

  #noteWishes(steersman: Steersman | undefined, isControlFree: boolean): void {
    if (steersman?.settings === undefined) {
      if (!isControlFree) return;
      this.#settingsOf = undefined;
      this.#wished = this.#options.rules.defaults;
      return;
    }
    const { settings } = steersman;
    const { session } = steersman.admission;
    // A connection that comes back says in a moment what its login wants.
    if (!settings.hasAsked && this.#settingsOf === session) return;
    this.#settingsOf = session;
    this.#wished = settings.wished;
  }

  /** Follows the link that drives them; call it about every 50 ms. */
  followLink(demand: LinkDemand | undefined, now: Micros): void {
    this.#steering.follow(demand, this.#options.desktop.size, now);
  }

  /** A picture was made, and is queued for everybody. */
  pictureMade(unit: AccessUnit, demand: LinkDemand | undefined): void {
    const { clock, desktop, video } = this.#options;
    const captured = clock.fromMonotonicNanos(unit.captureTime);
    this.#steering.pictureMade(captured, unit.data.length, video.parameters ?? desktop.size);
    this.#steering.rateMade(unit.data.length, unit.key);
    this.#keyframes.pictureMade(unit.data.length, unit.key, unit.durationUs);
    if (demand === undefined) return;
    this.#steering.pictureQueued(captured, demand.videoDelay, clock.now());
  }

  /** The link that drives them carries less, or what waits for it has become shorter. */
  linkMoved(demand: LinkDemand, now: Micros): void {
    this.#steering.linkMoved(demand, now);
  }

  /**
   * @param isSpectator it is for a viewer whose link they do not follow
   * @param mostBytes the largest that its link takes in time; Infinity where that is no question
   */
  requestKeyframe(isSpectator: boolean, mostBytes: number): void {
    this.#keyframes.request(isSpectator, mostBytes);
  }

  screenChanged(): void {
    this.#steering.screenChanged(this.#options.clock.now());
  }

  /** Nobody knows what changes on the screen, until the next `screenChanged`. */
  screenUnwatched(): void {
    this.#steering.screenUnwatched(this.#options.clock.now());
  }

  /** Rests without an audience. The first pictures are always made: they tell the size, and warm the encoder up for the first viewer. */
  setAudience(audience: { readonly isWatching: boolean; readonly isListening: boolean }): void {
    const isStarted = this.#options.video.parameters !== undefined;
    this.#steering.setWatched(audience.isWatching || !isStarted);
    const paused = !audience.isListening && isStarted;
    if (paused === this.#isSoundPaused) return;
    this.#isSoundPaused = paused;
    this.#options.audio?.setPaused(paused);
  }

  get #settable(): readonly VideoCodecName[] {
    return settableCodecs(this.#options.video.codecs, this.#options.rules);
  }

  close(): void {
    this.#keyframes.close();
  }
}
