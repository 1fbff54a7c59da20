import type { SteeredEncoder } from '../../../server/session/encoder-steering.ts';
import type { EventQueue } from './event-queue.ts';

/** A picture that was encoded; microseconds of simulated time. */
export interface EncodedPicture {
  readonly capturedAt: number;
  readonly bytes: number;
  readonly key: boolean;
  /** In an upper layer, which nothing refers to. */
  readonly isUpper: boolean;
}

export interface SimulatedEncoderOptions {
  readonly bps: number;
  readonly random: () => number;
  /** Share of the asked rate that it makes. */
  readonly yield: (atMs: number) => number;
  readonly isMoving: (atMs: number) => boolean;
  readonly frameRate: number;
  readonly hasLayers: boolean;
  readonly leastKeyframeBytes: number;
}

/** As x264 in the lab: 8 to 14 ms from capture to the access unit, a keyframe of 50 ms of the rate, pictures from 0.6 to 1.4 of the mean. */
const ENCODE_US = 8_000;
const ENCODE_SPREAD_US = 6_000;
const KEYFRAME_SECONDS = 0.05;
const STILL_BYTES = 200;

/** An encoder that makes what it is asked for. */
export class SimulatedEncoder implements SteeredEncoder {
  readonly #events: EventQueue;
  readonly #options: SimulatedEncoderOptions;
  #bps: number;
  #frameRate: number;
  #isPaused = false;
  #wantsKey = true;
  #wasBase = false;
  captured = 0;
  keyframes = 0;
  #busyUntil = 0;

  constructor(events: EventQueue, options: SimulatedEncoderOptions) {
    this.#events = events;
    this.#options = options;
    this.#bps = options.bps;
    this.#frameRate = options.frameRate;
  }

  setBitrate(kbps: number): void {
    this.#bps = kbps * 1000;
  }

  setFrameRate(fps: number): void {
    if (fps !== this.#frameRate) this.#wantsKey = true;
    this.#frameRate = fps;
  }

  /** Its bit rate is what counts here, not its size. */
  setScale(): void {
    this.#wantsKey = true;
  }

  setCodec(): void {
    // It makes one kind.
  }

  setQuality(): void {
    // And one quality.
  }

  setPaused(paused: boolean): void {
    this.#isPaused = paused;
  }

  requestKeyframe(): void {
    this.#wantsKey = true;
  }

  start(made: (picture: EncodedPicture) => void): void {
    const capture = (): void => {
      if (!this.#isPaused) this.#encode(made);
      this.#events.after(1e6 / this.#frameRate, capture);
    };
    capture();
  }

  #encode(made: (picture: EncodedPicture) => void): void {
    this.captured += 1;
    const { random, isMoving } = this.#options;
    const key = this.#wantsKey;
    this.#wantsKey = false;
    const capturedAt = this.#events.now;
    const bps = this.#bps * this.#options.yield(capturedAt / 1000);
    const moving = (bps / 8 / this.#frameRate) * (0.6 + 0.8 * random());
    const picture = isMoving(capturedAt / 1000) ? moving : STILL_BYTES;
    const { leastKeyframeBytes } = this.#options;
    const keyframe = Math.max((this.#bps / 8) * KEYFRAME_SECONDS, moving, leastKeyframeBytes);
    const bytes = Math.max(100, Math.round(key ? keyframe : picture));
    const isUpper = this.#options.hasLayers && this.#wasBase && !key;
    this.#wasBase = !isUpper;
    if (key) this.keyframes += 1;
    const doneAt = Math.max(this.#busyUntil, capturedAt + ENCODE_US + random() * ENCODE_SPREAD_US);
    this.#busyUntil = doneAt;
    this.#events.after(doneAt - capturedAt, () => made({ capturedAt, bytes, key, isUpper }));
  }
}
