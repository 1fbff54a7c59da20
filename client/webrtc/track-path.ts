import type { FromPictureElement } from '../media-source/picture-messages.ts';
import type { PicturePath } from '../video/picture-path.ts';
import { zeroDrops } from '../video/presenter.ts';

/** Stands in the video worker for pictures that come on a track: the browser decodes and shows them, past this worker. */
export class TrackPath implements PicturePath {
  readonly #onSize: (width: number, height: number) => void;
  readonly codec = undefined;
  readonly decodeQueue = 0;
  readonly decoderCounters = { decoded: 0, errors: 0, overloads: 0 };
  readonly heldFor = 0;
  readonly soundShift = undefined;
  readonly dropped = zeroDrops();
  width = 0;
  height = 0;
  shown = 0;

  constructor(onSize: (width: number, height: number) => void) {
    this.#onSize = onSize;
  }

  /** What the page's element says. */
  onElement(message: FromPictureElement): void {
    if (message.type !== 'presented') return;
    const { width, height } = message;
    this.shown += 1;
    if (width === this.width && height === this.height) return;
    this.width = width;
    this.height = height;
    this.#onSize(width, height);
  }

  push(): void {
    // The last pictures of a connection that is being left.
  }

  reset(): void {
    // Nothing waits here.
  }

  configure(): void {
    // The browser's receiver shows each picture as soon as it can.
  }

  soundClock(): void {
    // See configure.
  }

  setHidden(): void {
    // See configure.
  }

  close(): void {
    // There is nothing to free.
  }
}
