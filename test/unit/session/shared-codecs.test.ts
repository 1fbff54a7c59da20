import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { defaultStreamSettings } from '../../../protocol/stream-settings.ts';
import { decodableCodecs, videoCodecNames } from '../../../protocol/video-codec.ts';
import {
  commonCodecs,
  fittingCodec,
  settableCodecs,
} from '../../../server/session/shared-codecs.ts';
import { openRules } from '../../support/open-rules.ts';

const [H264, VP8, VP9, AV1] = ['avc1.42C028', 'vp8', 'vp09.00.10.08', 'av01.0.04M.08'] as const;
const ENCODABLE = ['h264', 'vp8', 'vp9', 'av1'] as const;

describe('the kinds of video that fit everybody', () => {
  it('are those that every viewer decodes, in the order of the encoders', () => {
    expect(commonCodecs(ENCODABLE, [])).toEqual(ENCODABLE);
    expect(commonCodecs(ENCODABLE, [[VP9, H264, VP8]])).toEqual(['h264', 'vp8', 'vp9']);
    expect(
      commonCodecs(ENCODABLE, [
        [VP9, H264, VP8],
        [VP8, AV1],
      ]),
    ).toEqual(['vp8']);
    expect(commonCodecs(ENCODABLE, [[H264], [VP8]])).toEqual([]);
  });

  it('are not fewer for a viewer that has not said', () => {
    expect(commonCodecs(ENCODABLE, [[], [VP8]])).toEqual(['vp8']);
  });

  it('never hold one that somebody cannot decode', () => {
    const strings = fc.subarray([H264, VP8, VP9, AV1, 'hvc1.1.6.L93.B0']);
    fc.assert(
      fc.property(fc.subarray([...videoCodecNames]), fc.array(strings), (encodable, viewers) => {
        const common = commonCodecs(encodable, viewers);
        for (const decodes of viewers) {
          if (decodes.length === 0) continue;
          const own = decodableCodecs(decodes);
          expect(common.filter((name) => !own.includes(name))).toEqual([]);
        }
        const fitting = fittingCodec('av1', encodable, common);
        if (fitting !== 'auto') expect(common).toContain(fitting);
        else if (common.length > 0) expect(common[0]).toBe(encodable[0]);
      }),
    );
  });
});

describe('the encoder', () => {
  it('is set to the wish where that fits, else to the first kind that does', () => {
    expect(fittingCodec('vp9', ENCODABLE, ['vp8', 'vp9'])).toBe('vp9');
    expect(fittingCodec('vp9', ENCODABLE, ['vp8'])).toBe('vp8');
    expect(fittingCodec('vp9', ENCODABLE, ['h264', 'vp8'])).toBe('auto');
    expect(fittingCodec('auto', ENCODABLE, ['vp8', 'vp9'])).toBe('vp8');
    expect(fittingCodec('auto', ENCODABLE, ENCODABLE)).toBe('auto');
  });

  it('is never set to another kind than the one that is fixed', () => {
    const rules = { ...openRules, defaults: { ...defaultStreamSettings, codec: 'vp9' as const } };
    expect(settableCodecs(ENCODABLE, rules)).toEqual(ENCODABLE);
    const locked = { ...rules, policy: { ...rules.policy, locked: ['codec' as const] } };
    expect(settableCodecs(ENCODABLE, locked)).toEqual(['vp9']);
  });
});
