import type { FromPictureElement } from '../media-source/picture-messages.ts';
import { FrameWatch } from '../video/frame-watch.ts';

/** The track of pictures, the element that plays it, and whom it tells. */
export interface PeerPictureOptions {
  /** Plays the track; it belongs to the picture until `close`. */
  readonly video: HTMLVideoElement;
  readonly stream: MediaStream;
  /** Whether a row of every picture is read back. */
  readonly probe: boolean;
  readonly toWorker: (message: FromPictureElement, transfer: Transferable[]) => void;
  /** It has a picture to show. */
  readonly onFirst: () => void;
}

/** Shows the track of pictures of a WebRTC connection, and tells what was presented when. */
export class PeerPicture {
  readonly #options: PeerPictureOptions;
  readonly #watch: FrameWatch;

  constructor(options: PeerPictureOptions) {
    this.#options = options;
    const { video, stream, probe, toWorker } = options;
    video.addEventListener('loadeddata', this.#loaded);
    video.srcObject = stream;
    // A muted element plays without a gesture; one that is torn down while it begins rejects, which is no fault.
    video.play().catch(() => undefined);
    this.#watch = new FrameWatch({ video, probe, tell: toWorker });
  }

  /** Empties the element. Idempotent. */
  close(): void {
    const { video, stream } = this.#options;
    this.#watch.close();
    video.removeEventListener('loadeddata', this.#loaded);
    if (video.srcObject === stream) video.srcObject = null;
  }

  readonly #loaded = (): void => this.#options.onFirst();
}
