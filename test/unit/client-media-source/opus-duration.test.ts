import { expect, it } from 'vitest';
import { opusDuration } from '../../../client/media-source/opus-duration.ts';

it.each([
  ['CELT, 10 ms, one frame', [30 << 3], 480],
  ['CELT, 20 ms, one frame, stereo', [(31 << 3) | 4], 960],
  ['CELT, 2.5 ms, two frames', [(28 << 3) | 1], 240],
  ['SILK, 60 ms', [3 << 3], 2880],
  ['hybrid, 20 ms, three frames', [(13 << 3) | 3, 3], 2880],
] as const)('reads what a packet lasts: %s', (_, bytes, samples) => {
  expect(opusDuration(Uint8Array.from(bytes))).toBe(samples);
});

it.each([
  ['nothing', []],
  ['no frames', [(31 << 3) | 3, 0]],
  ['more than 120 ms', [(31 << 3) | 3, 7]],
] as const)('takes no packet of %s', (_, bytes) => {
  expect(opusDuration(Uint8Array.from(bytes))).toBeUndefined();
});
