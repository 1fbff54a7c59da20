import { describe, expect, it } from 'vitest';
import { decodeCursor } from '../../../client/receive/cursor.ts';

describe('cursor image', () => {
  it('is read, hidden or refused', () => {
    const image = Uint8Array.of(0, 1, 0, 1, 0, 0, 0, 0, 1, 2, 3, 4);
    expect(decodeCursor(image)).toEqual({
      type: 'image',
      width: 1,
      height: 1,
      hotX: 0,
      hotY: 0,
      rgba: Uint8ClampedArray.of(1, 2, 3, 4),
    });
    expect(decodeCursor(new Uint8Array(8))).toEqual({ type: 'hidden' });
    expect(decodeCursor(image.subarray(0, 11))).toBeUndefined();
    expect(decodeCursor(Uint8Array.of(2, 0, 0, 1, 0, 0, 0, 0))).toBeUndefined();
    expect(decodeCursor(new Uint8Array(3))).toBeUndefined();
  });
});
