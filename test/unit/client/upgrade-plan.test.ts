import { describe, expect, it } from 'vitest';
import { UpgradePlan } from '../../../client/transport/upgrade-plan.ts';

/** When tries are due, looked at every second of an hour. */
function triesOf(plan: UpgradePlan, seconds: number): number[] {
  const tries: number[] = [];
  for (let second = 0; second <= seconds; second += 1) {
    plan.begin(second * 1_000);
    if (plan.isDue(second * 1_000)) tries.push(second);
  }
  return tries;
}

describe('the tries of a better transport', () => {
  it('begin after 30 s, and come after twice the time with each failure, at most 15 minutes', () => {
    expect(triesOf(new UpgradePlan(), 4_000)).toEqual([30, 90, 210, 450, 930, 1_830, 2_730, 3_630]);
  });

  it('begin anew once the better transport carried the session', () => {
    const plan = new UpgradePlan(2_000);
    expect(triesOf(plan, 10)).toEqual([2, 6]);
    plan.cancel();
    expect(plan.isDue(60_000)).toBe(false);
    plan.begin(60_000);
    expect([plan.isDue(61_999), plan.isDue(62_000)]).toEqual([false, true]);
  });
});
