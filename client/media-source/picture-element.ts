import { FrameWatch } from '../video/frame-watch.ts';
import { catchUp } from './lag.ts';
import { LiveBuffer } from './live-buffer.ts';
import type { FromPictureElement, ToPictureElement } from './picture-messages.ts';

/** The element that plays the fragments, and whom it tells. */
export interface PictureElementOptions {
  /** Plays the fragments; it belongs to the picture until `close`. */
  readonly video: HTMLVideoElement;
  /** Whether a row of every picture is read back. */
  readonly probe: boolean;
  readonly toWorker: (message: FromPictureElement, transfer: Transferable[]) => void;
  /** It has a picture to show. */
  readonly onFirst: () => void;
}

/** What is kept before a keyframe, s: a player that lags a little still plays there. */
const KEEP_BEHIND = 1;

/**
 * How far behind the end of the buffer it plays where nothing else is wanted, s: two pictures at 60 per second and some. Closer to it the
 * element runs dry eight times a second; its clock stops each time, and for what it has to catch up it leaves out pictures: 13 a second
 * with 20 ms, 4 with 36 ms, which are shown 4 ms later (measured in Chromium).
 */
const LEAST_LAG = 0.036;

/** Time between looks at the lag while nothing arrives, ms. */
const LOOK_MS = 100;

/**
 * The page's end of a picture by Media Source: appends what the video worker makes, keeps the element at the live edge, and tells what
 * was presented when.
 */
export class PictureElement {
  readonly #options: PictureElementOptions;
  readonly #timer: ReturnType<typeof setInterval>;
  readonly #frames: FrameWatch;
  #buffer: LiveBuffer | undefined;
  #target = LEAST_LAG;
  #isClosed = false;
  #isBehind = false;

  constructor(options: PictureElementOptions) {
    this.#options = options;
    this.#timer = setInterval(() => this.#follow(), LOOK_MS);
    const { video } = options;
    video.addEventListener('loadeddata', this.#loaded);
    video.addEventListener('error', this.#broken);
    this.#frames = new FrameWatch({ video, probe: options.probe, tell: options.toWorker });
  }

  /** False once it has failed or was closed. */
  get isOpen(): boolean {
    return !this.#isClosed;
  }

  receive(message: ToPictureElement): void {
    if (this.#isClosed) return;
    switch (message.type) {
      case 'begin':
        this.#buffer ??= new LiveBuffer(this.#options.video, (why) => this.#fail(why));
        this.#buffer.begin(message.mimeType, message.segment);
        this.#play();
        break;
      case 'fragment':
        this.#buffer?.append(message.segment);
        if (message.key) this.#goOnAt(message.time);
        this.#follow();
        break;
      case 'hold':
        this.#target = Math.max(LEAST_LAG, message.seconds);
        break;
    }
  }

  /** Empties the element. Idempotent. */
  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    clearInterval(this.#timer);
    this.#frames.close();
    const { video } = this.#options;
    video.removeEventListener('loadeddata', this.#loaded);
    video.removeEventListener('error', this.#broken);
    video.playbackRate = 1;
    this.#buffer?.close();
  }

  readonly #loaded = (): void => this.#options.onFirst();

  readonly #broken = (): void => {
    const { error } = this.#options.video;
    if (error !== null) this.#fail(error.message === '' ? `error ${error.code}` : error.message);
  };

  #play(): void {
    // A muted element plays without a gesture; one that is torn down while it begins rejects, which is no fault.
    this.#options.video.play().catch(() => undefined);
  }

  /** Everything from here on stands alone: what is before is not needed again, and a player that lags jumps here. */
  #goOnAt(time: number): void {
    const { video } = this.#options;
    if (this.#isBehind) video.currentTime = time;
    this.#isBehind = false;
    this.#buffer?.forgetBefore(Math.min(video.currentTime, time) - KEEP_BEHIND);
  }

  #follow(): void {
    const { video, toWorker } = this.#options;
    const end = this.#buffer?.end;
    if (end === undefined || this.#isClosed) return;
    const { rate, seeks } = catchUp(end - video.currentTime, this.#target, video.playbackRate);
    if (rate !== video.playbackRate) video.playbackRate = rate;
    if (video.paused && document.visibilityState === 'visible') this.#play();
    if (seeks && !this.#isBehind) toWorker({ type: 'behind' }, []);
    this.#isBehind = seeks;
  }

  #fail(why: string): void {
    if (this.#isClosed) return;
    this.close();
    this.#options.toWorker({ type: 'failed', why }, []);
  }
}
