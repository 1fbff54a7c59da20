import { describe, expect, it } from 'vitest';
import { Acknowledger } from '../../../client/transport/acknowledger.ts';
import { micros32 } from '../../../protocol/time.ts';

describe('acknowledger', () => {
  it('is due after enough bytes, and says what came last and how long it waited', () => {
    const acknowledger = new Acknowledger();
    const unit = { bytes: 1400, sendTime: micros32(7), now: 1000 };
    expect(acknowledger.received(unit)).toBe(false);
    expect(acknowledger.received({ ...unit, sendTime: micros32(9), now: 1500 })).toBe(true);
    expect(acknowledger.take(1900)).toEqual({
      cumulativeBytes: 2800,
      sendTime: 9,
      receivedAt: 1500,
      hold: 400,
    });
    expect(acknowledger.take(2000)).toBeUndefined();
  });

  it('counts padding, which has no send stamp', () => {
    const acknowledger = new Acknowledger();
    acknowledger.received({ bytes: 100, sendTime: micros32(7), now: 0 });
    acknowledger.received({ bytes: 50, sendTime: undefined, now: 10 });
    expect(acknowledger.take(10)).toMatchObject({ cumulativeBytes: 150, sendTime: 7 });
  });
});
