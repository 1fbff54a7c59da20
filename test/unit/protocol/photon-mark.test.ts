import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  encodePhotonMark,
  findPhotonMark,
  readPhotonMark,
  PHOTON_MARK_BLOCKS,
  type Brightness,
} from '../../../protocol/photon-mark.ts';

const WIDTH = 1280;
const HEIGHT = 720;

interface Painted {
  readonly presses: number;
  readonly x: number;
  readonly y: number;
  /** Width of a block; fractions are what scaling a picture gives. */
  readonly block: number;
}

/** A grey desktop with a mark on black; pixels at the edge of a block are the mean of what they cover. */
function paint({ presses, x, y, block }: Painted): Brightness {
  const bits = encodePhotonMark(presses);
  const row = new Float64Array(WIDTH).fill(110);
  const put = (from: number, to: number, value: number): void => {
    for (let pixel = Math.floor(from); pixel < Math.min(to, WIDTH); pixel += 1) {
      const part = Math.min(to, pixel + 1) - Math.max(from, pixel);
      row[pixel] = (row[pixel] ?? 0) * (1 - part) + value * part;
    }
  };
  put(x - block, x + (PHOTON_MARK_BLOCKS + 1) * block, 16);
  bits.forEach((bit, index) => {
    if (bit) put(x + index * block, x + (index + 1) * block, 235);
  });
  const end = y + 2 * block;
  return (px, py) => (py >= y && py < end ? (row[px] ?? 0) : 110);
}

describe('the mark of click to photon', () => {
  it('is found wherever it is, at any scale, and says its number', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 0xffff }),
        fc.double({ min: 4, max: 16, noNaN: true }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.integer({ min: 0, max: HEIGHT - 40 }),
        (presses, block, part, y) => {
          const x = 20 + part * (WIDTH - 20 - (PHOTON_MARK_BLOCKS + 2) * block);
          const at = paint({ presses, x, y, block });
          const found = findPhotonMark(at, { width: WIDTH, height: HEIGHT });
          expect(found?.presses).toBe(presses);
          if (found !== undefined) expect(readPhotonMark(at, found.place)).toBe(presses);
        },
      ),
    );
  });

  it('is not read where it is half painted', () => {
    const [one, other] = [1, 2].map((presses) => paint({ presses, x: 100, y: 64, block: 16 }));
    const torn: Brightness = (x, y) => (x < 612 ? one : other)?.(x, y) ?? 0;
    expect(findPhotonMark(torn, { width: WIDTH, height: HEIGHT })).toBeUndefined();
  });

  it('is not found in a picture without it', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 2_000, maxLength: 2_000 }), (noise) => {
        const at: Brightness = (x, y) => noise[(x * 7 + y * 131) % noise.length] ?? 0;
        expect(findPhotonMark(at, { width: 640, height: 64 })).toBeUndefined();
      }),
      { numRuns: 20 },
    );
  });
});
