import { describe, expect, it } from 'vitest';
import { Liveness } from '../../../client/transport/liveness.ts';

describe('liveness', () => {
  it('is lost after 2 s of silence with a ping out for 1 s', () => {
    const liveness = new Liveness(0);
    liveness.asked(400_000);
    liveness.asked(800_000);
    expect(liveness.isLost(1_900_000)).toBe(false);
    expect(liveness.isLost(2_000_001)).toBe(true);
    liveness.heard(2_100_000);
    expect(liveness.isLost(2_200_000)).toBe(false);
  });

  it('does not blame the server for the sleep of the tab', () => {
    const liveness = new Liveness(0);
    expect(liveness.isLost(60_000_000)).toBe(false);
    liveness.asked(60_000_000);
    expect(liveness.isLost(60_500_000)).toBe(false);
    expect(liveness.isLost(61_000_001)).toBe(true);
  });
});
