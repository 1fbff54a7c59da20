import { SoundOutput, type SoundOutputOptions } from './audio/output.ts';
import type { SoundPath } from './audio/sound-path.ts';
import { hasWorkletSound } from './audio/worklet-sound.ts';
import { SoundElement } from './media-source/sound-element.ts';
import type { ToNetworkWorker } from './network/network-messages.ts';
import { portsOf } from './player-workers.ts';
import type { UserSettings } from './settings/user-settings.ts';
import { PeerSound } from './webrtc/peer-sound.ts';

/** What every way of the sound is played by, and the way to the worker that feeds it. */
export interface SoundWaysOptions extends SoundOutputOptions {
  toNetwork(message: ToNetworkWorker, transfer: Transferable[]): void;
}

/** Where the sound plays: the worklet, an element by Media Source, or the track of a WebRTC connection. */
export type SoundWay =
  | { readonly type: 'worklet' }
  | { readonly type: 'element' }
  | { readonly type: 'track'; readonly stream: MediaStream };

/** The ways that the sound can take in this browser, one at a time; the worklet's where nothing else is asked for. */
export class SoundWays {
  readonly #options: SoundWaysOptions;
  #path: SoundPath;
  #settings: UserSettings;
  #way: SoundWay = { type: 'worklet' };

  constructor(options: SoundWaysOptions) {
    this.#options = options;
    this.#settings = options.settings;
    this.#path = new SoundOutput(options);
  }

  /** The one in use. */
  get path(): SoundPath {
    return this.#path;
  }

  /** Plays another way from now on. Without a worklet its place is taken by Media Source. */
  use(wanted: SoundWay): void {
    const way: SoundWay =
      wanted.type === 'worklet' && !hasWorkletSound() ? { type: 'element' } : wanted;
    if (way.type === this.#way.type && way.type !== 'track') return;
    this.#way = way;
    this.#path.close();
    this.#path = this.#begin(way);
    const { link } = this.#path;
    this.#options.toNetwork({ type: 'sound', link }, portsOf(link));
    void this.#path.start();
  }

  apply(settings: UserSettings): void {
    this.#settings = settings;
    this.#path.apply(settings);
  }

  #begin(way: SoundWay): SoundPath {
    const options = { ...this.#options, settings: this.#settings };
    const probe = options.recordSeconds > 0;
    switch (way.type) {
      case 'worklet':
        return new SoundOutput(options);
      case 'element':
        return new SoundElement({
          settings: this.#settings,
          probe,
          loadMuxer: async () => (await import('./media-source/mp4box-muxer.ts')).createMp4BoxMuxer,
        });
      case 'track':
        return new PeerSound({ settings: this.#settings, stream: way.stream, probe });
    }
  }
}
