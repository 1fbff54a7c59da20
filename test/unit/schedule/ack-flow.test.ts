import { expect, test } from 'vitest';
import { AckFlow } from '../../../server/schedule/ack-flow.ts';
import { ms } from './messages.ts';

const ROUND_TRIP = ms(40);

/** Something is sent every 5 ms and acknowledged, until `toMs`. */
const flowing = (toMs: number): AckFlow => {
  const flow = new AckFlow();
  flow.sent(true, ROUND_TRIP, ms(0));
  for (let at = 40; at <= toMs; at += 5) {
    flow.sent(false, ROUND_TRIP, ms(at));
    flow.acknowledged(ms(at), false);
  }
  return flow;
};

test('acknowledgements that cease for 40 ms while something is under way are a stall', () => {
  const flow = flowing(500);
  expect(flow.isStalled(ms(540))).toBe(false);
  expect(flow.isStalled(ms(541))).toBe(true);
  expect(flow.isSteady(ms(541))).toBe(false);
});

test('after one it takes 75 ms until their rate is that of the path', () => {
  const flow = flowing(500);
  flow.acknowledged(ms(700), false);
  expect(flow.isStalled(ms(700))).toBe(false);
  for (let at = 705; at <= 775; at += 5) flow.acknowledged(ms(at), false);
  expect(flow.isSteady(ms(774))).toBe(false);
  expect(flow.isSteady(ms(775))).toBe(true);
});

test('nothing is missed while nothing is under way, nor in the first round trip after', () => {
  const flow = flowing(500);
  flow.acknowledged(ms(505), true);
  expect(flow.isStalled(ms(5_000))).toBe(false);
  flow.sent(true, ROUND_TRIP, ms(5_000));
  expect(flow.isStalled(ms(5_080))).toBe(false);
  expect(flow.isStalled(ms(5_081))).toBe(true);
});
