import type { AudioFacts } from '../../protocol/control/stream.ts';
import {
  encoderSettingNames,
  sendingMode,
  type AudioFrameMs,
  type StreamSettings,
} from '../../protocol/stream-settings.ts';
import type { VideoCodecName } from '../../protocol/video-codec.ts';
import type { Micros } from '../../protocol/time.ts';
import type { PictureSize } from '../schedule/encoder-rate.ts';
import type { EncoderSteering } from './encoder-steering.ts';

/** What of the sound's encoder can be changed while it runs. */
export interface SteeredSound {
  /** From the next packet on. */
  setBitrate(kbps: number): void;
  /** Length of a packet, from about the next one on. */
  setFrameMs(frameMs: AudioFrameMs): void;
}

/** What is set, and within which bounds. */
export interface StreamControlOptions {
  readonly steering: EncoderSteering;
  readonly sound: SteeredSound | undefined;
  /** What holds at first, and what the encoders were started with. */
  readonly defaults: StreamSettings;
  /** What `auto` is, and the most that can be set. */
  readonly limits: {
    readonly bitrateBps: number;
    readonly frameRate: number;
    readonly audioBitrateKbps: number;
  };
}

/** What a picture for everybody has to be. */
export interface SharedPicture {
  /** Size of the screen. */
  readonly full: PictureSize;
  readonly codec: VideoCodecName | 'auto';
}

type SoundSettings = AudioFacts & { readonly frameMs: AudioFrameMs };

/** Sets the encoders, which everybody shares, to the settings of one: of the client that has control, or the operator's. */
export class StreamControl {
  readonly #options: StreamControlOptions;
  #settings: StreamSettings;
  /** What the encoder was set to; undefined before the first time. */
  #codec: SharedPicture['codec'] | undefined;
  #sound: SoundSettings;

  constructor(options: StreamControlOptions) {
    this.#options = options;
    this.#settings = options.defaults;
    this.#sound = this.#soundOf(options.defaults);
  }

  /** What the encoders are set to. */
  get settings(): StreamSettings {
    return this.#settings;
  }

  /** What the sound's encoder makes; undefined without sound. */
  get audio(): AudioFacts | undefined {
    return this.#options.sound && this.#sound;
  }

  /** The most that the picture's encoder may produce. */
  get maxBitrateBps(): number {
    const { maxBitrateKbps } = this.#settings;
    const { bitrateBps } = this.#options.limits;
    return maxBitrateKbps === 'auto' ? bitrateBps : Math.min(bitrateBps, maxBitrateKbps * 1000);
  }

  /**
   * Brings the encoders to these settings, as far as they are not there yet.
   *
   * @param codec what the picture's encoder is set to, which has to fit everybody
   */
  follow(wanted: StreamSettings, { full, codec }: SharedPicture, now: Micros): void {
    this.#followSound(wanted);
    const before = this.#settings;
    const isSame = encoderSettingNames.every((name) => wanted[name] === before[name]);
    if (isSame && codec === this.#codec) return;
    this.#codec = codec;
    this.#settings = wanted;
    const { steering, limits } = this.#options;
    const { scale, quality, maxFrameRate } = wanted;
    steering.configure(
      {
        codec,
        scale,
        quality,
        maxBitrateBps: this.maxBitrateBps,
        maxFrameRate:
          maxFrameRate === 'auto' ? limits.frameRate : Math.min(limits.frameRate, maxFrameRate),
      },
      full,
      now,
    );
  }

  #followSound(wanted: StreamSettings): void {
    const sound = this.#soundOf(wanted);
    const before = this.#sound;
    this.#sound = sound;
    if (sound.bitrateKbps !== before.bitrateKbps) {
      this.#options.sound?.setBitrate(sound.bitrateKbps);
    }
    if (sound.frameMs !== before.frameMs) this.#options.sound?.setFrameMs(sound.frameMs);
  }

  #soundOf(settings: StreamSettings): SoundSettings {
    const { audioBitrateKbps: kbps, audioFrameMs: frameMs } = settings;
    return {
      bitrateKbps: kbps === 'auto' ? this.#options.limits.audioBitrateKbps : kbps,
      frameMs: frameMs === 'auto' ? sendingMode(settings).audioFrameMs : frameMs,
    };
  }
}
