import type { FromPictureElement } from '../media-source/picture-messages.ts';
import type { PicturePath, PicturePathSink } from '../video/picture-path.ts';
import { zeroDrops } from '../video/presenter.ts';
import type { SentPicture } from '../video/video-messages.ts';

/** A frame whose browser says when its last packet came. */
type Presented = Extract<FromPictureElement, { type: 'presented' }> & {
  readonly receivedAt: number;
};

/** Pictures of which only one end has told, at most: a second at 60 per second. */
const MAX_UNMATCHED = 60;

/**
 * Stands in the video worker for pictures that come on a track: the browser decodes and shows them, past this worker. Of each it learns
 * from the server when it was sent and from the element when it was shown, and joins the two.
 */
export class TrackPath implements PicturePath {
  readonly #sink: PicturePathSink;
  /** By RTP timestamp. */
  readonly #sent = new Map<number, SentPicture>();
  readonly #presented = new Map<number, Presented>();
  readonly codec = undefined;
  readonly decodeQueue = 0;
  readonly decoderCounters = { decoded: 0, errors: 0, overloads: 0 };
  readonly heldFor = 0;
  readonly soundShift = undefined;
  readonly dropped = zeroDrops();
  width = 0;
  height = 0;
  shown = 0;

  constructor(sink: PicturePathSink) {
    this.#sink = sink;
  }

  /** What the page's element says. */
  onElement(message: FromPictureElement): void {
    if (message.type !== 'presented') return;
    const { width, height, trackTimestamp, receivedAt } = message;
    this.shown += 1;
    if (width !== this.width || height !== this.height) {
      this.width = width;
      this.height = height;
      this.#sink.onSize(width, height);
    }
    if (trackTimestamp === undefined || receivedAt === undefined) return;
    keep(this.#presented, trackTimestamp, { ...message, receivedAt });
    this.#join(trackTimestamp);
  }

  /** What the server says of a picture; before or after the element does. */
  sent(picture: SentPicture & { readonly timestamp: number }): void {
    keep(this.#sent, picture.timestamp, picture);
    this.#join(picture.timestamp);
  }

  push(): void {
    // The last pictures of a connection that is being left.
  }

  reset(): void {
    this.#sent.clear();
    this.#presented.clear();
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
    this.reset();
  }

  #join(timestamp: number): void {
    const picture = this.#sent.get(timestamp);
    const frame = this.#presented.get(timestamp);
    if (picture === undefined || frame === undefined) return;
    this.#sent.delete(timestamp);
    this.#presented.delete(timestamp);
    const { changedTime, queuedTime, ...known } = picture;
    const { receivedAt, shownAt, decodeTime = 0 } = frame;
    // Of its arrival the browser tells the end alone. What waited before it was decoded counts as presenting.
    const arrival = { begunAt: receivedAt, receivedAt, arrivedAt: receivedAt };
    this.#sink.onShown({
      input: {
        ...{ ...known, ...arrival, changedTime, queuedTime },
        ...{ order: this.shown, late: false, submittedAt: receivedAt },
      },
      decodedAt: Math.min(shownAt, receivedAt + decodeTime),
      shownAt,
      showTime: 0,
      look: undefined,
    });
  }
}

/** Forgets the oldest when there are too many. */
function keep<Value>(all: Map<number, Value>, timestamp: number, value: Value): void {
  all.set(timestamp, value);
  const [oldest] = all.keys();
  if (all.size > MAX_UNMATCHED && oldest !== undefined) all.delete(oldest);
}
