import { expect, test } from 'vitest';
import { paceOf } from '../../../server/schedule/long-picture.ts';
import { link, ms } from './messages.ts';

const path = { ...link(10e6, 40), windowBytes: 75_000, standing: ms(5) };

test('pictures of the usual size leave as the path lets them', () => {
  expect(paceOf(path, 80_000)).toEqual({ windowBytes: 75_000, capacityBps: 10e6, standing: 5_000 });
});

test('one that takes long leaves with a shorter queue before what is sent beside it', () => {
  expect(paceOf(path, 160_000)).toEqual({
    windowBytes: 57_500,
    capacityBps: 8e6,
    standing: 11_000,
  });
});

test('the window is not touched where nothing is acknowledged, nor while it opens', () => {
  for (const more of [{ isAcknowledged: false }, { isProbing: true }]) {
    expect(paceOf({ ...path, ...more }, 160_000).windowBytes).toBe(75_000);
  }
});
