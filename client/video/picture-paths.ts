import type { PathName } from '../ladder/rungs.ts';
import { MediaSourcePath } from '../media-source/media-source-path.ts';
import type { FrameLook } from '../stats/frame-meter.ts';
import { CanvasSink } from './canvas-sink.ts';
import type { DecoderInput } from './decoder.ts';
import type { PicturePath, PicturePathSink } from './picture-path.ts';
import type { PlayoutSettings } from './playout.ts';
import type { VideoSink } from './sink.ts';
import { TrackSink } from './track-sink.ts';
import type { FromVideoWorker, ToVideoWorker, ToVideoWorkerMedia } from './video-messages.ts';
import { VideoPipeline } from './video-pipeline.ts';
import { TrackPath } from '../webrtc/track-path.ts';

/** What every path of the picture draws into and plays by, and whom it tells. */
export interface PicturePathsOptions extends PicturePathSink {
  readonly canvas: OffscreenCanvas;
  readonly playout: PlayoutSettings;
  readonly look: (frame: VideoFrame) => FrameLook | undefined;
  readonly toPage: (message: FromVideoWorker, transfer?: Transferable[]) => void;
}

/** The path in use. */
type NamedPath =
  | { readonly name: 'webCodecs'; readonly is: VideoPipeline }
  | { readonly name: 'mediaSource'; readonly is: MediaSourcePath }
  | { readonly name: 'webRtc'; readonly is: TrackPath };

/**
 * The paths that a picture can take in this worker, one at a time: WebCodecs into the canvas or a track, Media Source into an element
 * of the page, or none where WebRTC brings it past this worker. A change of the path needs a keyframe, and the old picture stays until then.
 */
export class PicturePaths {
  readonly #options: PicturePathsOptions;
  readonly #canvas: CanvasSink;
  #sink: VideoSink;
  #path: NamedPath;
  #playout: PlayoutSettings;
  #isHidden = false;
  #isFed = false;
  #hasShown = false;

  constructor(options: PicturePathsOptions) {
    this.#options = options;
    this.#playout = options.playout;
    this.#canvas = new CanvasSink(options.canvas);
    this.#sink = this.#canvas;
    this.#path = { name: 'webCodecs', is: this.#webCodecs() };
  }

  get current(): PicturePath {
    return this.#path.is;
  }

  get name(): PathName {
    return this.#path.name;
  }

  get sink(): VideoSink {
    return this.#sink;
  }

  /** Takes another path from now on, beginning with a keyframe. */
  use(name: PathName): void {
    if (name === this.#path.name) return;
    this.#path.is.close();
    // Closing ended a track; the canvas has no end.
    this.#sink = this.#canvas;
    this.#isFed = false;
    this.#hasShown = false;
    this.#path = this.#begin(name);
    this.#path.is.setHidden(this.#isHidden);
    this.#options.onLost(undefined);
  }

  push(unit: Omit<DecoderInput, 'order' | 'arrivedAt'>): void {
    const isFirst = unit.key && !this.#isFed && !this.#isHidden;
    if (isFirst) {
      this.#isFed = true;
      this.#options.toPage({ type: 'path', path: this.#path.name, event: 'fed' });
    }
    this.#path.is.push(unit);
  }

  /** The server says of a picture on a track when it was what. */
  onTrack(picture: Extract<ToVideoWorkerMedia, { type: 'onTrack' }>): void {
    if (this.#path.name === 'webRtc') this.#path.is.sent(picture);
  }

  configure(playout: PlayoutSettings): void {
    this.#playout = playout;
    this.#path.is.configure(playout);
  }

  setHidden(isHidden: boolean): void {
    this.#isHidden = isHidden;
    this.#path.is.setHidden(isHidden);
  }

  onElement(message: Extract<ToVideoWorker, { type: 'element' }>['message']): void {
    if (this.#path.name !== 'webCodecs') this.#path.is.onElement(message);
  }

  /** Shows what WebCodecs decodes in the canvas, or in a track of the page. */
  changeSink(message: Extract<ToVideoWorker, { type: 'sink' }>, failed?: string): void {
    if (this.#path.name !== 'webCodecs') return;
    const sink = message.sink === 'canvas' ? this.#canvas : this.#track(message.writable);
    const old = this.#path.is.changeSink(sink);
    if (old !== sink) old.close();
    this.#sink = sink;
    const why = failed === undefined ? {} : { failed };
    this.#options.toPage({ type: 'sink', sink: sink.kind, ...why });
  }

  close(): void {
    this.#path.is.close();
  }

  /** Told of what every path tells, and of its first picture. */
  #watched(): PicturePathSink {
    const { onSize, onShown, onLost, onUnused, toPage } = this.#options;
    return {
      onSize,
      onLost,
      onUnused,
      onShown: (frame) => {
        if (!this.#hasShown) {
          this.#hasShown = true;
          toPage({ type: 'path', path: this.#path.name, event: 'firstMedia' });
        }
        onShown(frame);
      },
    };
  }

  #begin(name: PathName): NamedPath {
    switch (name) {
      case 'webCodecs':
        return { name, is: this.#webCodecs() };
      case 'mediaSource':
        return { name, is: this.#mediaSource() };
      case 'webRtc':
        return { name, is: new TrackPath(this.#watched()) };
    }
  }

  #webCodecs(): VideoPipeline {
    const { look } = this.#options;
    return new VideoPipeline({
      ...this.#watched(),
      sink: this.#sink,
      playout: this.#playout,
      look,
    });
  }

  #mediaSource(): MediaSourcePath {
    const { toPage } = this.#options;
    return new MediaSourcePath({
      ...this.#watched(),
      playout: this.#playout,
      loadMuxer: async () => (await import('../media-source/mp4box-muxer.ts')).createMp4BoxMuxer,
      toElement: (message, transfer) => toPage({ type: 'element', message }, transfer),
      onFailed: (why) => toPage({ type: 'pathFailed', path: 'mediaSource', why }),
    });
  }

  #track(writable: WritableStream<VideoFrame>): TrackSink {
    return new TrackSink(writable, (error) => {
      this.changeSink({ type: 'sink', sink: 'canvas' }, String(error));
    });
  }
}
