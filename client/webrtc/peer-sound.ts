import type { SoundPath } from '../audio/sound-path.ts';
import type { UserSettings } from '../settings/user-settings.ts';
import type { AudioStats, SoundState } from '../stats/player-stats.ts';

export interface PeerSoundOptions {
  readonly settings: UserSettings;
  readonly stream: MediaStream;
  /** Whether what is played can be read back. */
  readonly probe: boolean;
}

/** Samples that are read back: the most that an analyser keeps. */
const READ_BACK = 32_768;

/** Plays the track of sound of a WebRTC connection; how far ahead it waits is the browser's own affair. */
export class PeerSound implements SoundPath {
  /** Nothing of it passes through the network worker. */
  readonly link = undefined;
  readonly #element = new Audio();
  readonly #analyser: AnalyserNode | undefined;
  #settings: UserSettings;
  #isRefused = false;

  constructor({ settings, stream, probe }: PeerSoundOptions) {
    this.#settings = settings;
    this.#element.srcObject = stream;
    this.apply(settings);
    if (probe) this.#analyser = listenTo(stream);
  }

  get state(): SoundState {
    if (this.#isRefused) return 'suspended';
    if (this.#element.paused) return 'starting';
    return this.#settings.muted ? 'muted' : 'playing';
  }

  /** What waits is the receiver's to say, see `withFigures`. */
  get stats(): AudioStats {
    const { state } = this;
    return { state, fillMs: 0, targetMs: 0, underruns: 0, overruns: 0, ratePpm: 0 };
  }

  start(): Promise<void> {
    return this.resume();
  }

  async resume(): Promise<void> {
    try {
      await this.#element.play();
      this.#isRefused = false;
    } catch (error) {
      if (error instanceof DOMException && error.name === 'NotAllowedError') this.#isRefused = true;
    }
  }

  apply(settings: UserSettings): void {
    this.#settings = settings;
    this.#element.muted = settings.muted;
    this.#element.volume = settings.volume;
  }

  setJitter(): void {
    // The browser's receiver sees it by itself.
  }

  recording(): Promise<{ samples: Float32Array; sampleRate: number } | undefined> {
    const analyser = this.#analyser;
    if (analyser === undefined) return Promise.resolve(undefined);
    const samples = new Float32Array(READ_BACK);
    analyser.getFloatTimeDomainData(samples);
    return Promise.resolve({ samples, sampleRate: analyser.context.sampleRate });
  }

  close(): void {
    this.#element.srcObject = null;
    const context = this.#analyser?.context;
    if (context instanceof AudioContext && context.state !== 'closed') void context.close();
  }
}

/** Without a way to the speaker: the element plays. */
function listenTo(stream: MediaStream): AnalyserNode {
  const context = new AudioContext();
  const analyser = context.createAnalyser();
  analyser.fftSize = READ_BACK;
  context.createMediaStreamSource(stream).connect(analyser);
  return analyser;
}
