import { describe, expect, test } from 'vitest';
import { cursorScale, cursorValue } from '../../../client/view/cursor-style.ts';

const arrow = { width: 24, height: 24, hotX: 4, hotY: 8 };

describe('cursorScale', () => {
  test('a picture shown one to one shows its pointer one to one', () => {
    expect(cursorScale(arrow, 1, 1)).toEqual({ resolution: 1, hotX: 4, hotY: 8 });
    expect(cursorScale(arrow, 0.5, 2)).toEqual({ resolution: 2, hotX: 2, hotY: 4 });
  });

  test('a small picture does not shrink the pointer below its natural size', () => {
    expect(cursorScale(arrow, 0.25, 1).resolution).toBe(1);
  });

  test('a large pointer is reduced to what browsers show', () => {
    const large = { width: 256, height: 200, hotX: 255, hotY: 0 };
    expect(cursorScale(large, 1, 1)).toEqual({ resolution: 2, hotX: 127.5, hotY: 0 });
  });

  test('a hot spot outside the picture is moved inside', () => {
    expect(cursorScale({ ...arrow, hotX: 99 }, 1, 1).hotX).toBe(23);
  });
});

test('cursorValue names a fallback', () => {
  const scale = { resolution: 1, hotX: 4, hotY: 8 };
  expect(cursorValue('blob:x', scale)).toBe('url("blob:x") 4 8, default');
  expect(cursorValue('blob:x', { ...scale, resolution: 2, hotX: 2.5 })).toBe(
    'image-set(url("blob:x") 2x) 2 8, default',
  );
});
