/** A size in pixels. */
interface Size {
  readonly width: number;
  readonly height: number;
}

/** The least factor by which a server shrinks pictures (docs/protocol.md, "Settings"). */
const LEAST_SCALE = 0.25;

/**
 * The desktop's size, which input is counted in, when a picture of a size arrives. A server on a slow link sends pictures that are smaller
 * than its desktop (rounded to even sizes), and its desktop may have changed its size since it was told.
 *
 * @param told what the desktop's size was so far
 */
export function desktopSize(told: Size | undefined, picture: Size): Size {
  if (told === undefined) return picture;
  // Even sizes: each side is off by at most one pixel.
  const isSmaller = picture.width <= told.width && picture.width + 1 >= LEAST_SCALE * told.width;
  const skew = Math.abs(picture.width * told.height - picture.height * told.width);
  return isSmaller && skew <= told.width + told.height ? told : picture;
}
