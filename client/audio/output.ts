import { scriptUrl } from '../script-urls.ts';
import { playbackMode, type UserSettings } from '../settings/user-settings.ts';
import type { AudioStats, SoundLink, SoundState } from '../worker-messages.ts';
import {
  PLAYBACK_PROCESSOR,
  type FromPlayback,
  type PlaybackOptions,
  type ToPlayback,
} from './playback-messages.ts';
import playbackUrl from './playback.worklet.ts?worker&url';
import { ringBytes, SoundRing, type RingState } from './ring.ts';
import { SAMPLE_RATE } from './sample-rate.ts';

export interface SoundOutputOptions {
  /** What holds at first; `apply` changes it. */
  readonly settings: UserSettings;
  /** Seconds of its own output that the worklet keeps for measurements; 0 for none. */
  readonly recordSeconds: number;
}

/** Time between looks at the worklet's state where there is no shared memory, ms. */
const STATE_EVERY_MS = 500;

const SILENT: RingState = { fill: 0, target: 0, underruns: 0, overruns: 0, ratePpm: 0 };

/**
 * The page's end of the sound path: an AudioContext with the playback worklet, and the ring that the network worker fills. Sound
 * itself never passes through the page's thread.
 */
export class SoundOutput {
  /** For the network worker; undefined when this browser has no sound for us. */
  readonly link: SoundLink | undefined;
  readonly #context: AudioContext | undefined;
  readonly #gain: GainNode | undefined;
  readonly #ring: SoundRing | undefined;
  readonly #workletPort: MessagePort | undefined;
  #node: AudioWorkletNode | undefined;
  #settings: UserSettings;
  #isFailed = false;
  #portState: RingState = SILENT;
  #recordings: ((samples: Float32Array) => void)[] = [];
  #stateTimer: ReturnType<typeof setInterval> | undefined;
  readonly #options: SoundOutputOptions;

  constructor(options: SoundOutputOptions) {
    this.#options = options;
    this.#settings = options.settings;
    if (typeof AudioDecoder === 'undefined' || typeof AudioWorkletNode === 'undefined') return;
    const latencyHint = options.settings.mode === 'instant' ? 0 : 'interactive';
    this.#context = new AudioContext({ sampleRate: SAMPLE_RATE, latencyHint });
    this.#gain = new GainNode(this.#context);
    this.#gain.gain.value = gainOf(this.#settings);
    this.#gain.connect(this.#context.destination);
    if (globalThis.crossOriginIsolated) {
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
    const context = this.#context;
    if (context === undefined) return;
    try {
      await context.audioWorklet.addModule(scriptUrl(playbackUrl));
      this.#connect(context);
    } catch {
      // Without a worklet there is a picture without sound; soundState tells the page.
      this.#isFailed = true;
    }
  }

  /** Call inside a user gesture. Never rejects: a browser that still refuses leaves the state at suspended. */
  async resume(): Promise<void> {
    await this.#context?.resume().catch(() => undefined);
  }

  /** Loudness changes at once; the buffer is that of the start. */
  apply(settings: UserSettings): void {
    this.#settings = settings;
    if (this.#gain !== undefined) this.#gain.gain.value = gainOf(settings);
  }

  get state(): SoundState {
    const context = this.#context;
    if (context === undefined || this.#isFailed) return 'unavailable';
    if (this.#node === undefined) return 'starting';
    if (context.state !== 'running') return 'suspended';
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
    const node = this.#node;
    if (node === undefined || this.#options.recordSeconds === 0) return undefined;
    const samples = await new Promise<Float32Array>((resolve) => {
      this.#recordings.push(resolve);
      tell(node, { type: 'takeRecording' });
    });
    return { samples, sampleRate: SAMPLE_RATE };
  }

  /** Idempotent. */
  close(): void {
    clearInterval(this.#stateTimer);
    this.#node?.disconnect();
    this.#node?.port.close();
    this.#node = undefined;
    if (this.#context !== undefined && this.#context.state !== 'closed') void this.#context.close();
  }

  #connect(context: AudioContext): void {
    if (context.state === 'closed' || this.#gain === undefined) return;
    const { audioBuffer, audioCap } = playbackMode(this.#settings);
    const toFrames = (ms: number): number => Math.round((ms * SAMPLE_RATE) / 1000);
    const processorOptions: PlaybackOptions = {
      ring: this.link?.type === 'ring' ? this.link.buffer : undefined,
      target: toFrames(audioBuffer),
      cap: toFrames(audioCap),
      gain: 1,
      recordFrames: this.#options.recordSeconds * SAMPLE_RATE,
    };
    const node = new AudioWorkletNode(context, PLAYBACK_PROCESSOR, {
      numberOfInputs: 0,
      outputChannelCount: [2],
      processorOptions,
    });
    node.port.onmessage = (event: MessageEvent<FromPlayback>) => this.#onWorklet(event.data);
    node.connect(this.#gain);
    this.#node = node;
    if (this.#workletPort !== undefined) {
      tell(node, { type: 'input', port: this.#workletPort }, [this.#workletPort]);
      this.#stateTimer = setInterval(() => tell(node, { type: 'takeState' }), STATE_EVERY_MS);
    }
  }

  #onWorklet(message: FromPlayback): void {
    if (message.type === 'state') {
      this.#portState = message;
      return;
    }
    const waiting = this.#recordings;
    this.#recordings = [];
    for (const resolve of waiting) resolve(message.samples);
  }
}

const gainOf = ({ muted, volume }: UserSettings): number => (muted ? 0 : volume);

function tell(node: AudioWorkletNode, message: ToPlayback, transfer: Transferable[] = []): void {
  node.port.postMessage(message, transfer);
}
