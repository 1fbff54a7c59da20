import type { SoundLink } from '../network/network-messages.ts';
import type { SoundBlock } from './playback-messages.ts';
import { SoundRing } from './ring.ts';
import { SAMPLE_RATE } from './sample-rate.ts';
import type { PacketSink } from './sound-path.ts';

/** Lost packets that are bridged; a longer loss is silence, and the ring starts anew. */
const MAX_BRIDGED = 4;

/** Packets inside the decoder, beyond which it counts as stuck; a healthy one holds none. */
const MAX_INSIDE = 50;

/** WebCodecs counts time in µs; only the order of packets matters here. */
const TIMESTAMP_STEP = 10_000;

/** Where decoded sound goes. */
type DecodedLink = Exclude<SoundLink, { type: 'packets' }>;

/** Takes decoded sound, two channels of equal length, valid during the call, and when it was captured where that is known. */
type SoundSink = (left: Float32Array, right: Float32Array, captureTime?: number) => void;

/** What is remembered of a packet inside the decoder. */
interface PacketInside {
  /** Packets lost before it. */
  readonly missing: number;
  /** µs of the session clock. */
  readonly captureTime: number;
}

/**
 * Opus packets into the ring (or the port) of the playback worklet, through WebCodecs. Opus packets stand alone: after an
 * error the decoder is made anew with the next packet.
 */
export class SoundDecoder implements PacketSink {
  readonly #sink: SoundSink;
  #decoder: AudioDecoder | undefined;
  #timestamp = 0;
  #inside: PacketInside[] = [];
  #left = new Float32Array(0);
  #right = new Float32Array(0);
  readonly counters = { decoded: 0, errors: 0, bridged: 0 };

  constructor(link: DecodedLink) {
    this.#sink = soundSink(link);
  }

  decode(packet: Uint8Array, facts: PacketInside): void {
    if (this.#inside.length >= MAX_INSIDE) this.#fail();
    this.#inside.push(facts);
    this.#timestamp += TIMESTAMP_STEP;
    try {
      this.#decoder ??= this.#create();
      this.#decoder.decode(
        new EncodedAudioChunk({ type: 'key', timestamp: this.#timestamp, data: packet }),
      );
    } catch {
      this.#fail();
    }
  }

  /** A new stream follows. */
  reset(): void {
    this.#discard();
  }

  close(): void {
    this.#discard();
  }

  #create(): AudioDecoder {
    const decoder: AudioDecoder = new AudioDecoder({
      output: (sound) => {
        if (decoder === this.#decoder) this.#output(sound);
        sound.close();
      },
      error: () => {
        if (decoder === this.#decoder) this.#fail();
      },
    });
    decoder.configure({ codec: 'opus', sampleRate: SAMPLE_RATE, numberOfChannels: 2 });
    return decoder;
  }

  #output(sound: AudioData): void {
    this.counters.decoded += 1;
    const facts = this.#inside.shift();
    this.#bridge(facts?.missing ?? 0);
    const frames = sound.numberOfFrames;
    if (this.#left.length !== frames) {
      this.#left = new Float32Array(frames);
      this.#right = new Float32Array(frames);
    }
    sound.copyTo(this.#left, { planeIndex: 0, format: 'f32-planar' });
    const other = sound.numberOfChannels > 1 ? 1 : 0;
    sound.copyTo(this.#right, { planeIndex: other, format: 'f32-planar' });
    this.#sink(this.#left, this.#right, facts?.captureTime);
  }

  /** Puts the last packet, fading, in place of lost ones: the fill stays right and the gap is less harsh than silence. */
  #bridge(missing: number): void {
    if (missing > MAX_BRIDGED) return;
    for (let packet = 0; packet < missing; packet += 1) {
      fade(this.#left);
      fade(this.#right);
      this.#sink(this.#left, this.#right);
      this.counters.bridged += 1;
    }
  }

  #fail(): void {
    this.counters.errors += 1;
    this.#discard();
  }

  #discard(): void {
    const decoder = this.#decoder;
    this.#decoder = undefined;
    this.#inside = [];
    if (decoder !== undefined && decoder.state !== 'closed') decoder.close();
  }
}

function fade(samples: Float32Array): void {
  for (let at = 0; at < samples.length; at += 1) {
    samples[at] = (samples[at] ?? 0) * (1 - at / samples.length);
  }
}

function soundSink(link: DecodedLink): SoundSink {
  if (link.type === 'ring') {
    const ring = new SoundRing(link.buffer);
    return (left, right, captureTime) => ring.write(left, right, captureTime);
  }
  const { port } = link;
  return (left, right, captureTime) => {
    const samples = new Float32Array(left.length * 2);
    samples.set(left);
    samples.set(right, left.length);
    const block: SoundBlock = { samples, captureTime };
    port.postMessage(block, [samples.buffer]);
  };
}
