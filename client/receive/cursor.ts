/** The desktop's pointer image. `rgba` holds width × height × 4 bytes, not premultiplied; the hot spot is in pixels. */
export type Cursor =
  | { readonly type: 'hidden' }
  | {
      readonly type: 'image';
      readonly width: number;
      readonly height: number;
      readonly hotX: number;
      readonly hotY: number;
      readonly rgba: Uint8ClampedArray<ArrayBuffer>;
    };

/*
 * A message of the cursor flow: the image of the pointer, in pixels.
 *
 *   width u16 | height u16 | hotX u16 | hotY u16 | RGBA bytes, not premultiplied, row by row        width 0: hidden
 */
const HEAD_BYTES = 8;

/** Largest side of a pointer image in pixels (docs/protocol.md, limits). */
const MAX_SIDE = 256;

/** Reads a cursor message; undefined when it is malformed, which costs a pointer image and nothing more. */
export function decodeCursor(payload: Uint8Array): Cursor | undefined {
  if (payload.length < HEAD_BYTES) return undefined;
  const view = new DataView(payload.buffer, payload.byteOffset, payload.byteLength);
  const width = view.getUint16(0);
  const height = view.getUint16(2);
  if (width === 0) return { type: 'hidden' };
  const pixels = payload.subarray(HEAD_BYTES);
  if (width > MAX_SIDE || height === 0 || height > MAX_SIDE) return undefined;
  if (pixels.length !== width * height * 4) return undefined;
  return {
    type: 'image',
    width,
    height,
    hotX: view.getUint16(4),
    hotY: view.getUint16(6),
    rgba: new Uint8ClampedArray(pixels),
  };
}
