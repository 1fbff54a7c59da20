import type { VideoCodec } from '../../gst/video-codec.ts';
import type { AccessUnit, AccessUnitSink, VideoParameters } from '../ingest/access-unit.ts';
import { FanOut } from '../ingest/fan-out.ts';
import { createFaultCounters, sumFaults, type MediaFaults } from '../ingest/faults.ts';
import type { MediaSource } from './media-source.ts';
import type { Logger } from '../observe/logger.ts';

/** An encoder that runs, and what it makes. */
export interface RunningVideo {
  readonly name: VideoCodec;
  /** Name of its row in the encoder table. */
  readonly encoder: string;
  readonly source: MediaSource;
}

/** Which codecs there are, and how an encoder of one is started. */
export interface SwitchingVideoOptions {
  /** What can be had, the one to begin with first. */
  readonly codecs: readonly VideoCodec[];
  /** Starts an encoder of one of them. */
  start(codec: VideoCodec): RunningVideo;
  readonly logger: Logger;
  /** How long a new encoder may take to its first keyframe, milliseconds; default 10,000. */
  readonly patienceMs?: number;
}

/** 200 ms are usual; a loaded machine with a cold plugin registry took 3 s. */
const PATIENCE_MS = 10_000;

/**
 * One picture whose codec changes while it runs: make before break. The encoder of the new codec is started beside the old one,
 * which goes on until the first keyframe of the new one is there; from that access unit on the new one is heard alone. What was set
 * holds for every encoder.
 */
export class SwitchingVideo implements MediaSource {
  readonly codecs: readonly VideoCodec[];
  readonly canScale = true;
  readonly #options: SwitchingVideoOptions;
  readonly #fanOut = new FanOut();
  /** The newest value of each setting, for encoders that start later. */
  readonly #settings = new Map<string, (source: MediaSource) => void>();
  #current: RunningVideo;
  #next: { readonly video: RunningVideo; readonly giveUp: NodeJS.Timeout } | undefined;
  /** Of encoders that were closed. */
  #pastFaults: MediaFaults = createFaultCounters();
  #pastRestarts = 0;
  readonly #closing = new Set<Promise<void>>();
  #isPaused = false;
  #isClosed = false;

  constructor(options: SwitchingVideoOptions) {
    const [first] = options.codecs;
    if (first === undefined) throw new RangeError('codecs: expected at least one, got none');
    this.#options = options;
    this.codecs = options.codecs;
    this.#current = options.start(first);
    this.#hear(this.#current);
  }

  /** What is being sent. */
  get running(): { readonly name: VideoCodec; readonly encoder: string } {
    const { name, encoder } = this.#current;
    return { name, encoder };
  }

  get parameters(): VideoParameters | undefined {
    return this.#current.source.parameters;
  }

  get isRunning(): boolean {
    return this.#current.source.isRunning;
  }

  abandon(): void {
    this.#current.source.abandon();
    this.#next?.video.source.abandon();
  }

  retry(): void {
    this.#current.source.retry();
    this.#next?.video.source.retry();
  }

  get faults(): MediaFaults {
    return sumFaults([this.#pastFaults, this.#current.source.faults]);
  }

  get restarts(): number {
    return this.#pastRestarts + this.#current.source.restarts;
  }

  subscribe(sink: AccessUnitSink): () => void {
    return this.#fanOut.subscribe(sink);
  }

  requestKeyframe(): void {
    this.#current.source.requestKeyframe();
  }

  /** An encoder that is to take over is never paused before its first keyframe: a still screen would keep it from making one. */
  setPaused(paused: boolean): void {
    this.#isPaused = paused;
    this.#current.source.setPaused(paused);
  }

  setBitrate(kbps: number): void {
    this.#set('bitrate', (source) => source.setBitrate(kbps));
  }

  setFrameRate(fps: number): void {
    this.#set('frameRate', (source) => source.setFrameRate(fps));
  }

  setScale(scale: number, full: { readonly width: number; readonly height: number }): void {
    this.#set('scale', (source) => source.setScale(scale, full));
  }

  /** The encoders have nothing of their own to set for it: frames against bits is decided before them. */
  setQuality(): void {
    // See above.
  }

  /**
   * Changes to another codec, or to the first for `auto`; the newest wish counts. Without effect for one that cannot be had, and
   * after `close`.
   */
  setCodec(wanted: VideoCodec | 'auto'): void {
    const codec = wanted === 'auto' ? this.codecs[0] : wanted;
    if (codec === undefined || !this.codecs.includes(codec) || this.#isClosed) return;
    if (codec === (this.#next?.video ?? this.#current).name) return;
    this.#dropNext();
    if (codec === this.#current.name) return;
    const { logger, patienceMs = PATIENCE_MS } = this.#options;
    const video = this.#options.start(codec);
    for (const apply of this.#settings.values()) apply(video.source);
    const giveUp = setTimeout(() => {
      const { encoder } = video;
      logger.warn('no keyframe of the new encoder, the old one goes on', { encoder, patienceMs });
      this.#dropNext();
    }, patienceMs);
    this.#next = { video, giveUp };
    this.#hear(video);
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    this.#dropNext();
    await Promise.all([this.#current.source.close(), ...this.#closing]);
  }

  #set(name: string, apply: (source: MediaSource) => void): void {
    this.#settings.set(name, apply);
    apply(this.#current.source);
    if (this.#next !== undefined) apply(this.#next.video.source);
  }

  #hear(video: RunningVideo): void {
    video.source.subscribe({ accessUnit: (unit) => this.#take(video, unit) });
  }

  #take(video: RunningVideo, unit: AccessUnit): void {
    if (video === this.#next?.video && unit.key) this.#swap(video);
    if (video === this.#current) this.#fanOut.deliver(unit);
  }

  #swap(video: RunningVideo): void {
    const old = this.#current;
    clearTimeout(this.#next?.giveUp);
    this.#next = undefined;
    this.#current = video;
    if (this.#isPaused) video.source.setPaused(true);
    this.#retire(old);
    this.#options.logger.info('codec changed', { codec: video.name, encoder: video.encoder });
  }

  #dropNext(): void {
    if (this.#next === undefined) return;
    const { video, giveUp } = this.#next;
    clearTimeout(giveUp);
    this.#next = undefined;
    this.#retire(video);
  }

  #retire({ source }: RunningVideo): void {
    this.#pastFaults = sumFaults([this.#pastFaults, source.faults]);
    this.#pastRestarts += source.restarts;
    const closing = source.close().finally(() => this.#closing.delete(closing));
    this.#closing.add(closing);
  }
}
