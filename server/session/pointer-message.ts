import type { PointerImage } from './viewer-desktop.ts';

/**
 * Payload of a message on a cursor flow (docs/protocol.md, "Cursor images"):
 *
 * ```
 *   width:u16 height:u16 hotX:u16 hotY:u16 (red:u8 green:u8 blue:u8 alpha:u8)*
 * ```
 */
export function encodeCursorImage(image: PointerImage): Uint8Array {
  const payload = new Uint8Array(8 + image.rgba.length);
  const view = new DataView(payload.buffer);
  view.setUint16(0, image.width);
  view.setUint16(2, image.height);
  view.setUint16(4, image.hotX);
  view.setUint16(6, image.hotY);
  payload.set(image.rgba, 8);
  return payload;
}
