/** Brightness of a decoded frame's pixels, read without touching the way that the frame takes to the screen. */

/** A part of a frame, pixels of the picture. */
export interface FrameRows {
  /** First row; made even, as the colour planes of video demand. */
  readonly y: number;
  /** Even. */
  readonly height: number;
}

/** Brightness of the rows that were read. */
export interface Luma {
  readonly width: number;
  readonly height: number;
  /** 0 to 255; `y` counts from the first row that was read. */
  at(x: number, y: number): number;
}

/** Where the brightness is in a format: a plane of its own, or the green of interleaved colours. */
const FORMATS: Readonly<Record<string, { readonly step: number; readonly first: number }>> = {
  I420: { step: 1, first: 0 },
  I420A: { step: 1, first: 0 },
  I422: { step: 1, first: 0 },
  I444: { step: 1, first: 0 },
  NV12: { step: 1, first: 0 },
  RGBA: { step: 4, first: 1 },
  RGBX: { step: 4, first: 1 },
  BGRA: { step: 4, first: 1 },
  BGRX: { step: 4, first: 1 },
};

/**
 * Reads whole rows of a frame. The frame may be closed as soon as this returned: the copy has begun. Resolves with undefined where the
 * frame's format is not known or it cannot be read.
 */
export async function readLuma(frame: VideoFrame, rows: FrameRows): Promise<Luma | undefined> {
  const { visibleRect } = frame;
  // A frame in the graphics card's memory may have no format of its own: it is converted.
  const format = frame.format !== null && frame.format in FORMATS ? frame.format : 'RGBA';
  const layout = FORMATS[format];
  if (layout === undefined || visibleRect === null) return undefined;
  const y = rows.y & ~1;
  const width = visibleRect.width & ~1;
  const height = Math.min(rows.height, visibleRect.height - y) & ~1;
  if (y < 0 || width <= 0 || height <= 0) return undefined;
  const rect = { x: visibleRect.x, y: visibleRect.y + y, width, height };
  try {
    const options = format === frame.format ? { rect } : { rect, format };
    const bytes = new Uint8Array(frame.allocationSize(options));
    const [plane] = await frame.copyTo(bytes, options);
    if (plane === undefined) return undefined;
    const { step, first } = layout;
    const at = (x: number, row: number): number =>
      bytes[plane.offset + row * plane.stride + x * step + first] ?? 0;
    return { width, height, at };
  } catch {
    // The frame was closed under a copy that had not begun, or the decoder's memory is gone: there is no brightness to tell.
    return undefined;
  }
}
