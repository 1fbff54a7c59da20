import { expect, test } from 'vitest';
import { ms } from './messages.ts';
import { BesideRate } from '../../../server/schedule/beside-rate.ts';
import { EncoderYield } from '../../../server/schedule/encoder-yield.ts';

const made = (encoder: EncoderYield, share: number, pictures: number): void => {
  for (let i = 0; i < pictures; i += 1) encoder.pictureMade(share * 10_000, 10_000);
};

test('an encoder that makes two thirds of its rate is asked for half as much again, and no more', () => {
  const encoder = new EncoderYield();
  expect(encoder.boost).toBe(1);
  made(encoder, 0.67, 200);
  expect(encoder.boost).toBeCloseTo(1 / 0.67, 1);
  made(encoder, 0.3, 500);
  expect(encoder.boost).toBe(1.5);
});

test('content that fills the rate ends it within half a second', () => {
  const encoder = new EncoderYield();
  made(encoder, 0.67, 200);
  made(encoder, 1.1, 30);
  expect(encoder.boost).toBe(1);
});

test('a still screen teaches nothing', () => {
  const encoder = new EncoderYield();
  made(encoder, 0.02, 1_000);
  expect(encoder.boost).toBe(1);
});

test('what goes beside the picture counts with its heads, for a second', () => {
  const beside = new BesideRate();
  for (let at = 0; at < 1_000; at += 10) beside.sent(170, ms(at));
  expect(beside.bps(ms(999))).toBe(100 * 250 * 8);
  expect(beside.bps(ms(2_000))).toBe(0);
});
