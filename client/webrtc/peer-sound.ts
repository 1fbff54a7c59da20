import { AudibleElement } from '../audio/audible-element.ts';
import type { SoundPath } from '../audio/sound-path.ts';
import type { UserSettings } from '../settings/user-settings.ts';
import type { AudioStats, SoundState } from '../stats/player-stats.ts';

/** What a connection's sound is played with. */
export interface PeerSoundOptions {
  readonly settings: UserSettings;
  readonly stream: MediaStream;
  /** Whether what is played can be read back. */
  readonly probe: boolean;
}

/** Plays the track of sound of a WebRTC connection; how far ahead it waits is the browser's own affair. */
export class PeerSound implements SoundPath {
  /** Nothing of it passes through the network worker. */
  readonly link = undefined;
  readonly #audible: AudibleElement;

  constructor({ settings, stream, probe }: PeerSoundOptions) {
    this.#audible = new AudibleElement(settings);
    this.#audible.element.srcObject = stream;
    if (probe) this.#listenTo(stream);
  }

  get state(): SoundState {
    return this.#audible.state;
  }

  /** What waits is the receiver's to say, see `withFigures`. */
  get stats(): AudioStats {
    const { state } = this;
    return { state, fillMs: 0, targetMs: 0, underruns: 0, overruns: 0, ratePpm: 0 };
  }

  start(): Promise<void> {
    return this.resume();
  }

  resume(): Promise<void> {
    return this.#audible.resume();
  }

  apply(settings: UserSettings): void {
    this.#audible.apply(settings);
  }

  setJitter(): void {
    // The browser's receiver sees it by itself.
  }

  recording(): ReturnType<SoundPath['recording']> {
    return this.#audible.recording();
  }

  close(): void {
    this.#audible.element.srcObject = null;
    this.#audible.close();
  }

  /** Without a way to the speaker: the element plays. */
  #listenTo(stream: MediaStream): void {
    const context = new AudioContext();
    this.#audible.listen(context, (analyser) =>
      context.createMediaStreamSource(stream).connect(analyser),
    );
  }
}
