/** The desktop's pointer picture as a CSS cursor, so that the browser moves it without delay. */
import type { Cursor } from '../player.ts';

type CursorImage = Extract<Cursor, { type: 'image' }>;

/** Browsers ignore cursors larger than this, in CSS pixels. */
const MAX_CURSOR_SIZE = 128;
/** Pictures kept ready: programs switch between a handful. */
const MAX_CACHED = 32;

/** How many cursor pixels go into one CSS pixel; the hot spot in CSS pixels. */
export interface CursorScale {
  readonly resolution: number;
  readonly hotX: number;
  readonly hotY: number;
}

/**
 * Scales a cursor like the desktop's picture, but never below its natural size, so that it stays visible on a picture that is
 * shown small.
 *
 * @param cssScale CSS pixels per desktop pixel
 * @param pixelRatio device pixels per CSS pixel
 */
export function cursorScale(
  image: Pick<CursorImage, 'width' | 'height' | 'hotX' | 'hotY'>,
  cssScale: number,
  pixelRatio: number,
): CursorScale {
  const wanted = Math.min(Math.max(1 / Math.max(cssScale, 1e-3), 1), Math.max(1, pixelRatio));
  const resolution = Math.max(wanted, Math.max(image.width, image.height) / MAX_CURSOR_SIZE);
  return {
    resolution,
    hotX: Math.min(image.width - 1, image.hotX) / resolution,
    hotY: Math.min(image.height - 1, image.hotY) / resolution,
  };
}

/** The value of the CSS property `cursor` for a picture at an address. */
export function cursorValue(url: string, { resolution, hotX, hotY }: CursorScale): string {
  const x = Math.floor(hotX);
  const y = Math.floor(hotY);
  const image = resolution === 1 ? `url("${url}")` : `image-set(url("${url}") ${resolution}x)`;
  return `${image} ${x} ${y}, default`;
}

/** Applies cursors to one element; owns the blob URLs that it makes. */
export class CursorStyle {
  readonly #element: HTMLElement;
  /** Blob URLs by content, the least recently used first. */
  readonly #urls = new Map<string, string>();
  #cursor: Cursor | undefined;
  #cssScale = 1;
  #turn = 0;

  constructor(element: HTMLElement) {
    this.#element = element;
  }

  show(cursor: Cursor): void {
    this.#cursor = cursor;
    void this.#apply();
  }

  /** The picture is shown at another size now. */
  rescale(cssScale: number): void {
    this.#cssScale = cssScale;
    void this.#apply();
  }

  /** Frees the pictures; the element shows the default cursor again. */
  close(): void {
    this.#turn += 1;
    for (const url of this.#urls.values()) URL.revokeObjectURL(url);
    this.#urls.clear();
    this.#element.style.cursor = '';
  }

  async #apply(): Promise<void> {
    const cursor = this.#cursor;
    this.#turn += 1;
    const turn = this.#turn;
    if (cursor === undefined) return;
    if (cursor.type === 'hidden') {
      this.#element.style.cursor = 'none';
      return;
    }
    const key = contentKey(cursor);
    const url = this.#urls.get(key) ?? (await encodePng(cursor));
    // Encoding takes a moment: a newer cursor, or the end, may have come in between.
    if (url === undefined || (turn !== this.#turn && !this.#urls.has(key))) {
      if (url !== undefined) URL.revokeObjectURL(url);
      return;
    }
    this.#remember(key, url);
    if (turn !== this.#turn) return;
    const scale = cursorScale(cursor, this.#cssScale, window.devicePixelRatio);
    this.#element.style.cursor = cursorValue(url, scale);
  }

  #remember(key: string, url: string): void {
    const before = this.#urls.get(key);
    if (before !== undefined && before !== url) URL.revokeObjectURL(before);
    this.#urls.delete(key);
    this.#urls.set(key, url);
    const oldest = this.#urls.entries().next().value;
    if (this.#urls.size <= MAX_CACHED || oldest === undefined) return;
    URL.revokeObjectURL(oldest[1]);
    this.#urls.delete(oldest[0]);
  }
}

/** Size and FNV-1a hash of the pixels: collisions would only show a wrong pointer. */
function contentKey({ width, height, rgba }: CursorImage): string {
  let hash = 0x811c9dc5;
  for (const byte of rgba) hash = Math.imul(hash ^ byte, 0x01000193);
  return `${width}x${height}:${hash >>> 0}`;
}

async function encodePng({ width, height, rgba }: CursorImage): Promise<string | undefined> {
  if (width < 1 || height < 1 || rgba.length !== width * height * 4) return undefined;
  const canvas = new OffscreenCanvas(width, height);
  canvas.getContext('2d')?.putImageData(new ImageData(rgba, width, height), 0, 0);
  return URL.createObjectURL(await canvas.convertToBlob({ type: 'image/png' }));
}
