/** The sound output: each block of the audio device is read from the ring at a speed that holds the ring's fill. */
import {
  PLAYBACK_PROCESSOR,
  type FromPlayback,
  type PlaybackOptions,
  type SoundBlock,
  type ToPlayback,
} from './playback-messages.ts';
import { Recorder } from './recorder.ts';
import { RingPlayer } from './ring-player.ts';
import { ringBytes, SoundRing } from './ring.ts';

class PlaybackProcessor extends AudioWorkletProcessor {
  readonly #ring: SoundRing;
  readonly #player: RingPlayer;
  readonly #recorder: Recorder | undefined;

  constructor(options: { readonly processorOptions: PlaybackOptions }) {
    super();
    const { ring, target, cap, recordFrames } = options.processorOptions;
    this.#ring = new SoundRing(ring ?? new ArrayBuffer(ringBytes()));
    this.#player = new RingPlayer({ ring: this.#ring, target, cap });
    this.#recorder = recordFrames > 0 ? new Recorder(recordFrames) : undefined;
    this.port.onmessage = (event: MessageEvent<ToPlayback>) => this.#onPage(event.data);
  }

  process(_inputs: Float32Array[][], outputs: Float32Array[][]): boolean {
    const [left, right] = outputs[0] ?? [];
    if (left === undefined) return true;
    this.#player.process(left, right ?? left);
    this.#recorder?.push(left);
    return true;
  }

  #onPage(message: ToPlayback): void {
    switch (message.type) {
      case 'input':
        message.port.onmessage = (event: MessageEvent<SoundBlock>) => this.#write(event.data);
        break;
      case 'takeRecording': {
        const samples = this.#recorder?.take() ?? new Float32Array(0);
        this.#toPage({ type: 'recording', samples });
        break;
      }
      case 'takeState':
        this.#toPage({ type: 'state', ...this.#ring.state });
        break;
    }
  }

  #write(block: SoundBlock): void {
    const half = block.length / 2;
    this.#ring.write(block.subarray(0, half), block.subarray(half));
  }

  #toPage(message: FromPlayback): void {
    this.port.postMessage(message);
  }
}

registerProcessor(PLAYBACK_PROCESSOR, PlaybackProcessor);
