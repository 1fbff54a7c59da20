import { beforeEach, describe, expect, it } from 'vitest';
import { micros, type Micros } from '../../../protocol/time.ts';
import { Stillness } from '../../../server/session/stillness.ts';

const ms = (value: number): Micros => micros(value * 1000);
const size = { width: 1280, height: 720 };
const SMALL = 400;
const LARGE = 4_000;

let stillness: Stillness;

beforeEach(() => {
  stillness = new Stillness();
});

/** Pictures of one size every 20 ms. */
const pictures = (bytes: number, fromMs: number, toMs: number): void => {
  for (let at = fromMs; at < toMs; at += 20) stillness.pictureMade(ms(at), bytes, size);
};

describe('stillness', () => {
  it('is never there while nobody tells of changes', () => {
    pictures(SMALL, 0, 10_000);
    stillness.pictureWanted(ms(10_000));
    pictures(SMALL, 10_000, 20_000);
    expect(stillness.isStill(ms(20_000))).toBe(false);
  });

  it('begins when the picture is sharp, and not within 100 ms of a change', () => {
    stillness.changed(ms(0));
    pictures(SMALL, 10, 90);
    expect(stillness.isStill(ms(90))).toBe(false);
    expect(stillness.isStill(ms(100))).toBe(true);
  });

  it('waits for an encoder that still sharpens, 2.5 s at most', () => {
    stillness.changed(ms(0));
    pictures(LARGE, 10, 2_400);
    expect(stillness.isStill(ms(2_400))).toBe(false);
    expect(stillness.isStill(ms(2_500))).toBe(true);
  });

  it('takes three small pictures in a row as the end, not one between two large ones', () => {
    stillness.changed(ms(0));
    for (let at = 10; at < 400; at += 60) {
      pictures(SMALL, at, at + 40);
      pictures(LARGE, at + 40, at + 60);
    }
    expect(stillness.isStill(ms(500))).toBe(false);
  });

  it('does not begin before a picture was made of what changed last', () => {
    stillness.changed(ms(100));
    pictures(SMALL, 0, 100);
    expect(stillness.isStill(ms(10_000))).toBe(false);
    stillness.pictureMade(ms(10_001), LARGE, size);
    expect(stillness.isStill(ms(10_002))).toBe(true);
  });

  it('ends with a change, with a wanted picture, and when changes are not told any more', () => {
    for (const disturb of ['changed', 'pictureWanted', 'unwatched'] as const) {
      stillness = new Stillness();
      stillness.changed(ms(0));
      pictures(SMALL, 10, 200);
      expect(stillness.isStill(ms(200))).toBe(true);
      stillness[disturb](ms(200));
      expect(stillness.isStill(ms(200)), disturb).toBe(false);
      expect(stillness.isStill(ms(9_000)), disturb).toBe(false);
    }
  });
});
