import type { SoundLink } from '../network/network-messages.ts';
import { playbackMode, type UserSettings } from '../settings/user-settings.ts';
import type { AudioStats, SoundState } from '../stats/player-stats.ts';
import type { FromPlayback, PlaybackOptions } from './playback-messages.ts';
import { PlaybackNode, type LatencyHint } from './playback-node.ts';
import { ringBytes, SoundRing, type RingState } from './ring.ts';
import { SAMPLE_RATE } from './sample-rate.ts';
import { soundShift } from './sound-clock.ts';
import type { SoundPath } from './sound-path.ts';
import { hasWorkletSound } from './worklet-sound.ts';

/** What the worklet's sound is played by, and whom its clock is told. */
export interface SoundOutputOptions {
  /** What holds at first; `apply` changes it. */
  readonly settings: UserSettings;
  /** Seconds of its own output that the worklet keeps for measurements; 0 for none. */
  readonly recordSeconds: number;
  /** When sound is heard, µs, see soundShift; undefined while none is. Ten times a second, once a second in a hidden page. */
  onClock(shift: number | undefined): void;
}

/** Time between looks at the sound's clock, ms: its speed is bent by half a percent at most, which is 0.5 ms in this time. */
const CLOCK_EVERY_MS = 100;

/** Time between looks at the worklet's state where there is no shared memory, ms. */
const STATE_EVERY_MS = 500;

/** How long an output of another latency may take to run before the old one stays, ms: it takes 30 to 60 (measured). */
const SWAP_TIMEOUT_MS = 2_000;

/** A buffer that follows the jitter moves in steps of this, ms, and leaves this part of the cap for what comes early. */
const BUFFER_STEP_MS = 5;
const BUFFER_PART = 0.8;

/** The buffer of mode `instant`, ms. */
const SHORT_BUFFER_MS = 20;

const SILENT: RingState = { fill: 0, target: 0, underruns: 0, overruns: 0, ratePpm: 0 };

/**
 * The page's end of the sound path: the output with its playback worklet, and the ring that the network worker fills. Sound
 * itself never passes through the page's thread.
 */
export class SoundOutput implements SoundPath {
  /** For the network worker; undefined when this browser has no sound for us. */
  readonly link: SoundLink | undefined;
  readonly #options: SoundOutputOptions;
  readonly #ring: SoundRing | undefined;
  readonly #workletPort: MessagePort | undefined;
  #output: PlaybackNode | undefined;
  #next: PlaybackNode | undefined;
  #settings: UserSettings;
  #jitterMs = 0;
  #isFailed = false;
  #portState: RingState & Partial<Pick<Extract<FromPlayback, { type: 'state' }>, 'moment'>> =
    SILENT;
  #timers: ReturnType<typeof setInterval>[] = [];

  constructor(options: SoundOutputOptions) {
    this.#options = options;
    this.#settings = options.settings;
    if (!hasWorkletSound()) return;
    this.#output = this.#create();
    if (hasSharedMemory()) {
      const buffer = new SharedArrayBuffer(ringBytes());
      this.#ring = new SoundRing(buffer);
      this.link = { type: 'ring', buffer };
    } else {
      const { port1, port2 } = new MessageChannel();
      this.#workletPort = port2;
      this.link = { type: 'port', port: port1 };
    }
  }

  /** Loads the worklet and tries to begin; where a gesture is needed, `resume` begins later. Never rejects. */
  async start(): Promise<void> {
    const output = this.#output;
    if (output === undefined) return;
    try {
      await output.start(this.#playback(this.#gain));
    } catch {
      // Without a worklet there is a picture without sound; soundState tells the page.
      this.#isFailed = true;
      return;
    }
    this.#tune();
    this.#timers.push(setInterval(() => this.#tellClock(), CLOCK_EVERY_MS));
    if (this.#workletPort === undefined) return;
    output.tell({ type: 'input', port: this.#workletPort }, [this.#workletPort]);
    const ask = (): void => output.tell({ type: 'takeState' });
    this.#timers.push(setInterval(ask, STATE_EVERY_MS));
  }

  /** Call inside a user gesture. Never rejects: a browser that still refuses leaves the state at suspended. */
  async resume(): Promise<void> {
    await Promise.all([this.#output?.resume(), this.#next?.resume()]);
  }

  /** Plays by other settings from now on: loudness and buffer at once, another latency of the output when that runs. */
  apply(settings: UserSettings): void {
    this.#settings = settings;
    this.#tune();
    void this.#changeLatency();
  }

  /** How late sound comes, ms; what a buffer that follows it holds at least. */
  setJitter(jitterMs: number): void {
    this.#jitterMs = jitterMs;
    this.#tune();
  }

  get state(): SoundState {
    if (this.#output === undefined || this.#isFailed) return 'unavailable';
    const { state } = this.#output;
    if (state !== 'running') return state;
    return this.#settings.muted ? 'muted' : 'playing';
  }

  get stats(): AudioStats {
    const state = this.#ring?.state ?? this.#portState;
    const toMs = (frames: number): number => (frames * 1000) / SAMPLE_RATE;
    return {
      state: this.state,
      fillMs: toMs(state.fill),
      targetMs: toMs(state.target),
      underruns: state.underruns,
      overruns: state.overruns,
      ratePpm: state.ratePpm,
    };
  }

  /** The last seconds of output, when `recordSeconds` asked for them. */
  async recording(): Promise<{ samples: Float32Array; sampleRate: number } | undefined> {
    if (this.#options.recordSeconds === 0) return undefined;
    const samples = await this.#output?.recording();
    return samples && { samples, sampleRate: SAMPLE_RATE };
  }

  /** Idempotent. */
  close(): void {
    for (const timer of this.#timers) clearInterval(timer);
    this.#output?.close();
    this.#next?.close();
    this.#output = undefined;
    this.#next = undefined;
  }

  #create(): PlaybackNode {
    return new PlaybackNode(hintOf(this.#settings), (state) => {
      this.#portState = state;
    });
  }

  /** Tells the worklet what holds now; it passes over what it knows. */
  #tune(): void {
    const { target, cap } = this.#playback(0);
    this.#output?.tell({ type: 'configure', target, cap });
    this.#output?.tell({ type: 'gain', gain: this.#gain });
  }

  get #gain(): number {
    return this.#settings.muted ? 0 : this.#settings.volume;
  }

  #playback(gain: number): PlaybackOptions {
    const { audioBuffer, audioCap, audioBufferFollowsJitter } = playbackMode(this.#settings);
    const toFrames = (ms: number): number => Math.round((ms * SAMPLE_RATE) / 1000);
    const jitter = Math.ceil(this.#jitterMs / BUFFER_STEP_MS) * BUFFER_STEP_MS;
    const wanted = audioBufferFollowsJitter ? Math.min(jitter, audioCap * BUFFER_PART) : 0;
    return {
      ring: this.link?.type === 'ring' ? this.link.buffer : undefined,
      target: toFrames(Math.max(audioBuffer, wanted)),
      cap: toFrames(audioCap),
      gain,
      recordFrames: this.#options.recordSeconds * SAMPLE_RATE,
    };
  }

  /**
   * A context keeps the latency that it was made with. Another one is made beside it, and takes over within 10 ms when it runs;
   * both read the same ring. Where sound goes through a port the old one stays, since the port cannot be in two places.
   */
  async #changeLatency(): Promise<void> {
    const old = this.#output;
    if (old?.state !== 'running' || this.#ring === undefined || this.#next !== undefined) return;
    if (old.hint === hintOf(this.#settings)) return;
    const next = this.#create();
    this.#next = next;
    const isStarted = await next.start(this.#playback(0)).then(
      () => next.isRunning(SWAP_TIMEOUT_MS),
      () => false,
    );
    if (this.#next !== next) return;
    this.#next = undefined;
    if (!isStarted) {
      next.close();
      return;
    }
    this.#output = next;
    old.end();
    this.#tune();
    // The settings may have changed back while it started.
    await this.#changeLatency();
  }

  #tellClock(): void {
    const output = this.#output;
    if (output === undefined) return;
    const moment = this.#ring?.moment(this.#ring.writeIndex) ?? this.#portState.moment;
    const isHeard = output.state === 'running' && moment !== undefined;
    this.#options.onClock(isHeard ? soundShift(moment, output.stamp) : undefined);
  }
}

/** WebKitGTK isolates the page, says so, and has no shared memory all the same. */
const hasSharedMemory = (): boolean =>
  globalThis.crossOriginIsolated && typeof SharedArrayBuffer !== 'undefined';

/** Who takes the least buffer wants the least latency: 11 ms instead of 42 (measured), for more work of the sound card's thread. */
const hintOf = (settings: UserSettings): LatencyHint =>
  playbackMode(settings).audioBuffer <= SHORT_BUFFER_MS ? 0 : 'interactive';
