import { SoundOutput, type SoundOutputOptions } from './audio/output.ts';
import type { SoundPath } from './audio/sound-path.ts';
import { hasWorkletSound } from './audio/worklet-sound.ts';
import { SoundElement } from './media-source/sound-element.ts';
import type { ToNetworkWorker } from './network/network-messages.ts';
import { portsOf } from './player-workers.ts';
import type { UserSettings } from './settings/user-settings.ts';

export interface SoundWaysOptions extends SoundOutputOptions {
  toNetwork(message: ToNetworkWorker, transfer: Transferable[]): void;
}

/** The ways that the sound can take in this browser, one at a time; the worklet's where nothing else is asked for. */
export class SoundWays {
  readonly #options: SoundWaysOptions;
  #path: SoundPath;
  #settings: UserSettings;
  #isElement = false;

  constructor(options: SoundWaysOptions) {
    this.#options = options;
    this.#settings = options.settings;
    this.#path = new SoundOutput(options);
  }

  /** The one in use. */
  get path(): SoundPath {
    return this.#path;
  }

  /** Plays by Media Source from now on, or in the worklet again. Without a worklet there is nothing to choose. */
  useElement(isWanted: boolean): void {
    const isElement = isWanted || !hasWorkletSound();
    if (isElement === this.#isElement) return;
    this.#isElement = isElement;
    this.#path.close();
    const options = { ...this.#options, settings: this.#settings };
    this.#path = isElement
      ? new SoundElement({
          settings: this.#settings,
          probe: options.recordSeconds > 0,
          loadMuxer: async () => (await import('./media-source/mp4box-muxer.ts')).createMp4BoxMuxer,
        })
      : new SoundOutput(options);
    const { link } = this.#path;
    this.#options.toNetwork({ type: 'sound', link }, portsOf(link));
    void this.#path.start();
  }

  apply(settings: UserSettings): void {
    this.#settings = settings;
    this.#path.apply(settings);
  }
}
