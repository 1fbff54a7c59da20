import { localMicros } from '../local-time.ts';
import { PATTERN_WIDTH, type PatternProbe } from '../stats/pattern-probe.ts';
import type { ShowOutcome, VideoSink } from './sink.ts';

interface Waiting {
  readonly frame: VideoFrame;
  readonly settle: (outcome: ShowOutcome) => void;
}

/**
 * Writes frames into a MediaStreamTrackGenerator (https://w3c.github.io/mediacapture-transform/, in its older form that lives in
 * the window). Measured against the canvas: a hundredth of the time per frame in this thread, and on the screen about 8 ms later.
 * One frame is under way at a time, and of those that come meanwhile the newest waits.
 */
export class TrackSink implements VideoSink {
  readonly kind = 'track';
  readonly #writer: WritableStreamDefaultWriter<VideoFrame>;
  readonly #onFailed: (error: unknown) => void;
  #isWriting = false;
  #isClosed = false;
  #waiting: Waiting | undefined;
  #last: VideoFrame | undefined;
  #row: OffscreenCanvasRenderingContext2D | undefined;

  /** @param onFailed told once when the track takes no more frames, although it was not closed here */
  constructor(writable: WritableStream<VideoFrame>, onFailed: (error: unknown) => void) {
    this.#writer = writable.getWriter();
    this.#onFailed = onFailed;
  }

  show(frame: VideoFrame, settle: (outcome: ShowOutcome) => void): void {
    this.#dropWaiting();
    if (this.#isClosed) {
      frame.close();
      settle('superseded');
    } else if (this.#isWriting) this.#waiting = { frame, settle };
    else void this.#write({ frame, settle });
  }

  observe(probe: PatternProbe, shownAt: number): void {
    const frame = this.#last;
    const row = frame && probe.rowOf({ width: frame.displayWidth, height: frame.displayHeight });
    if (frame === undefined || row === undefined) return;
    const { y, width, scale } = row;
    const context = (this.#row ??= rowContext());
    context.drawImage(frame, 0, y, width, 1, 0, 0, width, 1);
    probe.observe(context.getImageData(0, 0, width, 1).data, shownAt, { scale });
  }

  last(): VideoFrame | undefined {
    return this.#last?.clone();
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#dropWaiting();
    this.#last?.close();
    this.#last = undefined;
    // The track may have ended before: there is nobody left to tell.
    this.#writer.close().catch(() => undefined);
  }

  async #write({ frame, settle }: Waiting): Promise<void> {
    this.#isWriting = true;
    // The decoder counts in steps of its own; a player takes timestamps for time.
    const timed = new VideoFrame(frame, { timestamp: Math.round(localMicros()) });
    frame.close();
    const copy = timed.clone();
    try {
      await this.#writer.write(timed);
      this.#keep(copy);
      settle('shown');
    } catch (error) {
      timed.close();
      copy.close();
      settle('superseded');
      this.#fail(error);
    }
    this.#isWriting = false;
    const next = this.#waiting;
    this.#waiting = undefined;
    if (next !== undefined) this.show(next.frame, next.settle);
  }

  #keep(copy: VideoFrame): void {
    this.#last?.close();
    this.#last = undefined;
    if (this.#isClosed) copy.close();
    else this.#last = copy;
  }

  #fail(error: unknown): void {
    if (this.#isClosed) return;
    this.close();
    this.#onFailed(error);
  }

  #dropWaiting(): void {
    const waiting = this.#waiting;
    this.#waiting = undefined;
    waiting?.frame.close();
    waiting?.settle('superseded');
  }
}

function rowContext(): OffscreenCanvasRenderingContext2D {
  const options = { alpha: false, willReadFrequently: true };
  const context = new OffscreenCanvas(PATTERN_WIDTH, 1).getContext('2d', options);
  if (context === null) throw new Error('canvas: expected a 2d context, got null');
  return context;
}
