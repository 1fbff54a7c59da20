import { expect, test } from 'vitest';
import { KeyframePrice } from '../../../server/schedule/keyframe-price.ts';

test('a keyframe costs as much of the rate as the last ones did', () => {
  const price = new KeyframePrice();
  expect(price.bytesAt(8e6)).toBe(0);
  price.seen(50_000, 8e6);
  expect(price.bytes).toBe(50_000);
  expect(price.bytesAt(2e6)).toBe(12_500);
  price.seen(10_000, 2e6);
  expect(price.bytes).toBe(30_000);
  expect(price.bytesAt(5e6)).toBe(30_000);
});

test('no more than they were at a higher rate, nor where a rate is unknown', () => {
  const price = new KeyframePrice();
  price.seen(50_000, 0);
  expect(price.bytesAt(1e6)).toBe(50_000);
  price.seen(50_000, 4e6);
  expect(price.bytesAt(8e6)).toBe(50_000);
  expect(price.bytesAt(0)).toBe(50_000);
});
