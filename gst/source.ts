import { join } from 'node:path';
import type { KeyframeMeans, RunTimeSettings } from './control-message.ts';
import { frameRateCaps } from './frame-rate-caps.ts';
import { PipelineProcess } from './pipeline-process.ts';
import { RestartPolicy } from './restart-policy.ts';
import { sizeCaps, type PixelSize } from './size-caps.ts';

/** What a source is doing; every change is told to `onState`. */
export type SourceState =
  | {
      readonly type: 'starting';
      /** Counts from 1 over the life of the source. */
      readonly attempt: number;
    }
  | { readonly type: 'running' }
  | {
      readonly type: 'backoff';
      /** How the last child ended, a sentence for the log. */
      readonly reason: string;
      /** 0 = at once. */
      readonly retryInMs: number;
    }
  | { readonly type: 'closed' };

/** How long a child may be silent before it counts as hung, in milliseconds. */
export interface SilenceLimits {
  /** From the fork to the first byte. Default 5000: 200 ms are usual, a cold plugin registry takes 1 s more. */
  readonly startMs: number;
  /** Between two bytes of a running child. Default 2500: twice the gap at one frame per second, and some. */
  readonly runningMs: number;
}

/** The pipeline of a source, how its encoder is steered, and who gets its bytes. */
export interface SourceOptions {
  /** For logs: `video`, `audio`. */
  readonly name: string;
  /** Makes the pipeline description for the next child; asked again at every start. May throw: told as the reason. */
  readonly description: () => string;
  /** Added to the child's environment: XAUTHORITY, PULSE_SERVER and so on. */
  readonly env?: Readonly<Record<string, string>>;
  /** Unit of the encoder's bitrate property, from the encoder table; default `kbps`. */
  readonly bitrateUnit?: 'kbps' | 'bps';
  /** Name of that property, from the encoder table; default `bitrate`. */
  readonly bitrateProperty?: string;
  /** How the encoder is asked for a keyframe, from the encoder table; default `event`. */
  readonly keyframeBy?: KeyframeMeans;
  readonly silence?: Partial<SilenceLimits>;
  /** A pause that lasts so long halts the source too, in milliseconds; for live sources alone. Default: never. */
  readonly restAfterMs?: number;
  /** Path of the module that each child runs; default gst/child.ts. */
  readonly childModule?: string;
  /** RTP in RFC 4571 framing, cut anywhere; the receiver owns the chunk. Must not throw. */
  onBytes(chunk: Uint8Array): void;
  /** Bytes from here on come from a new child; called before each start. */
  onReset(): void;
  onState(state: SourceState): void;
}

const CHILD_MODULE = join(import.meta.dirname, 'child.ts');

/**
 * After `abandon` the next child waits for `retry`, or for so long, in milliseconds: whoever called the one calls the other as soon as
 * there is something to capture again, and a child that starts before that costs 200 ms of a core and fails. A guess.
 */
const ABANDONED_MS = 1000;

/** How often silence is looked for, in milliseconds; the error of the limits. */
const WATCH_MS = 250;

/**
 * Keeps one pipeline alive: starts a child, watches that media comes, starts the next one when it dies or hangs, and
 * brings it to the settings that were last asked for. Never throws; what goes wrong is a `backoff` state with a reason.
 */
export class Source {
  readonly #options: SourceOptions;
  readonly #silence: SilenceLimits;
  readonly #policy = new RestartPolicy();
  readonly #closed = Promise.withResolvers<string>();
  /** The settings that outlive a child. */
  #settings: RunTimeSettings = {};
  #process: PipelineProcess | undefined;
  #state: SourceState['type'] | 'idle' = 'idle';
  #attempt = 0;
  #playing = false;
  #delivered = false;
  #restartAtOnce = false;
  #isAbandoned = false;
  #startedAt = 0;
  #heardAt = 0;
  #retry: NodeJS.Timeout | undefined;
  #watch: NodeJS.Timeout | undefined;

  constructor(options: SourceOptions) {
    this.#options = options;
    this.#silence = { startMs: 5000, runningMs: 2500, ...options.silence };
  }

  /** Process id of the child; undefined between two children. */
  get pid(): number | undefined {
    return this.#process?.pid;
  }

  /** Resolves after `close`, when the child is gone. */
  get closed(): Promise<string> {
    return this.#closed.promise;
  }

  /** How many children were started beyond the first. */
  get restarts(): number {
    return Math.max(0, this.#attempt - 1);
  }

  /** Whether the child delivers, or is paused and would. */
  get isRunning(): boolean {
    return this.#state === 'running';
  }

  /** Starts the first child. Without effect when already started or closed. */
  start(): void {
    if (this.#state === 'idle') this.#launch();
  }

  /** Asks for a keyframe; it comes within one or two pictures. Lost while no child runs: a new one begins with a keyframe. */
  requestKeyframe(): void {
    this.#process?.send({ type: 'keyframe', by: this.#options.keyframeBy ?? 'event' });
  }

  /** Sets the encoder's target in kbit/s, without a keyframe; kept for later children. */
  setBitrate(kbps: number): void {
    const { bitrateUnit, bitrateProperty: property = 'bitrate' } = this.#options;
    const value = Math.round(bitrateUnit === 'bps' ? kbps * 1000 : kbps);
    if (value > 0 && Number.isSafeInteger(value)) this.#set({ bitrate: { property, value } });
  }

  /** Sets the frame rate, rounded to 1 to 240 frames per second; costs one keyframe. Kept for later children. */
  setFrameRate(fps: number): void {
    if (!Number.isFinite(fps)) return;
    this.#set({ rateCaps: frameRateCaps(Math.min(240, Math.max(1, Math.round(fps)))) });
  }

  /**
   * Sets the encoded size to a part of the source's own size, `full`: `scale` 0.25 to 1 of width and height. Costs one keyframe; kept for
   * later children. At 1 the encoder follows the source, whatever its size.
   */
  setScale(scale: number, full: PixelSize): void {
    if (scale > 0 && scale <= 1) this.#set({ sizeCaps: sizeCaps(scale, full) });
  }

  /** Stops or resumes encoding; resuming costs no keyframe. Kept for later children. */
  setPaused(paused: boolean): void {
    this.#heardAt = performance.now();
    this.#set({ paused });
  }

  /** Replaces the child at once, for instance after its settings changed or when its bytes make no sense. */
  restart(): void {
    if (this.#state === 'idle' || this.#state === 'closed') return;
    if (this.#process === undefined) {
      clearTimeout(this.#retry);
      this.#launch();
    } else {
      this.#restartAtOnce = true;
      this.#process.kill('restarted on request');
    }
  }

  /**
   * What it captures is gone. A child that still holds to it is killed: one whose X server died may hang instead of ending, which would
   * be noticed by its silence only. The next one is started by `retry`, or a second later.
   */
  abandon(): void {
    if (this.#process === undefined) return;
    this.#isAbandoned = true;
    this.#process.kill('what it captured is gone');
  }

  /** Starts the next child at once if it is waited for: what the last ones missed may be there now. */
  retry(): void {
    if (this.#state !== 'backoff') return;
    clearTimeout(this.#retry);
    this.#launch();
  }

  /** Kills the child and starts no more; resolves when it is gone. Idempotent. */
  async close(): Promise<void> {
    if (this.#state !== 'closed') {
      this.#tell({ type: 'closed' });
      clearTimeout(this.#retry);
      clearInterval(this.#watch);
      if (this.#process === undefined) this.#closed.resolve('closed');
      else this.#process.kill('closed');
    }
    await this.#closed.promise;
  }

  #launch(): void {
    this.#attempt += 1;
    this.#playing = false;
    this.#delivered = false;
    this.#restartAtOnce = false;
    this.#isAbandoned = false;
    this.#startedAt = this.#heardAt = performance.now();
    this.#options.onReset();
    this.#tell({ type: 'starting', attempt: this.#attempt });
    if (this.#isClosed()) return;
    let description: string;
    try {
      description = this.#options.description();
    } catch (error) {
      this.#ended(`no pipeline: ${error instanceof Error ? error.message : String(error)}`);
      return;
    }
    const child = new PipelineProcess({
      module: this.#options.childModule ?? CHILD_MODULE,
      env: this.#options.env ?? {},
      onBytes: (chunk) => {
        this.#heardAt = performance.now();
        if (!this.#delivered) this.#alive();
        this.#options.onBytes(chunk);
      },
      onPlaying: () => {
        this.#playing = true;
      },
      onEnd: (reason) => this.#ended(reason),
    });
    this.#process = child;
    this.#watch = setInterval(() => this.#lookForSilence(child), WATCH_MS);
    const { restAfterMs } = this.#options;
    child.send({
      type: 'start',
      description,
      settings: this.#settings,
      ...(restAfterMs !== undefined && { restAfterMs }),
    });
  }

  #set(settings: RunTimeSettings): void {
    this.#settings = { ...this.#settings, ...settings };
    this.#process?.send({ type: 'set', settings });
  }

  #alive(): void {
    this.#delivered = true;
    if (this.#state === 'starting') this.#tell({ type: 'running' });
  }

  #lookForSilence(child: PipelineProcess): void {
    if (this.#playing && this.#settings.paused === true) {
      this.#alive();
      return;
    }
    const limit = this.#delivered ? this.#silence.runningMs : this.#silence.startMs;
    if (performance.now() - this.#heardAt > limit) child.kill(`hung: sent nothing for ${limit} ms`);
  }

  #ended(reason: string): void {
    clearInterval(this.#watch);
    this.#process = undefined;
    if (this.#state === 'closed') {
      this.#closed.resolve('closed');
      return;
    }
    const retryInMs = this.#pauseMs();
    this.#tell({ type: 'backoff', reason, retryInMs });
    // onState may have closed or restarted the source.
    if (this.#state === 'backoff') this.#retry = setTimeout(() => this.#launch(), retryInMs);
  }

  #pauseMs(): number {
    if (this.#restartAtOnce) return 0;
    const ranMs = performance.now() - this.#startedAt;
    const usual = this.#policy.delayAfter({ ranMs, delivered: this.#delivered });
    return this.#isAbandoned ? Math.max(usual, ABANDONED_MS) : usual;
  }

  #isClosed(): boolean {
    return this.#state === 'closed';
  }

  #tell(state: SourceState): void {
    this.#state = state.type;
    this.#options.onState(state);
  }
}
