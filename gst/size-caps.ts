/** A size in whole pixels. */
export interface PixelSize {
  readonly width: number;
  readonly height: number;
}

/**
 * Caps that set the encoded size to a part of the source's; the child writes them to change it at run time. Even, since odd sizes
 * kill 4:2:0 encoders. Square pixels, or the scaler would stretch them in place of rounding.
 *
 * @param scale factor on width and height, 0.25 to 1; at 1 the source's own size passes, whatever it is
 */
export function sizeCaps(scale: number, { width, height }: PixelSize): string {
  if (scale === 1) return 'video/x-raw';
  const even = (pixels: number): number => Math.max(16, 2 * Math.round((pixels * scale) / 2));
  return `video/x-raw,width=${even(width)},height=${even(height)},pixel-aspect-ratio=1/1`;
}
