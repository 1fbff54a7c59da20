import { Source, type SourceState } from '../../gst/source.ts';
import type { AudioFrameMs } from '../../protocol/stream-settings.ts';
import type { AccessUnit, AccessUnitSink, VideoParameters } from '../ingest/access-unit.ts';
import type { MediaFaults } from '../ingest/faults.ts';
import { MediaStream } from '../ingest/media-stream.ts';
import type { Logger } from '../observe/logger.ts';

/** The pipeline of a source and how its encoder is steered. */
export interface MediaSourceOptions {
  /** For logs: `video` or `audio`. */
  readonly name: string;
  readonly codec: AccessUnit['codec'];
  /** The pipeline; asked again at each start of the child. `frameMs`: of sound, once it was set. */
  readonly description: (frameMs?: AudioFrameMs) => string;
  readonly bitrateUnit: 'kbps' | 'bps';
  /** The encoder's property for it; default `bitrate`. */
  readonly bitrateProperty?: string;
  /** How the encoder is asked for a keyframe; default `event`. */
  readonly keyframeBy?: 'event' | 'caps';
  readonly env: Readonly<Record<string, string>>;
  /** Whether the source can be halted while nothing is wanted of it: one that is live. */
  readonly canRest: boolean;
  readonly logger: Logger;
}

/**
 * Pauses that last longer halt the source, in milliseconds: more than a picture takes through the pipeline (100 ms at 15 frames
 * a second on a busy machine), and about the time between two keys of a slow typist.
 */
const REST_AFTER_MS = 250;

/** A forked encoder joined to the stream of its access units: what a desktop session watches and steers. */
export interface MediaSource {
  readonly parameters: VideoParameters | undefined;
  subscribe(sink: AccessUnitSink): () => void;
  requestKeyframe(): void;
  setPaused(paused: boolean): void;
  setBitrate(kbps: number): void;
  setFrameRate(fps: number): void;
  setScale(scale: number, full: { readonly width: number; readonly height: number }): void;
  /** What was wrong with the encoder's output, counted since the start. */
  readonly faults: MediaFaults;
  /** Children started beyond the first. */
  readonly restarts: number;
  /** Whether it delivers, or is paused and would. */
  readonly isRunning: boolean;
  /** What it captures is gone: a child that holds to it is ended, and replaced by `retry` or a second later. */
  abandon(): void;
  /** What it captures has just come: a child that failed without it is started again at once. */
  retry(): void;
  close(): Promise<void>;
}

/** A source of sound. */
export interface SoundSource extends MediaSource {
  /** Sets the length of a packet: another child is started for it and takes over when it runs, so that nothing is missed. */
  setFrameMs(frameMs: AudioFrameMs): void;
}

/** Starts a source, of pictures or of sound, and keeps it running. */
export function startMediaSource(options: MediaSourceOptions): SoundSource {
  const logger = options.logger.child({ source: options.name });
  const stream = new MediaStream({
    codec: options.codec,
    onKeyframeNeeded: () => source.requestKeyframe(),
    onFramingLost: () => {
      logger.warn('the encoder sent something that is no RTP, starting it again');
      source.restart();
    },
  });
  const tell = stateLog(logger);
  let isPaused = false;
  let kbps: number | undefined;
  let restartsBefore = 0;
  const open = (frameMs?: AudioFrameMs): Source => {
    const opened = new Source({
      name: options.name,
      description: () => options.description(frameMs),
      bitrateUnit: options.bitrateUnit,
      bitrateProperty: options.bitrateProperty ?? 'bitrate',
      keyframeBy: options.keyframeBy ?? 'event',
      env: options.env,
      ...(options.canRest && { restAfterMs: REST_AFTER_MS }),
      onBytes: (chunk) => {
        if (opened === source) stream.push(chunk, process.hrtime.bigint());
      },
      onReset: () => {
        if (opened === source) stream.reset();
      },
      onState: (state) => {
        if (state.type === 'running' && opened === next) takeOver(opened);
        if (state.type !== 'closed') tell(state);
      },
    });
    if (isPaused) opened.setPaused(true);
    if (kbps !== undefined) opened.setBitrate(kbps);
    return opened;
  };
  const takeOver = (opened: Source): void => {
    const old = source;
    restartsBefore += old.restarts;
    source = opened;
    next = undefined;
    stream.reset();
    void old.close();
  };
  let source = open();
  /** Started to take the place of `source`. */
  let next: Source | undefined;
  source.start();
  return {
    get parameters() {
      return stream.parameters;
    },
    get isRunning() {
      return source.isRunning;
    },
    abandon: () => source.abandon(),
    retry: () => source.retry(),
    subscribe: (sink) => stream.subscribe(sink),
    requestKeyframe: () => source.requestKeyframe(),
    setPaused: (paused) => {
      isPaused = paused;
      for (const each of [source, next]) each?.setPaused(paused);
    },
    setBitrate: (target) => {
      kbps = target;
      for (const each of [source, next]) each?.setBitrate(target);
    },
    setFrameRate: (fps) => source.setFrameRate(fps),
    setScale: (scale, full) => source.setScale(scale, full),
    setFrameMs: (frameMs) => {
      void next?.close();
      next = open(frameMs);
      next.start();
    },
    get faults() {
      return stream.faults;
    },
    get restarts() {
      return restartsBefore + source.restarts;
    },
    close: async () => {
      await Promise.all([source.close(), next?.close()]);
    },
  };
}

/** Logs what a source does; an end for the same reason as the one before is no news and goes to debug. */
function stateLog(logger: Logger): (state: SourceState) => void {
  let lastReason: string | undefined;
  return (state) => {
    switch (state.type) {
      case 'starting':
        logger.debug('encoder is being started', { attempt: state.attempt });
        break;
      case 'running':
        lastReason = undefined;
        logger.info('encoder is running');
        break;
      case 'backoff': {
        const { reason, retryInMs } = state;
        const level = reason === lastReason ? 'debug' : 'warn';
        lastReason = reason;
        logger[level]('encoder ended, it is started again', { reason, retryInMs });
        break;
      }
      case 'closed':
        break;
    }
  };
}
