import networkWorkerUrl from './network.worker.ts?worker&url';
import type {
  FromNetworkWorker,
  NetworkStart,
  SoundLink,
  ToNetworkWorker,
} from './network/network-messages.ts';
import { scriptUrl } from './script-urls.ts';
import type { FromVideoWorker, ToVideoWorker, VideoStart } from './video/video-messages.ts';
import videoWorkerUrl from './video/video.worker.ts?worker&url';

/** Whom the workers of a player tell what. */
export interface PlayerWorkersOptions {
  readonly onNetwork: (message: FromNetworkWorker) => void;
  readonly onVideo: (message: FromVideoWorker) => void;
  /** A worker threw, or could not be loaded. */
  readonly onFailure: (message: string) => void;
}

/** What `start` does not know by itself. */
export interface WorkersStart {
  readonly network: Omit<NetworkStart, 'type' | 'videoPort'>;
  readonly video: Omit<VideoStart, 'type' | 'mediaPort'>;
}

/** The two workers of a player and the way to each; they end themselves when they are told to close. */
export class PlayerWorkers {
  readonly #network: Worker;
  readonly #video: Worker;

  constructor({ onNetwork, onVideo, onFailure }: PlayerWorkersOptions) {
    this.#network = new Worker(scriptUrl(networkWorkerUrl), { type: 'module', name: 'network' });
    this.#video = new Worker(scriptUrl(videoWorkerUrl), { type: 'module', name: 'video' });
    this.#network.onmessage = (event: MessageEvent<FromNetworkWorker>) => onNetwork(event.data);
    this.#video.onmessage = (event: MessageEvent<FromVideoWorker>) => onVideo(event.data);
    this.#network.onerror = (event) => onFailure(event.message);
    this.#video.onerror = (event) => onFailure(event.message);
  }

  /** Starts both, with a port between them that the page does not touch. Canvas and sound port are transferred. */
  start({ network, video }: WorkersStart): void {
    const media = new MessageChannel();
    const [mediaPort, videoPort] = [media.port1, media.port2];
    this.toVideo({ ...video, type: 'start', mediaPort }, [video.canvas, mediaPort]);
    const soundPort = portsOf(network.sound);
    this.toNetwork({ ...network, type: 'start', videoPort }, [videoPort, ...soundPort]);
  }

  toNetwork(message: ToNetworkWorker, transfer: Transferable[] = []): void {
    this.#network.postMessage(message, transfer);
  }

  toVideo(message: ToVideoWorker, transfer: Transferable[] = []): void {
    this.#video.postMessage(message, transfer);
  }
}

/** What is transferred with a way for the sound. */
export const portsOf = (link: SoundLink | undefined): MessagePort[] =>
  link === undefined || link.type === 'ring' ? [] : [link.port];
