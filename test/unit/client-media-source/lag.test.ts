import fc from 'fast-check';
import { expect, it } from 'vitest';
import { catchUp } from '../../../client/media-source/lag.ts';

const lag = fc.double({ min: 0, max: 10, noNaN: true });
const target = fc.double({ min: 0.02, max: 0.3, noNaN: true });
const rate = fc.double({ min: 0.5, max: 1.5, noNaN: true });

it('plays faster the more it lags, never faster than one and a half times', () => {
  fc.assert(
    fc.property(lag, target, rate, (behind, wanted, before) => {
      const next = catchUp(behind, wanted, before).rate;
      expect(next).toBeLessThanOrEqual(1.5);
      if (behind > wanted + 0.01) expect(next).toBeGreaterThan(1);
      if (behind < wanted - 0.01) expect(next).toBeLessThan(1);
    }),
  );
});

it('gives up catching up by speed from 0.4 s on', () => {
  expect(catchUp(0.41, 0.02, 1).seeks).toBe(false);
  expect(catchUp(0.43, 0.02, 1).seeks).toBe(true);
});

it('leaves a rate that is nearly right alone', () => {
  expect(catchUp(0.023, 0.02, 1).rate).toBe(1);
});
