import type { FromPictureElement } from '../media-source/picture-messages.ts';
import { BLOCK, PATTERN_WIDTH } from '../stats/pattern-probe.ts';

type Presented = Extract<FromPictureElement, { type: 'presented' }>;

/** The element whose frames are watched, and whom they are told. */
export interface FrameWatchOptions {
  readonly video: HTMLVideoElement;
  /** Whether a row of every picture is read back. */
  readonly probe: boolean;
  readonly tell: (frame: Presented, transfer: Transferable[]) => void;
}

/** Tells which frame an element of the page presented when (https://wicg.github.io/video-rvfc/). */
export class FrameWatch {
  readonly #options: FrameWatchOptions;
  #row: CanvasRenderingContext2D | undefined;
  #isClosed = false;

  constructor(options: FrameWatchOptions) {
    this.#options = options;
    this.#watch();
  }

  /** Idempotent. */
  close(): void {
    this.#isClosed = true;
  }

  #watch(): void {
    const { video, probe, tell } = this.#options;
    video.requestVideoFrameCallback((_, frame) => {
      if (this.#isClosed) return;
      this.#watch();
      const { mediaTime, presentationTime, processingDuration, width, height } = frame;
      const { receiveTime, rtpTimestamp } = frame;
      const row = probe ? this.#readRow(width, height) : undefined;
      tell(
        {
          ...{ type: 'presented', mediaTime, width, height },
          shownAt: (performance.timeOrigin + presentationTime) * 1000,
          ...(receiveTime !== undefined && {
            receivedAt: (performance.timeOrigin + receiveTime) * 1000,
          }),
          decodeTime: processingDuration === undefined ? undefined : processingDuration * 1e6,
          ...(rtpTimestamp !== undefined && { trackTimestamp: rtpTimestamp }),
          ...(row === undefined ? {} : { row }),
        },
        row === undefined ? [] : [row.buffer],
      );
    });
  }

  #readRow(width: number, height: number): Uint8ClampedArray<ArrayBuffer> | undefined {
    if (width < PATTERN_WIDTH || height < BLOCK) return undefined;
    const context = (this.#row ??= rowContext());
    const size = [PATTERN_WIDTH, 1] as const;
    context?.drawImage(this.#options.video, 0, BLOCK / 2, ...size, 0, 0, ...size);
    return context?.getImageData(0, 0, ...size).data;
  }
}

function rowContext(): CanvasRenderingContext2D | undefined {
  const canvas = document.createElement('canvas');
  canvas.width = PATTERN_WIDTH;
  canvas.height = 1;
  return canvas.getContext('2d', { alpha: false, willReadFrequently: true }) ?? undefined;
}
