import { describe, expect, test } from 'vitest';
import { ProtocolError } from '../../../protocol/errors.ts';
import { takesStream } from '../../../protocol/video-codec.ts';
import { readStreamCodec, streamCodec } from '../../../protocol/stream-codec.ts';

const raw = (text: string) => [{ id: 5, bytes: Uint8Array.from(Buffer.from(text, 'latin1')) }];

describe('the codec of a KEY', () => {
  test.each(['vp8', 'avc1.42C028', 'vp09.00.41.08', 'hev1.1.6.L93.B0', 'av01.0.08M.08'])(
    '%s is read as it was written',
    (codec) => {
      expect(readStreamCodec([streamCodec(codec)])).toBe(codec);
    },
  );

  test('is absent when nothing says it', () => {
    expect(readStreamCodec([{ id: 4, bytes: Uint8Array.of(1) }])).toBeUndefined();
  });

  test.each([
    ['nothing', '', 'E_TEXT'],
    ['a line break', 'vp8\n', 'E_TEXT'],
    ['letters beyond ASCII', 'vp\u00fc', 'E_TEXT'],
    ['65 characters', 'v'.repeat(65), 'E_SIZE'],
  ])('%s is refused', (_, text, code) => {
    expect(() => readStreamCodec(raw(text))).toThrow(ProtocolError);
    expect(() => readStreamCodec(raw(text))).toThrow(expect.objectContaining({ code }));
    expect(() => streamCodec(text)).toThrow(RangeError);
  });
});

describe('what a client takes', () => {
  test.each([
    [['avc1.42C02A', 'vp8'], 'avc1.640028', true],
    [['vp09.00.41.08'], 'vp09.02.10.10', true],
    [['avc1.42C02A', 'vp09.00.41.08'], 'hev1.1.6.L93.90', false],
    [['vp8'], 'av01.0.08M.08', false],
    [[], 'av01.0.08M.08', true],
  ])('%j: %s is %s', (codecs, stream, taken) => {
    expect(takesStream(codecs, stream)).toBe(taken);
  });
});
