import { describe, expect, it } from 'vitest';
import { FeedbackWatch } from '../../../server/webrtc/feedback-watch.ts';
import { at } from './tracks.ts';

describe('a peer that agreed to tell of packets', () => {
  it('is not waited for when it says other things, and nothing of packets', () => {
    const watch = new FeedbackWatch(true, at(0));
    watch.heard(at(1_000));
    watch.look(at(100), at(1_500));
    expect(watch.isTold).toBe(true);
    watch.look(at(100), at(1_700));
    expect([watch.isTold, watch.limitBps(at(1_700))]).toEqual([false, Infinity]);
  });

  it('is waited for when nothing at all is heard: the path may be dead', () => {
    const watch = new FeedbackWatch(true, at(0));
    watch.heard(at(1_000));
    watch.look(at(900), at(3_000));
    expect(watch.isTold).toBe(true);
  });

  it('is waited for while it told of something lately, or nothing is under way', () => {
    const watch = new FeedbackWatch(true, at(0));
    watch.told(at(2_000));
    watch.heard(at(3_000));
    watch.look(at(500), at(3_000));
    watch.look(undefined, at(3_500));
    expect(watch.isTold).toBe(true);
  });

  it('is believed again as soon as it does', () => {
    const watch = new FeedbackWatch(true, at(0));
    watch.heard(at(2_000));
    watch.look(at(0), at(2_000));
    watch.told(at(2_500));
    expect([watch.isTold, watch.limitBps(at(2_500))]).toEqual([true, undefined]);
  });
});

describe('a peer that did not', () => {
  const rates = { bandwidthBps: 0, capacityBps: 0 };

  it('bounds what is sent by its reports', () => {
    const watch = new FeedbackWatch(false, at(0));
    expect(watch.bound(rates, at(0))).toEqual(rates);
    watch.reported.estimated(1e6, at(0));
    expect(watch.bound(rates, at(0))).toEqual({ bandwidthBps: 0, capacityBps: 1e6 });
    watch.told(at(0));
    expect(watch.isTold).toBe(false);
  });
});
