import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { desktopSize } from '../../../client/video/desktop-size.ts';
import { sizeCaps } from '../../../gst/size-caps.ts';

describe('the size of the desktop behind a picture', () => {
  it('is that of the first picture when nothing was told', () => {
    expect(desktopSize(undefined, { width: 640, height: 360 })).toEqual({
      width: 640,
      height: 360,
    });
  });

  it('stays with every picture that the server scaled', () => {
    const side = fc.integer({ min: 64, max: 8192 });
    fc.assert(
      fc.property(
        side,
        side,
        fc.double({ min: 0.25, max: 1, noNaN: true }),
        (width, height, scale) => {
          const told = { width, height };
          const caps = /width=(\d+),height=(\d+)/.exec(sizeCaps(scale, told));
          const picture = caps ? { width: Number(caps[1]), height: Number(caps[2]) } : told;
          expect(desktopSize(told, picture)).toEqual(told);
        },
      ),
    );
  });

  it.each([
    { width: 1920, height: 1080 },
    { width: 800, height: 600 },
    { width: 300, height: 168 },
  ])(
    'is that of a picture of another shape, larger, or less than a quarter: $width × $height',
    (picture) => {
      expect(desktopSize({ width: 1280, height: 720 }, picture)).toEqual(picture);
    },
  );
});
