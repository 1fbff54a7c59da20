import type { SinkKind } from './sink.ts';
import type { FromVideoWorker, ToVideoWorker } from './video-messages.ts';

/** https://w3c.github.io/mediacapture-transform/ in the form that Chromium has in the window; TypeScript does not know it. */
interface TrackGenerator extends MediaStreamTrack {
  readonly writable: WritableStream<VideoFrame>;
}

declare global {
  var MediaStreamTrackGenerator: (new (options: { kind: 'video' }) => TrackGenerator) | undefined;
}

/** The element that plays a track of decoded frames, and whom it tells. */
export interface PageSinkOptions {
  /** Plays the track; undefined where the page has only a canvas. */
  readonly video: HTMLVideoElement | undefined;
  toWorker(message: ToVideoWorker, transfer: Transferable[]): void;
  /** The element to look at has changed. */
  onShown(sink: SinkKind): void;
}

/** Why a choice of the sink cannot be followed. */
const NO_TRACK = 'this browser has no MediaStreamTrackGenerator';
const NO_ELEMENT = 'this page has no video element';

/**
 * The page's end of the video sinks: makes the track, gives its other end to the video worker, and says which element has the
 * picture. The element changes only when the new one has a picture to show.
 */
export class PageSink {
  readonly #options: PageSinkOptions;
  #wanted: 'auto' | SinkKind = 'auto';
  #asked: SinkKind = 'canvas';
  #track: TrackGenerator | undefined;
  #stream: MediaStream | undefined;
  #isCanvasTooSlow = false;
  #trackFailure: string | undefined;

  constructor(options: PageSinkOptions) {
    this.#options = options;
  }

  /** Why the track is not to be had; undefined when it is. */
  get trackRefused(): string | undefined {
    if (this.#options.video === undefined) return NO_ELEMENT;
    if (globalThis.MediaStreamTrackGenerator === undefined) return NO_TRACK;
    return this.#trackFailure;
  }

  /** Follows a choice. Returns why not, when it cannot; the canvas serves then. */
  choose(sink: 'auto' | SinkKind): string | undefined {
    if (sink === 'track' && this.#wanted !== 'track') this.#trackFailure = undefined;
    this.#wanted = sink;
    this.#follow();
    return sink === 'track' ? this.trackRefused : undefined;
  }

  onWorker(message: Extract<FromVideoWorker, { type: 'sink' | 'canvasTooSlow' }>): void {
    if (message.type === 'canvasTooSlow') {
      this.#isCanvasTooSlow = true;
      this.#follow();
      return;
    }
    if (message.failed !== undefined) {
      this.#trackFailure = message.failed;
      this.#asked = 'canvas';
    }
    if (message.sink === 'canvas' && this.#asked === 'canvas') this.#dropTrack();
  }

  /** Idempotent. */
  close(): void {
    this.#dropTrack();
  }

  /** Measured: the canvas is on the screen 8 ms earlier as long as drawing keeps up, so that `auto` begins with it. */
  #follow(): void {
    const wantsTrack =
      this.#wanted === 'track' || (this.#wanted === 'auto' && this.#isCanvasTooSlow);
    const sink = wantsTrack && this.trackRefused === undefined ? 'track' : 'canvas';
    if (sink === this.#asked) return;
    this.#asked = sink;
    if (sink === 'canvas') this.#options.toWorker({ type: 'sink', sink }, []);
    else this.#makeTrack();
  }

  #makeTrack(): void {
    const { video } = this.#options;
    const Generator = globalThis.MediaStreamTrackGenerator;
    if (video === undefined || Generator === undefined) return;
    this.#track?.stop();
    const track = new Generator({ kind: 'video' });
    this.#track = track;
    this.#stream = new MediaStream([track]);
    video.srcObject = this.#stream;
    // A muted element plays without a gesture; one that is torn down while it begins rejects, which is no fault.
    video.play().catch(() => undefined);
    const show = (): void => {
      if (this.#track === track) this.#options.onShown('track');
    };
    video.addEventListener('loadeddata', show, { once: true });
    const { writable } = track;
    this.#options.toWorker({ type: 'sink', sink: 'track', writable }, [writable]);
  }

  #dropTrack(): void {
    if (this.#track === undefined) return;
    this.#track.stop();
    this.#track = undefined;
    const { video } = this.#options;
    // Another path may have the element by now.
    if (video === undefined || video.srcObject !== this.#stream) return;
    this.#options.onShown('canvas');
    video.srcObject = null;
  }
}
