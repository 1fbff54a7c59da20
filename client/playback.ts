import { PageRungs, type PageRungsOptions } from './ladder/page-rungs.ts';
import type { FromNetworkWorker, ToNetworkWorker } from './network/network-messages.ts';
import { playbackMode, type UserSettings } from './settings/user-settings.ts';
import { SoundWays } from './sound-ways.ts';
import { playoutOf, type PlayoutSettings } from './video/playout.ts';

/** What a player's picture and sound are played with. */
export interface PlaybackOptions extends Pick<
  PageRungsOptions,
  'video' | 'isRelayed' | 'carry' | 'toVideo' | 'onPlace' | 'onView' | 'onNone'
> {
  /** What holds at first; `present` changes it. */
  readonly settings: UserSettings;
  /** Seconds of sound that are kept for measurements; 0: neither sound nor pictures are read back. */
  readonly recordSeconds: number;
  readonly toNetwork: (message: ToNetworkWorker, transfer: Transferable[]) => void;
}

/** The page's end of what is seen and heard: which way picture and sound take in this browser, and when a frame is due. */
export class Playback {
  readonly sound: SoundWays;
  readonly rungs: PageRungs;
  readonly #toVideo: PlaybackOptions['toVideo'];
  /** What the video worker was told last. */
  #playout: string | undefined;

  constructor(options: PlaybackOptions) {
    const { settings, recordSeconds, toVideo, toNetwork, ...elements } = options;
    this.#toVideo = toVideo;
    this.sound = new SoundWays({
      ...{ settings, recordSeconds, toNetwork },
      onClock: (shift) => toVideo({ type: 'soundClock', shift }, []),
    });
    this.rungs = new PageRungs({
      ...{ ...elements, toVideo },
      choice: settings.rung,
      sink: settings.sink,
      probe: recordSeconds > 0,
      toNetwork: (message) => toNetwork(message, []),
      onSound: (way) => this.sound.use(way),
    });
  }

  /** What the video worker begins with. */
  firstPlayout(settings: UserSettings): PlayoutSettings {
    const playout = playoutOf(playbackMode(settings));
    this.#playout = JSON.stringify(playout);
    return playout;
  }

  /** Begins, once the workers run. */
  start(): void {
    void this.sound.path.start();
    this.rungs.start();
  }

  /** Tells everything that plays what holds now. */
  present(settings: UserSettings): void {
    this.sound.apply(settings);
    this.rungs.present(settings);
    const before = this.#playout;
    const playout = this.firstPlayout(settings);
    if (this.#playout !== before) this.#toVideo({ type: 'playout', playout }, []);
  }

  /** What the network worker says of playing. */
  onNetwork(
    message: Extract<
      FromNetworkWorker,
      { type: 'decoders' | 'peer' | 'tracksFailed' | 'tracksAdvised' | 'soundJitter' }
    >,
  ): void {
    switch (message.type) {
      case 'decoders':
        void this.rungs.decoders(message);
        break;
      case 'peer':
      case 'tracksFailed':
      case 'tracksAdvised':
        this.rungs.onNetwork(message);
        break;
      case 'soundJitter':
        this.sound.path.setJitter(message.jitterMs);
        break;
    }
  }

  /** What the video worker says of where pictures go. */
  onVideo(message: Parameters<PageRungs['onWorker']>[0]): void {
    this.rungs.onWorker(message);
  }

  /** Idempotent. */
  close(): void {
    this.sound.path.close();
    this.rungs.close();
  }
}
