import { describe, expect, it } from 'vitest';
import * as fc from 'fast-check';
import { micros, type Micros } from '../../../protocol/time.ts';
import { PictureScale } from '../../../server/schedule/picture-scale.ts';

const ms = (value: number): Micros => micros(value * 1000);
const size = { width: 1280, height: 720 };
/** At 15 frames a second 0.04 bit a pixel are 553 kbit/s at full size, 311 at three quarters, 138 at half, 35 at a quarter. */
const frameRate = 15;

/** The changes that a constant target makes, as [time, scale]. */
const follow = (
  scale: PictureScale,
  targetBps: number,
  { from, to, isLowestFrameRate = true }: { from: number; to: number; isLowestFrameRate?: boolean },
): (readonly [number, number])[] => {
  const changes: (readonly [number, number])[] = [];
  for (let at = from; at < to; at += 50) {
    const next = scale.follow({ targetBps, size, frameRate, isLowestFrameRate }, ms(at));
    if (next !== undefined) changes.push([at, next]);
  }
  return changes;
};

describe('the scale of the picture', () => {
  it('stays whole while fewer frames can make room', () => {
    const scale = new PictureScale();
    expect(follow(scale, 100_000, { from: 0, to: 20_000, isLowestFrameRate: false })).toEqual([]);
  });

  it('goes down to what fits when that was too little for a second, and not for a dip', () => {
    const scale = new PictureScale();
    expect(follow(scale, 300_000, { from: 0, to: 950 })).toEqual([]);
    expect(follow(scale, 600_000, { from: 950, to: 1_500 })).toEqual([]);
    expect(follow(scale, 300_000, { from: 1_500, to: 3_000 })).toEqual([[2_500, 0.5]]);
  });

  it('goes back up with a third more than the larger picture takes, after two seconds', () => {
    const scale = new PictureScale();
    expect(follow(scale, 300_000, { from: 0, to: 1_100 })).toEqual([[1_000, 0.5]]);
    expect(follow(scale, 400_000, { from: 1_100, to: 20_000 })).toEqual([]);
    expect(follow(scale, 420_000, { from: 20_000, to: 22_500 })).toEqual([[22_000, 0.75]]);
    expect(follow(scale, 725_000, { from: 22_500, to: 30_000 })).toEqual([[24_500, 1]]);
  });

  it('goes back to whole when the frame rate has room again', () => {
    const scale = new PictureScale();
    follow(scale, 300_000, { from: 0, to: 1_100 });
    const up = follow(scale, 300_000, { from: 1_100, to: 9_000, isLowestFrameRate: false });
    expect(up.map(([, to]) => to)).toEqual([1]);
  });

  it('is never less than a quarter', () => {
    const scale = new PictureScale();
    expect(follow(scale, 1_000, { from: 0, to: 5_000 }).map(([, to]) => to)).toEqual([0.25]);
  });

  it('keeps two seconds between changes, whatever the target does', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 10_000, max: 2_000_000 }), { size: 'large' }),
        (targets) => {
          const scale = new PictureScale();
          let at = 0;
          let changedAt = -Infinity;
          for (const targetBps of targets) {
            for (const [when] of follow(scale, targetBps, { from: at, to: at + 500 })) {
              expect(when - changedAt).toBeGreaterThanOrEqual(2_000);
              changedAt = when;
            }
            at += 500;
          }
        },
      ),
    );
  });
});
