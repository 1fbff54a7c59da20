import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { micros } from '../../../protocol/time.ts';
import { ChangeWaits } from '../../../server/session/change-waits.ts';

const ms = (value: number) => micros(Math.round(value * 1000));
const change = (quietSinceMs: number, changedMs: number) => ({
  quietSince: ms(quietSinceMs),
  changedAt: ms(changedMs),
});

describe('the wait of a change for its capture', () => {
  it('ends with the first picture after it', () => {
    const waits = new ChangeWaits();
    waits.captured(ms(0));
    waits.seen(change(1, 10));
    waits.seen(change(20, 30));
    expect(waits.captured(ms(16))).toBe(6_000);
    expect(waits.captured(ms(33))).toBeUndefined();
    expect(waits.captured(ms(49))).toBeUndefined();
  });

  it('is not known when the watch began too late to see what came first', () => {
    const waits = new ChangeWaits();
    waits.captured(ms(0));
    waits.seen(change(2.1, 10));
    expect(waits.captured(ms(16))).toBeUndefined();
    waits.seen(change(18, 30));
    expect(waits.captured(ms(33))).toBe(3_000);
  });

  it('is long where the capture was halted and the watch was not', () => {
    const waits = new ChangeWaits();
    waits.captured(ms(100));
    waits.seen(change(90, 5_000));
    expect(waits.captured(ms(5_040))).toBe(40_000);
  });

  it('is not known of the first picture, and is none without a change', () => {
    const waits = new ChangeWaits();
    waits.seen(change(0, 10));
    expect(waits.captured(ms(16))).toBeUndefined();
    expect(waits.captured(ms(33))).toBeUndefined();
  });

  it('lies between nothing and the time since the picture before', () => {
    const moment = fc.integer({ min: 0, max: 2_000_000 });
    const events = fc.array(fc.tuple(moment, moment, fc.boolean()), { maxLength: 60 });
    fc.assert(
      fc.property(events, (given) => {
        const waits = new ChangeWaits();
        let before: number | undefined;
        const sorted = given
          .map(([at, early, isPicture]) => ({ at, since: Math.min(at, early), isPicture }))
          .sort((a, b) => a.at - b.at);
        for (const { at, since, isPicture } of sorted) {
          if (!isPicture) {
            waits.seen({ quietSince: micros(since), changedAt: micros(at) });
            continue;
          }
          const waited = waits.captured(micros(at));
          if (waited !== undefined) {
            expect(waited).toBeGreaterThanOrEqual(0);
            expect(waited).toBeLessThan(at - (before ?? Number.NaN));
          }
          before = at;
        }
      }),
    );
  });
});

describe('the next capture', () => {
  it('is on the beat of those before', () => {
    const waits = new ChangeWaits();
    expect(waits.nextCapture(ms(7), 20_000)).toBe(7_000);
    waits.captured(ms(100));
    expect(waits.nextCapture(ms(90), 20_000)).toBe(90_000);
    expect(waits.nextCapture(ms(101), 20_000)).toBe(120_000);
    expect(waits.nextCapture(ms(160), 20_000)).toBe(160_000);
    expect(waits.nextCapture(ms(161), 20_000)).toBe(180_000);
  });
});
