import { describe, expect, test } from 'vitest';
import { BandwidthEstimate } from '../../../server/schedule/bandwidth-estimate.ts';
import { ms } from './messages.ts';

const WINDOW_US = 500e3;

describe('the bandwidth of a path', () => {
  test('is no memory while samples come close to it', () => {
    const estimate = new BandwidthEstimate();
    estimate.add({ rateBps: 10e6, isAppLimited: false }, ms(0), WINDOW_US);
    for (let at = 100; at < 15_000; at += 100)
      estimate.add({ rateBps: 9.5e6, isAppLimited: true }, ms(at), WINDOW_US);
    expect(estimate.isStale(ms(15_000))).toBe(false);
    expect(estimate.value(ms(15_000))).toBe(10e6);
  });

  test('is one when all of them were far below, for ten seconds', () => {
    const estimate = new BandwidthEstimate();
    estimate.add({ rateBps: 10e6, isAppLimited: false }, ms(0), WINDOW_US);
    for (let at = 100; at < 15_000; at += 100)
      estimate.add({ rateBps: 2e6, isAppLimited: true }, ms(at), WINDOW_US);
    expect(estimate.isStale(ms(15_000))).toBe(true);
    expect(estimate.value(ms(15_000))).toBeLessThan(10e6);
  });
});
