import { describe, expect, it } from 'vitest';
import { codecOfSps, findSps } from '../../../client/video/annex-b.ts';

describe('H.264 parameter set', () => {
  const sps = Uint8Array.of(0x67, 0x42, 0xc0, 0x20, 0x9a);

  it('is found behind a delimiter and before other units, with either start code', () => {
    const stream = [0, 0, 0, 1, 9, 0xf0, 0, 0, 1, ...sps, 0, 0, 0, 1, 0x68, 1, 0, 0, 1, 0x65, 1];
    expect(findSps(Uint8Array.from(stream))).toEqual(sps);
    expect(findSps(Uint8Array.of(0, 0, 1, ...sps))).toEqual(sps);
  });

  it('is not looked for behind the first slice', () => {
    expect(findSps(Uint8Array.of(0, 0, 1, 0x41, 1, 0, 0, 1, ...sps))).toBeUndefined();
    expect(findSps(new Uint8Array(0))).toBeUndefined();
  });

  it('names the codec', () => {
    expect(codecOfSps(sps)).toBe('avc1.42C020');
  });
});
