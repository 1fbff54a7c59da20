import { expect, test } from 'vitest';
import { KeyframeCost } from '../../../server/schedule/keyframe-cost.ts';

const learned = (keyframeBytes: number, pictureBytes: number): KeyframeCost => {
  const cost = new KeyframeCost();
  cost.pictureMade(keyframeBytes, true, 16_667);
  for (let i = 0; i < 100; i += 1) cost.pictureMade(pictureBytes, false, 16_667);
  return cost;
};

test('keyframes for spectators cost 15 % of the bits', () => {
  const seconds = learned(46_000, 11_000).interval / 1e6;
  const extraPerSecond = 35_000 / seconds;
  expect(extraPerSecond / (60 * 11_000)).toBeCloseTo(0.15, 2);
});

test('they come four times a second at most, and every two seconds at least', () => {
  expect(learned(12_000, 11_000).interval).toBe(250_000);
  expect(learned(400_000, 500).interval).toBe(2_000_000);
  expect(new KeyframeCost().interval).toBe(2_000_000);
});
