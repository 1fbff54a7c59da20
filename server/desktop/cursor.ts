import type { XConnection } from './x-connection.ts';
import type { XCursorImage, XFixes } from './x11.ts';

/** The pointer's picture. */
export interface CursorImage {
  /** Width in pixels, 1 to 256; 0 with height 0 when the pointer is hidden. */
  readonly width: number;
  readonly height: number;
  /** The point of the picture that points, in pixels from its top left corner. */
  readonly hotX: number;
  readonly hotY: number;
  /** Rows of red, green, blue, alpha bytes; alpha is not multiplied into the colours. */
  readonly rgba: Uint8Array;
}

/** Largest width and height that is passed on; any program of the desktop may set a larger picture. */
const MAX_SIDE = 256;

/** Least time between two pictures in ms: at most 30 a second, however fast an animated pointer is. */
const MIN_INTERVAL_MS = 34;

const HIDDEN: CursorImage = { width: 0, height: 0, hotX: 0, hotY: 0, rgba: new Uint8Array(0) };

/**
 * Makes a picture of what XFIXES tells: ARGB words with premultiplied alpha become RGBA bytes with straight alpha. Pictures
 * larger than 256 pixels are reduced by a whole factor; one without a visible pixel is the hidden pointer.
 */
export function toCursorImage(source: XCursorImage): CursorImage {
  const step = Math.max(1, Math.ceil(Math.max(source.width, source.height) / MAX_SIDE));
  const [width, height] = [Math.floor(source.width / step), Math.floor(source.height / step)];
  if (source.cursorImage.length < source.width * source.height * 4) return HIDDEN;
  const rgba = new Uint8Array(width * height * 4);
  let isVisible = false;
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const argb = source.cursorImage.readUInt32LE((y * step * source.width + x * step) * 4);
      const alpha = argb >>> 24;
      if (alpha === 0) continue;
      isVisible = true;
      const at = (y * width + x) * 4;
      rgba[at] = straight((argb >>> 16) & 0xff, alpha);
      rgba[at + 1] = straight((argb >>> 8) & 0xff, alpha);
      rgba[at + 2] = straight(argb & 0xff, alpha);
      rgba[at + 3] = alpha;
    }
  }
  if (!isVisible) return HIDDEN;
  const hotX = Math.min(width - 1, Math.floor(source.xhot / step));
  const hotY = Math.min(height - 1, Math.floor(source.yhot / step));
  return { width, height, hotX, hotY, rgba };
}

/** Undoes the multiplication of a colour with its alpha, both 0 to 255. */
function straight(colour: number, alpha: number): number {
  return Math.min(255, Math.round((colour * 255) / alpha));
}

/**
 * Follows the pointer's picture until the connection ends.
 *
 * @param onCursor called with each new picture, at most 30 times a second, never twice in a row with the same
 * @throws Error when the server lacks XFIXES
 */
export async function watchCursor(
  connection: XConnection,
  onCursor: (image: CursorImage) => void,
): Promise<void> {
  const { client, root } = connection;
  const fixes = await connection.ask<XFixes>((reply) => client.require('fixes', reply));
  let last: CursorImage | undefined;
  let isBusy = false;
  let isStale = false;
  const read = async (): Promise<void> => {
    const source = await connection.ask<XCursorImage>((reply) => fixes.GetCursorImage(reply));
    const image = toCursorImage(source);
    if (last && isSame(last, image)) return;
    last = image;
    onCursor(image);
  };
  const refresh = (): void => {
    isStale = isBusy;
    if (isBusy) return;
    isBusy = true;
    // A failed reading is the end of the connection, or a pointer that was freed meanwhile: the next change tells.
    void read().catch(() => undefined);
    const timer = setTimeout(() => {
      isBusy = false;
      if (isStale && connection.isOpen) refresh();
    }, MIN_INTERVAL_MS);
    timer.unref();
  };
  client.on('event', (event) => {
    if (event.name === 'CursorNotify') refresh();
  });
  fixes.SelectCursorInput(root, fixes.CursorNotifyMask.DisplayCursor);
  refresh();
}

function isSame(a: CursorImage, b: CursorImage): boolean {
  return a.hotX === b.hotX && a.hotY === b.hotY && a.width === b.width && equal(a.rgba, b.rgba);
}

function equal(a: Uint8Array, b: Uint8Array): boolean {
  return Buffer.compare(a, b) === 0;
}
