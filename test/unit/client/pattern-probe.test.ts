import fc from 'fast-check';
import { expect, it } from 'vitest';
import {
  BLOCK,
  BLOCKS,
  crc8,
  decodePattern,
  encodePattern,
  markAgeMs,
  PATTERN_WIDTH,
  PatternProbe,
  type PatternMark,
} from '../../../client/stats/pattern-probe.ts';

/** A row of pixels as a canvas gives it, after an encoder that blurs the luma a little. */
function row(bits: readonly boolean[]): Uint8ClampedArray {
  const pixels = new Uint8ClampedArray(PATTERN_WIDTH * 4);
  bits.forEach((bit, block) =>
    pixels.fill(bit ? 228 : 22, block * BLOCK * 4, (block + 1) * BLOCK * 4),
  );
  return pixels;
}

const painted = (mark: PatternMark): Uint8ClampedArray => row(encodePattern(mark));

it('knows its CRC (CRC-8/SMBUS check value)', () => {
  expect(crc8(new TextEncoder().encode('123456789'))).toBe(0xf4);
});

it('lays a mark out as documented', () => {
  const bits = encodePattern({ counter: 1, time: 0x80000000 });
  expect(bits).toHaveLength(BLOCKS);
  const text = bits.map((bit) => (bit ? '1' : '0')).join('');
  expect(text.slice(0, 64)).toBe(
    '10100101' + '000000000000000000000001' + '10000000000000000000000000000000',
  );
});

it('reads back every mark, and no mark with a wrong bit', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: 0xffffff }),
      fc.integer({ min: 0, max: 0xffffffff }),
      fc.integer({ min: 0, max: BLOCKS - 1 }),
      (counter, time, flipped) => {
        const bits = encodePattern({ counter, time });
        expect(decodePattern((at) => (bits[at] === true ? 235 : 16))).toEqual({ counter, time });
        bits[flipped] = bits[flipped] !== true;
        expect(decodePattern((at) => (bits[at] === true ? 235 : 16))).toBeUndefined();
      },
    ),
  );
});

it('tells the age of a mark across the wrap of its time', () => {
  expect(markAgeMs({ counter: 0, time: 2 ** 32 - 50 }, (2 ** 32 + 100) / 10)).toBe(15);
});

it('collects latencies, losses and unreadable rows', () => {
  const probe = new PatternProbe();
  probe.observe(painted({ counter: 7, time: 1000 }), 112.5);
  probe.observe(painted({ counter: 7, time: 1000 }), 130);
  probe.observe(painted({ counter: 10, time: 1500 }), 170, { receivedAtMs: 165 });
  probe.observe(new Uint8ClampedArray(PATTERN_WIDTH * 4), 190);
  probe.observe(painted({ counter: 0, time: 2000 }), 210);
  expect(probe.report()).toEqual({
    read: 4,
    unreadable: 1,
    missed: 2,
    lastCounter: 0,
    latenciesMs: [12.5, 20, 10],
    shownAtMs: [112.5, 170, 210],
    receivedAtMs: [Number.NaN, 165, Number.NaN],
  });
});

it.each([0.75, 0.5, 0.25])('reads a picture at %d of its size, and of its desktop', (scale) => {
  const probe = new PatternProbe();
  probe.rowOf({ width: 1280, height: 720 });
  const place = probe.rowOf({ width: 1280 * scale, height: 720 * scale });
  expect(place).toEqual({
    y: BLOCK * scale * 0.5,
    width: Math.min(1280 * scale, PATTERN_WIDTH),
    scale,
  });
  const full = painted({ counter: 5, time: 1000 });
  const smaller = new Uint8ClampedArray((place?.width ?? 0) * 4);
  smaller.forEach((_, at) => {
    const pixel = Math.floor(((at >> 2) + 0.5) / scale);
    smaller[at] = full[pixel * 4 + (at & 3)] ?? 0;
  });
  probe.observe(smaller, 120, place);
  expect(probe.report()).toMatchObject({ read: 1, unreadable: 0, latenciesMs: [20] });
});

it('reads a desktop that became smaller', () => {
  const probe = new PatternProbe();
  probe.rowOf({ width: 1920, height: 1080 });
  const place = probe.rowOf({ width: 1280, height: 720 });
  expect(place?.width).toBe(PATTERN_WIDTH);
  probe.observe(painted({ counter: 5, time: 1000 }), 120, place);
  expect(probe.report()).toMatchObject({ read: 1, unreadable: 0 });
});

it('leaves alone what is too small for the pattern', () => {
  expect(new PatternProbe().rowOf({ width: 1024, height: 768 })).toBeUndefined();
  expect(new PatternProbe().rowOf({ width: 1280, height: 8 })).toBeUndefined();
});
