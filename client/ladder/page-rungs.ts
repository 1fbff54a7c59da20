import { hasWorkletSound } from '../audio/worklet-sound.ts';
import type { SoundWay } from '../sound-ways.ts';
import { PictureElement } from '../media-source/picture-element.ts';
import { probeMediaSource } from '../media-source/probe.ts';
import type { FromNetworkWorker, ToNetworkWorker } from '../network/network-messages.ts';
import type { UserSettings } from '../settings/user-settings.ts';
import { PageSink } from '../video/page-sink.ts';
import type { PicturePlace } from '../video/sink.ts';
import { offersWebRtc } from '../session-api.ts';
import type { PlayerStats } from '../stats/player-stats.ts';
import type { ApiAnswer, ApiRequest } from '../transport/request-channel.ts';
import { PeerPlayer } from '../webrtc/peer-player.ts';
import { probePeerConnection } from '../webrtc/track-codecs.ts';
import type { FromVideoWorker, ToVideoWorker } from '../video/video-messages.ts';
import type { LadderFacts } from './facts.ts';
import { RungControl, type RungsView } from './rung-control.ts';
import { pathOf, type PathName, type RungChoice, type RungName } from './rungs.ts';

/** What the rungs of a page play with, what the user chose, and whom they tell. */
export interface PageRungsOptions {
  /** Plays tracks, Media Source and WebRTC; undefined where the page has only a canvas. */
  readonly video: HTMLVideoElement | undefined;
  readonly choice: RungChoice;
  readonly sink: UserSettings['sink'];
  /** Whether patterns are read out of the pictures. */
  readonly probe: boolean;
  /** Whether WebRTC may go through a TURN server only. */
  readonly isRelayed: boolean;
  readonly toVideo: (message: ToVideoWorker, transfer: Transferable[]) => void;
  readonly toNetwork: (message: ToNetworkWorker) => void;
  /** Asks the HTTP API by the session's connection; undefined where none carries it. */
  readonly carry: (asked: ApiRequest) => Promise<ApiAnswer | undefined>;
  /** The element to look at has changed. */
  readonly onPlace: (place: PicturePlace) => void;
  /** The sound plays this way from now on. */
  readonly onSound: (way: SoundWay) => void;
  readonly onView: (view: RungsView) => void;
  /** There is no way to a picture here; why, in whole sentences. */
  readonly onNone: (message: string) => void;
}

const MISSING = { type: 'missing' } as const;

/** Codecs of sound that are offered where any way to hear it works. */
const SOUND_CODECS = ['opus'];

/**
 * The page's end of the rungs: asks the browser what it can do, tells the workers which way the picture takes, and gives each way its
 * element.
 */
export class PageRungs {
  readonly #options: PageRungsOptions;
  readonly #control: RungControl;
  readonly #pageSink: PageSink;
  readonly #peers: PeerPlayer;
  #sink: UserSettings['sink'];
  #element: PictureElement | undefined;
  #path: PathName = 'webCodecs';
  #probed: Promise<void> | undefined;

  constructor(options: PageRungsOptions) {
    this.#options = options;
    this.#sink = options.sink;
    this.#pageSink = new PageSink({
      video: options.video,
      toWorker: options.toVideo,
      onShown: options.onPlace,
    });
    this.#peers = new PeerPlayer({
      ...{
        video: options.video,
        probe: options.probe,
        isRelayed: options.isRelayed,
        carry: options.carry,
      },
      toWorker: (message, transfer) => options.toVideo({ type: 'element', message }, transfer),
      onMedia: (event) => this.#control.onPath({ type: 'path', path: 'webRtc', event }),
      onCarries: (sound) => this.#toTracks(sound),
      onFirst: () => options.onPlace('webRtc'),
    });
    this.#control = new RungControl({
      choice: options.choice,
      onUse: (rung, facts) => this.#use(rung, facts),
      onNone: options.onNone,
      onView: options.onView,
    });
  }

  get view(): RungsView {
    return this.#control.view;
  }

  /** See PageSink.trackRefused. */
  get trackRefused(): string | undefined {
    return this.#pageSink.trackRefused;
  }

  /** Begins to find out what this browser can do. */
  start(): void {
    this.#pageSink.choose(this.#sink);
    this.#control.learned({
      isSecure: globalThis.isSecureContext,
      workletSound: { type: hasWorkletSound() ? 'there' : 'missing' },
      peerConnection: this.#options.video === undefined ? MISSING : probePeerConnection(),
    });
    this.#probed = this.#probe();
    void offersWebRtc().then((isOffered) => this.#control.learned({ offersWebRtc: isOffered }));
  }

  /** What the network worker found out. */
  async decoders({ video }: Extract<FromNetworkWorker, { type: 'decoders' }>): Promise<void> {
    // Without a worklet the sound depends on Media Source, whatever the picture does.
    if (!hasWorkletSound()) await this.#probed;
    const isThere = typeof VideoDecoder !== 'undefined';
    this.#control.learned({
      videoDecoder: isThere ? { type: 'there', codecs: video } : { type: 'missing' },
    });
  }

  /** What the network worker says of WebRTC. */
  onNetwork(
    message: Extract<FromNetworkWorker, { type: 'peer' | 'tracksFailed' | 'tracksAdvised' }>,
  ): void {
    switch (message.type) {
      case 'peer':
        this.#peers.open(message.request);
        break;
      case 'tracksFailed':
        this.#control.onPath({ type: 'pathFailed', path: 'webRtc', why: message.why });
        break;
      case 'tracksAdvised':
        this.#control.favour(message.isOn ? 'webRtc' : undefined);
        break;
    }
  }

  /** A player's statistics with what is known here of the path in use. */
  complete(stats: PlayerStats): PlayerStats {
    return this.#peers.complete(stats);
  }

  /** Follows the user's choice of a rung; whether it holds. */
  choose(choice: RungChoice): boolean {
    return choice === this.view.choice || this.#control.choose(choice);
  }

  /** Follows the user's choice of the sink, as soon as WebCodecs has the picture. */
  present({ sink }: UserSettings): void {
    this.#sink = sink;
    if (this.#path === 'webCodecs' && !this.#isElementUsed) this.#pageSink.choose(sink);
  }

  onWorker(
    message: Extract<
      FromVideoWorker,
      { type: 'sink' | 'canvasTooSlow' | 'path' | 'pathFailed' | 'element' }
    >,
  ): void {
    switch (message.type) {
      case 'sink':
      case 'canvasTooSlow':
        this.#pageSink.onWorker(message);
        break;
      case 'element':
        this.#toElement(message);
        break;
      case 'path':
        if (message.path === 'webCodecs' && message.event === 'firstMedia') this.#toCanvas();
        this.#control.onPath(message);
        break;
      case 'pathFailed':
        this.#control.onPath(message);
        break;
    }
  }

  /** Idempotent. */
  close(): void {
    this.#control.close();
    this.#element?.close();
    this.#element = undefined;
    this.#peers.close();
    this.#pageSink.close();
  }

  async #probe(): Promise<void> {
    const { video } = this.#options;
    const mediaSource = video === undefined ? MISSING : await probeMediaSource();
    this.#control.learned({ mediaSource });
  }

  #use(rung: RungName, facts: LadderFacts): void {
    const { toVideo, toNetwork, onSound } = this.#options;
    const path = pathOf(rung);
    this.#path = path;
    const byTracks = path === 'webRtc';
    // What plays now goes on until WebRTC has a picture.
    if (!byTracks) {
      // A track ends with the path that fills it, and its element is needed.
      if (path === 'mediaSource') this.#pageSink.choose('canvas');
      toVideo({ type: 'path', path }, []);
      onSound({ type: rung === 'mediaSourceSound' ? 'element' : 'worklet' });
    }
    toNetwork({
      type: 'offer',
      video: codecsOf(path, facts),
      audio: byTracks || hasSound(facts) ? SOUND_CODECS : [],
      byTracks,
      takesTracks: this.view.choice === 'auto' && codecsOf('webRtc', facts).length > 0,
    });
  }

  /** WebRTC carries the session: the element is the track's from now on. False where that is not wanted any more. */
  #toTracks(stream: MediaStream): boolean {
    if (this.#path !== 'webRtc') return false;
    this.#pageSink.choose('canvas');
    this.#element?.close();
    this.#element = undefined;
    this.#options.toVideo({ type: 'path', path: 'webRtc' }, []);
    this.#options.onSound({ type: 'track', stream });
    return true;
  }

  get #isElementUsed(): boolean {
    return this.#element !== undefined || this.#peers.isShown;
  }

  #toElement({ message }: Extract<FromVideoWorker, { type: 'element' }>): void {
    const { video, probe, toVideo, onPlace } = this.#options;
    if (video === undefined || this.#path !== 'mediaSource') return;
    if (message.type === 'begin' && this.#element?.isOpen !== true) {
      this.#peers.leave();
      this.#element = new PictureElement({
        ...{ video, probe },
        toWorker: (answer, transfer) => toVideo({ type: 'element', message: answer }, transfer),
        onFirst: () => onPlace('mediaSource'),
      });
    }
    this.#element?.receive(message);
  }

  /** WebCodecs has a picture: the element's is not looked at any more. */
  #toCanvas(): void {
    if (!this.#isElementUsed) return;
    this.#options.onPlace('canvas');
    this.#peers.leave();
    this.#element?.close();
    this.#element = undefined;
    this.#pageSink.choose(this.#sink);
  }
}

/** Whether there is a way to hear anything. */
const hasSound = ({ workletSound, mediaSource }: LadderFacts): boolean =>
  workletSound.type === 'there' || (mediaSource.type === 'there' && mediaSource.opus);

function codecsOf(path: PathName, facts: LadderFacts): readonly string[] {
  const { videoDecoder, mediaSource, peerConnection } = facts;
  if (path === 'mediaSource') return mediaSource.type === 'there' ? mediaSource.video : [];
  const abilities = path === 'webRtc' ? peerConnection : videoDecoder;
  return abilities.type === 'there' ? abilities.codecs : [];
}
