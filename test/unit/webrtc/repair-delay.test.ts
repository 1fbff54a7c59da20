import { describe, expect, it } from 'vitest';
import { RepairDelay } from '../../../server/webrtc/repair-delay.ts';
import { at } from './tracks.ts';

const RTT_US = 40_000;

/** Feedback every 50 ms on 25 packets, of which so many are lost in each second. */
function after(seconds: number, lostPerSecond: number): RepairDelay {
  const delay = new RepairDelay();
  for (let tick = 0; tick < 20 * seconds; tick += 1) {
    delay.told(25, tick % 20 < lostPerSecond ? 1 : 0, at(tick * 50));
  }
  return delay;
}

describe('what a browser is to hold pictures back', () => {
  it('is nothing on a path without losses, nor for a few', () => {
    expect(after(10, 0).delayMs(RTT_US, at(10_000))).toBe(0);
    expect(after(10, 1).delayMs(RTT_US, at(10_000))).toBe(0);
  });

  it('covers a round trip and the time until a loss is noticed, in tens of milliseconds', () => {
    expect(after(2, 10).delayMs(RTT_US, at(2_000))).toBe(70);
    expect(after(2, 10).delayMs(43_100, at(2_000))).toBe(80);
  });

  it('stays for a while after the last losses', () => {
    const delay = after(2, 10);
    delay.told(25, 0, at(9_000));
    expect(delay.delayMs(RTT_US, at(15_000))).toBe(70);
    expect(delay.delayMs(RTT_US, at(18_000))).toBe(0);
  });

  it('is nothing where a repetition would come too late anyhow, or nobody knows when', () => {
    expect(after(2, 10).delayMs(150_000, at(2_000))).toBe(0);
    expect(after(2, 10).delayMs(undefined, at(2_000))).toBe(0);
  });
});
