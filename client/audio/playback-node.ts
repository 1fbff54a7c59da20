import { localMicros } from '../local-time.ts';
import { scriptUrl } from '../script-urls.ts';
import {
  PLAYBACK_PROCESSOR,
  type FromPlayback,
  type PlaybackOptions,
  type ToPlayback,
} from './playback-messages.ts';
import playbackUrl from './playback.worklet.ts?worker&url';
import { SAMPLE_RATE } from './sample-rate.ts';
import { outputStamp, type OutputStamp } from './sound-clock.ts';

/** How far ahead the output works: 0 is the least that the device takes (Web Audio, AudioContextLatencyCategory). */
export type LatencyHint = 0 | 'interactive';

/** How long the loudness glides when a node begins or ends; longer than the worklet's own ramp of 10 ms. */
const FADE_MS = 30;

/** One AudioContext with one playback worklet. A context keeps its latency for life, so that another latency takes another node. */
export class PlaybackNode {
  readonly hint: LatencyHint;
  readonly #context: AudioContext;
  readonly #recordings: ((samples: Float32Array) => void)[] = [];
  readonly #onState: (state: Extract<FromPlayback, { type: 'state' }>) => void;
  #node: AudioWorkletNode | undefined;

  /** @param onState told what `takeState` asked for */
  constructor(
    hint: LatencyHint,
    onState: (state: Extract<FromPlayback, { type: 'state' }>) => void,
  ) {
    this.hint = hint;
    this.#onState = onState;
    this.#context = new AudioContext({ sampleRate: SAMPLE_RATE, latencyHint: hint });
  }

  /** Loads the worklet and connects it. Rejects where the browser has none. */
  async start(options: PlaybackOptions): Promise<void> {
    const context = this.#context;
    await context.audioWorklet.addModule(scriptUrl(playbackUrl));
    if (context.state === 'closed') return;
    const node = new AudioWorkletNode(context, PLAYBACK_PROCESSOR, {
      numberOfInputs: 0,
      outputChannelCount: [2],
      processorOptions: options,
    });
    node.port.onmessage = (event: MessageEvent<FromPlayback>) => this.#onWorklet(event.data);
    node.connect(context.destination);
    this.#node = node;
  }

  get state(): 'starting' | 'suspended' | 'running' {
    if (this.#node === undefined) return 'starting';
    return this.#context.state === 'running' ? 'running' : 'suspended';
  }

  /** Which frame of the output is heard when. */
  get stamp(): OutputStamp {
    return outputStamp(this.#context, localMicros(), performance.timeOrigin);
  }

  /** Call inside a user gesture. Never rejects: a browser that still refuses leaves the state at suspended. */
  async resume(): Promise<void> {
    await this.#context.resume().catch(() => undefined);
  }

  /** Resolves when it runs; false when that takes longer than `withinMs`. */
  async isRunning(withinMs: number): Promise<boolean> {
    const context = this.#context;
    if (context.state === 'running') return true;
    return new Promise((resolve) => {
      const timer = setTimeout(() => resolve(false), withinMs);
      context.onstatechange = () => {
        if (context.state !== 'running') return;
        clearTimeout(timer);
        resolve(true);
      };
    });
  }

  tell(message: ToPlayback, transfer: Transferable[] = []): void {
    this.#node?.port.postMessage(message, transfer);
  }

  /** The last seconds of output; undefined before it started. */
  async recording(): Promise<Float32Array | undefined> {
    if (this.#node === undefined) return undefined;
    return new Promise((resolve) => {
      this.#recordings.push(resolve);
      this.tell({ type: 'takeRecording' });
    });
  }

  /** Fades out, then ends. */
  end(): void {
    this.tell({ type: 'gain', gain: 0 });
    setTimeout(() => this.close(), FADE_MS);
  }

  /** Ends at once. Idempotent. */
  close(): void {
    this.#node?.disconnect();
    this.#node?.port.close();
    this.#node = undefined;
    if (this.#context.state !== 'closed') void this.#context.close();
  }

  #onWorklet(message: FromPlayback): void {
    if (message.type === 'state') this.#onState(message);
    else this.#recordings.shift()?.(message.samples);
  }
}
