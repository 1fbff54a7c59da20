import { expect, it } from 'vitest';
import { inputRecord } from '../../lab/pointer-probe.ts';

const from = { place: { left: 10, top: 20, height: 720, scale: 2 }, beginMs: 1_000 };

it('finds each motion where it was sent, scaled', () => {
  const sent = { x: [20, 30], y: [25, 25], atMs: [1_000, 1_050] };
  const seen = { x: [21, 40], y: [10, 9], atMs: [1_030, 1_090] };
  expect(inputRecord(sent, seen, from)).toEqual({
    motions: [
      { atMs: 0, latencyMs: 30, bytes: 0 },
      { atMs: 50, latencyMs: 40, bytes: 0 },
    ],
    missing: 0,
  });
});

it('counts a motion that never came, and takes no other one for it', () => {
  const sent = { x: [20, 30, 40], y: [25, 25, 25], atMs: [1_000, 1_050, 1_100] };
  const seen = { x: [60], y: [10], atMs: [1_120] };
  const { motions, missing } = inputRecord(sent, seen, from);
  expect(motions.map(({ atMs, latencyMs }) => [atMs, latencyMs])).toEqual([[100, 20]]);
  expect(missing).toBe(2);
});

it('takes no motion of an earlier pass over the same place', () => {
  const sent = { x: [20], y: [25], atMs: [2_000] };
  const seen = { x: [20, 20], y: [10, 10], atMs: [1_500, 2_035] };
  expect(inputRecord(sent, seen, from).motions[0]?.latencyMs).toBe(35);
});
