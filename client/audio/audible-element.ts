import type { UserSettings } from '../settings/user-settings.ts';
import type { SoundState } from '../stats/player-stats.ts';

/** Samples that are read back: the most that an analyser keeps. */
const READ_BACK = 32_768;

/** An audio element of its own for one source: it plays by the user's settings, and what it plays can be read back. */
export class AudibleElement {
  readonly element = new Audio();
  #settings: UserSettings;
  #isRefused = false;
  #analyser: AnalyserNode | undefined;

  constructor(settings: UserSettings) {
    this.#settings = settings;
    this.apply(settings);
  }

  get state(): Exclude<SoundState, 'unavailable'> {
    if (this.#isRefused) return 'suspended';
    if (this.element.paused) return 'starting';
    return this.#settings.muted ? 'muted' : 'playing';
  }

  /** Plays, unless the browser wants a gesture first. Never rejects. */
  async resume(): Promise<void> {
    try {
      await this.element.play();
      this.#isRefused = false;
    } catch (error) {
      if (error instanceof DOMException && error.name === 'NotAllowedError') this.#isRefused = true;
    }
  }

  /** Mute and volume are the element's own. */
  apply(settings: UserSettings): void {
    this.#settings = settings;
    this.element.muted = settings.muted;
    this.element.volume = settings.volume;
  }

  /**
   * Reads back from now on. Call at most once.
   *
   * @param tap leads what is played through the analyser, whose context closes with this
   */
  listen(context: AudioContext, tap: (analyser: AnalyserNode) => void): void {
    const analyser = context.createAnalyser();
    analyser.fftSize = READ_BACK;
    tap(analyser);
    this.#analyser = analyser;
  }

  /** The last two thirds of a second; undefined without `listen`. */
  recording(): Promise<{ samples: Float32Array; sampleRate: number } | undefined> {
    const analyser = this.#analyser;
    if (analyser === undefined) return Promise.resolve(undefined);
    const samples = new Float32Array(READ_BACK);
    analyser.getFloatTimeDomainData(samples);
    return Promise.resolve({ samples, sampleRate: analyser.context.sampleRate });
  }

  /** Lets the analyser go; what feeds the element is its owner's. Idempotent. */
  close(): void {
    const context = this.#analyser?.context;
    this.#analyser = undefined;
    if (context instanceof AudioContext) void context.close();
  }
}
