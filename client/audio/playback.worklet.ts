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
import { Volume } from './volume.ts';

class PlaybackProcessor extends AudioWorkletProcessor {
  readonly #ring: SoundRing;
  readonly #player: RingPlayer;
  readonly #volume: Volume;
  readonly #recorder: Recorder | undefined;

  constructor(options: { readonly processorOptions: PlaybackOptions }) {
    super();
    const { ring, target, cap, gain, recordFrames } = options.processorOptions;
    this.#ring = new SoundRing(ring ?? new ArrayBuffer(ringBytes()));
    this.#player = new RingPlayer({ ring: this.#ring, target, cap });
    this.#volume = new Volume(gain);
    this.#recorder = recordFrames > 0 ? new Recorder(recordFrames) : undefined;
    this.port.onmessage = (event: MessageEvent<ToPlayback>) => this.#onPage(event.data);
  }

  process(_inputs: Float32Array[][], outputs: Float32Array[][]): boolean {
    const [left, right] = outputs[0] ?? [];
    if (left === undefined) return true;
    this.#player.process(left, right ?? left);
    const { position } = this.#player;
    const next = currentFrame + left.length;
    this.#ring.publishLead(position === undefined ? undefined : position - next);
    this.#volume.apply(left, right ?? left);
    this.#recorder?.push(left);
    return true;
  }

  #onPage(message: ToPlayback): void {
    switch (message.type) {
      case 'input':
        message.port.onmessage = (event: MessageEvent<SoundBlock>) => this.#write(event.data);
        break;
      case 'configure':
        this.#player.configure(message);
        break;
      case 'gain':
        this.#volume.set(message.gain);
        break;
      case 'takeRecording': {
        const samples = this.#recorder?.take() ?? new Float32Array(0);
        this.#toPage({ type: 'recording', samples });
        break;
      }
      case 'takeState':
        this.#toPage({
          type: 'state',
          ...this.#ring.state,
          moment: this.#ring.moment(this.#player.position ?? 0),
        });
        break;
    }
  }

  #write({ samples, captureTime }: SoundBlock): void {
    const half = samples.length / 2;
    this.#ring.write(samples.subarray(0, half), samples.subarray(half), captureTime);
  }

  #toPage(message: FromPlayback): void {
    this.port.postMessage(message);
  }
}

registerProcessor(PLAYBACK_PROCESSOR, PlaybackProcessor);
