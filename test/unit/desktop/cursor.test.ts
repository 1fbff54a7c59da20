import { expect, test } from 'vitest';
import { toCursorImage } from '../../../server/desktop/cursor.ts';

function source(width: number, height: number, argb: readonly number[]) {
  const cursorImage = Buffer.alloc(width * height * 4);
  argb.forEach((word, index) => cursorImage.writeUInt32LE(word, index * 4));
  return { width, height, xhot: width - 1, yhot: 0, cursorSerial: 1, cursorImage };
}

test('alpha is divided out of the colours', () => {
  const image = toCursorImage(source(2, 1, [0x80402010, 0xff010203]));
  expect([...image.rgba]).toEqual([0x80, 0x40, 0x20, 0x80, 1, 2, 3, 0xff]);
  expect(image).toMatchObject({ width: 2, height: 1, hotX: 1, hotY: 0 });
});

test('colours above their alpha, which no honest program sets, stay in range', () => {
  expect([...toCursorImage(source(1, 1, [0x01ffffff])).rgba]).toEqual([255, 255, 255, 1]);
});

test('a picture without a visible pixel is the hidden pointer', () => {
  expect(toCursorImage(source(2, 2, [0, 0, 0, 0]))).toMatchObject({ width: 0, height: 0 });
});

test('a picture larger than 256 pixels is reduced', () => {
  const image = toCursorImage(source(600, 300, new Array<number>(600 * 300).fill(0xff00ff00)));
  expect(image).toMatchObject({ width: 200, height: 100, hotX: 199 });
  expect([...image.rgba.subarray(0, 4)]).toEqual([0, 255, 0, 255]);
});

test('a reply that is shorter than it says is no picture', () => {
  const short = { ...source(2, 2, [1, 2, 3, 4]), cursorImage: Buffer.alloc(4) };
  expect(toCursorImage(short)).toMatchObject({ width: 0 });
});
