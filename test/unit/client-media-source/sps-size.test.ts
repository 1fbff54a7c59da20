import { expect, it } from 'vitest';
import { splitAnnexB } from '../../../client/media-source/avc-stream.ts';
import { sizeOfSps } from '../../../client/media-source/sps-size.ts';
import { probeKeyframes } from '../../../client/video/probe-keyframes.ts';

it.each(probeKeyframes.filter(({ codec }) => codec.startsWith('avc1')))(
  'reads the size out of a parameter set of $codec',
  ({ keyframe }) => {
    const bytes = Uint8Array.from(atob(keyframe), (character) => character.charCodeAt(0));
    const [sps = new Uint8Array()] = splitAnnexB(bytes);
    expect(sizeOfSps(sps)).toEqual({ width: 64, height: 64 });
  },
);

it('takes cropping off: 1080 lines are coded as 1088', () => {
  // Baseline, level 4: 120 by 68 macroblocks, of which the last 8 lines are cut off.
  const sps = Uint8Array.of(0x67, 0x42, 0xc0, 0x28, 0xda, 0x01, 0xe0, 0x08, 0x9f, 0x96, 0x10);
  expect(sizeOfSps(sps)).toEqual({ width: 1920, height: 1080 });
});

it('makes nothing of noise', () => {
  expect(sizeOfSps(new Uint8Array())).toBeUndefined();
  expect(sizeOfSps(new Uint8Array(40).fill(0))).toBeUndefined();
});
