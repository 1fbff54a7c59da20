import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  desktopPoint,
  distanceOutside,
  placePicture,
} from '../../../client/view/picture-placement.ts';

const sizes = fc.record({
  width: fc.double({ min: 120, max: 5000, noNaN: true }),
  height: fc.double({ min: 120, max: 3000, noNaN: true }),
});
const desktops = fc.record({
  width: fc.integer({ min: 64, max: 7680 }),
  height: fc.integer({ min: 64, max: 4320 }),
});
const ratios = fc.constantFrom(0.8, 1, 1.1, 1.25, 1.5, 1.75, 2, 2.625, 3);

describe('placePicture', () => {
  test('a desktop of the window’s own resolution is shown pixel by pixel', () => {
    const placement = placePicture({ width: 640, height: 360 }, { width: 1280, height: 720 }, 2);
    expect(placement).toEqual({ left: 0, top: 0, width: 640, height: 360 });
  });

  test('an empty window or desktop has no picture', () => {
    const nowhere = { left: 0, top: 0, width: 0, height: 0 };
    expect(placePicture({ width: 0, height: 100 }, { width: 10, height: 10 }, 1)).toEqual(nowhere);
    expect(placePicture({ width: 9, height: 100 }, { width: 0, height: 10 }, 1)).toEqual(nowhere);
  });

  test('the picture lies inside, on device pixels, as large as its shape allows', () => {
    fc.assert(
      fc.property(sizes, desktops, ratios, (container, desktop, ratio) => {
        const placement = placePicture(container, desktop, ratio);
        const device = Object.values(placement).map((value: number) => value * ratio);
        for (const value of device) expect(Math.abs(value - Math.round(value))).toBeLessThan(1e-6);
        expect(placement.left).toBeGreaterThanOrEqual(0);
        expect(placement.top).toBeGreaterThanOrEqual(0);
        expect(placement.left + placement.width).toBeLessThanOrEqual(container.width + 1e-6);
        expect(placement.top + placement.height).toBeLessThanOrEqual(container.height + 1e-6);
        const gapX = container.width - placement.width;
        const gapY = container.height - placement.height;
        expect(Math.min(gapX, gapY) * ratio).toBeLessThan(2);
        // Rounding to device pixels is all that may bend the shape.
        const scaleX = (placement.width * ratio) / desktop.width;
        const scaleY = (placement.height * ratio) / desktop.height;
        const bend = 0.5 / desktop.width + 0.5 / desktop.height;
        expect(Math.abs(scaleX - scaleY)).toBeLessThanOrEqual(bend + 1e-9);
      }),
    );
  });
});

describe('desktopPoint', () => {
  test('the middle of every desktop pixel maps back to it, at any size and ratio', () => {
    const fraction = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
    fc.assert(
      fc.property(
        sizes,
        desktops,
        ratios,
        fraction,
        fraction,
        (container, desktop, ratio, u, v) => {
          const placement = placePicture(container, desktop, ratio);
          const x = Math.floor(u * desktop.width);
          const y = Math.floor(v * desktop.height);
          const point = {
            x: placement.left + ((x + 0.5) / desktop.width) * placement.width,
            y: placement.top + ((y + 0.5) / desktop.height) * placement.height,
          };
          expect(desktopPoint(point, placement, desktop)).toEqual({ x, y });
          expect(distanceOutside(point, placement)).toBe(0);
        },
      ),
      { numRuns: 2000 },
    );
  });

  test('points outside go to the nearest edge', () => {
    const desktop = { width: 1280, height: 720 };
    const placement = placePicture({ width: 1280, height: 800 }, desktop, 1);
    expect(desktopPoint({ x: -50, y: 0 }, placement, desktop)).toEqual({ x: 0, y: 0 });
    expect(desktopPoint({ x: 1280, y: 800 }, placement, desktop)).toEqual({ x: 1279, y: 719 });
    expect(distanceOutside({ x: 600, y: 30 }, placement)).toBe(10);
    expect(distanceOutside({ x: 600, y: 790 }, placement)).toBe(30);
  });

  test('without a picture there is no point', () => {
    const nowhere = { left: 0, top: 0, width: 0, height: 0 };
    expect(desktopPoint({ x: 1, y: 1 }, nowhere, { width: 10, height: 10 })).toBeUndefined();
  });
});
