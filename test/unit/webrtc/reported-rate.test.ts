import { describe, expect, it } from 'vitest';
import { ReportedRate } from '../../../server/webrtc/reported-rate.ts';
import { at } from './tracks.ts';

/** Sends at a rate, or at what is allowed where that is less, with a report each second; what is allowed after each. */
function run(sentBps: number, lostShares: readonly number[]): readonly number[] {
  const rate = new ReportedRate(at(0));
  return lostShares.map((lostShare, index) => {
    const now = at((index + 1) * 1_000);
    rate.sent(Math.min(sentBps, rate.bps(now)) / 8);
    rate.reported(lostShare, now);
    return rate.bps(now);
  });
}

describe('what may be sent to a peer that reports only', () => {
  it('is anything while hardly anything is lost', () => {
    expect(run(4e6, [0, 0.01, 0.05, 0.1])).toEqual([Infinity, Infinity, Infinity, Infinity]);
  });

  it('goes down by half of the share that is lost, from what was sent, as far as a picture can be read', () => {
    const [first = 0, second = 0] = run(4e6, [0.5, 0.2]);
    expect([first, Math.round(second)]).toEqual([3e6, 2.7e6]);
    expect(
      run(
        4e6,
        Array.from({ length: 40 }, () => 0.9),
      ).at(-1),
    ).toBe(300e3);
  });

  it('stays while some packets are lost, and comes back by a twelfth a second once none are', () => {
    const [first = 0, held = 0, risen = 0] = run(4e6, [0.5, 0.05, 0]);
    expect([first, held]).toEqual([3e6, 3e6]);
    expect(risen / held).toBeCloseTo(1.08);
  });

  it('takes a report that comes twice once', () => {
    const rate = new ReportedRate(at(0));
    rate.sent(500_000);
    rate.reported(0.5, at(1_000));
    rate.reported(0.5, at(1_001));
    expect(rate.bps(at(1_001))).toBe(3e6);
  });

  it('is never more than the peer’s own estimate, for 10 s', () => {
    const rate = new ReportedRate(at(0));
    rate.estimated(1e6, at(0));
    expect([rate.bps(at(9_000)), rate.bps(at(11_000))]).toEqual([1e6, Infinity]);
    rate.estimated(1, at(11_000));
    expect(rate.bps(at(11_000))).toBe(300e3);
  });
});
