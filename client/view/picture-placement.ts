/** Where the desktop's picture lies in the window, and which desktop pixel lies under a point. Pure. */

/** A size; the unit is the name's. */
export interface Size {
  readonly width: number;
  readonly height: number;
}

/** The picture's box in CSS pixels, from the top left corner of its container. */
export interface Placement {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/** A pixel of the desktop. */
export interface DesktopPoint {
  readonly x: number;
  readonly y: number;
}

/**
 * Fits the picture into the container, keeping its shape. Edges lie on device pixels, so that a desktop of the window's own
 * resolution is shown pixel by pixel.
 *
 * @param container CSS pixels
 * @param desktop pixels of the picture
 * @param pixelRatio device pixels per CSS pixel
 */
export function placePicture(container: Size, desktop: Size, pixelRatio: number): Placement {
  const availableWidth = Math.floor(container.width * pixelRatio + 1e-6);
  const availableHeight = Math.floor(container.height * pixelRatio + 1e-6);
  if (availableWidth < 1 || availableHeight < 1 || desktop.width < 1 || desktop.height < 1) {
    return { left: 0, top: 0, width: 0, height: 0 };
  }
  const scale = Math.min(availableWidth / desktop.width, availableHeight / desktop.height);
  const width = Math.max(1, Math.round(desktop.width * scale));
  const height = Math.max(1, Math.round(desktop.height * scale));
  return {
    left: Math.floor((availableWidth - width) / 2) / pixelRatio,
    top: Math.floor((availableHeight - height) / 2) / pixelRatio,
    width: width / pixelRatio,
    height: height / pixelRatio,
  };
}

/**
 * The desktop pixel under a point.
 *
 * @param point CSS pixels in the coordinates of `placement`
 * @returns whole pixels, moved to the nearest edge when the point is outside; undefined while there is no picture
 */
export function desktopPoint(
  point: DesktopPoint,
  placement: Placement,
  desktop: Size,
): DesktopPoint | undefined {
  if (placement.width <= 0 || placement.height <= 0 || desktop.width < 1 || desktop.height < 1) {
    return undefined;
  }
  const { left, top, width, height } = placement;
  return {
    x: pixel(((point.x - left) / width) * desktop.width, desktop.width),
    y: pixel(((point.y - top) / height) * desktop.height, desktop.height),
  };
}

/** How far a point is outside the picture, in CSS pixels; 0 inside. */
export function distanceOutside(point: DesktopPoint, placement: Placement): number {
  const { left, top, width, height } = placement;
  return Math.max(
    left - point.x,
    point.x - (left + width),
    top - point.y,
    point.y - (top + height),
    0,
  );
}

function pixel(position: number, size: number): number {
  return Math.max(0, Math.min(size - 1, Math.floor(position)));
}
