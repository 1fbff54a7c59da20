import { describe, expect, test } from 'vitest';
import { BitReader, BitWriter } from '../../../server/ingest/bit-stream.ts';
import { lowDelaySps } from '../../../server/ingest/h264-sps.ts';
import { bytes, hexOf } from '../../support/ingest/bytes.ts';

const ready = (hex: string) => {
  const sps = lowDelaySps(bytes(hex));
  if (sps === undefined) throw new Error(`unreadable: ${hex}`);
  return { hex: hexOf(sps.nal), ...sps.parameters };
};

describe('sequence parameter sets', () => {
  // Parameter sets as the encoders of Debian 12 wrote them; what they become was checked with a second parser.
  test.each([
    [
      'x264 zerolatency, constrained baseline: says 0 already, stays as it is',
      '6742c020da014016ec05a808080a000003000200000300f11e306540',
      '6742c020da014016ec05a808080a000003000200000300f11e306540',
      { codec: 'avc1.42C020', width: 1280, height: 720 },
    ],
    [
      'openh264: says 0 already',
      '6742c0288c8d403c0113f2c03c2211a8',
      '6742c0288c8d403c0113f2c03c2211a8',
      { codec: 'avc1.42C028', width: 1920, height: 1080 },
    ],
    [
      'x264 high with B-frames: 2 becomes 0, the rest of the restriction stays',
      '67640028acd940780227e5c05a808080a0000003002000000791e30632c0',
      '67640028acd940780227e5c05a808080a0000003002000000791e3064b',
      { codec: 'avc1.640028', width: 1920, height: 1080 },
    ],
    [
      'x264 high 4:4:4, cropped to 1366: 2 becomes 0',
      '67f40020919b280ac0c3c5f80b50101014000003000400000300f23c60c658',
      '67f40020919b280ac0c3c5f80b50101014000003000400000300f23c60c960',
      { codec: 'avc1.F40020', width: 1366, height: 768 },
    ],
    [
      'baseline without a VUI: gets one',
      '6742001e95a8280f64',
      '6742001e95a8280f6807844235',
      { codec: 'avc1.42001E', width: 640, height: 480 },
    ],
  ])('%s', (_, from, to, parameters) => {
    expect(ready(from)).toEqual({ hex: to, ...parameters });
  });

  test('reads what it wrote as low-delay', () => {
    const { hex } = ready('6742001e95a8280f64');
    const written = bytes(hex);
    expect(lowDelaySps(written)?.nal).toBe(written);
  });

  test('finds the size behind scaling lists', () => {
    const writer = new BitWriter();
    for (const value of [100, 0, 31]) writer.unsigned(value, 8);
    writer.exponential(0); // id
    writer.exponential(1); // 4:2:0
    writer.exponential(0);
    writer.exponential(0);
    writer.bit(0);
    writer.bit(1); // scaling matrix: the first list has two entries, the others are absent
    writer.bit(1);
    writer.exponential(0); // se(0): next = 8
    writer.exponential(16); // se(-8): next = 0 ends the list
    writer.unsigned(0, 7);
    writer.exponential(0);
    writer.exponential(2); // picture order count type
    writer.exponential(1); // reference frames
    writer.bit(0);
    writer.exponential(79); // 1280
    writer.exponential(44); // 720
    writer.unsigned(0b1100, 4); // frames only, direct 8x8, no crop, no VUI
    const sps = lowDelaySps(Uint8Array.of(0x67, ...writer.finish()));
    expect(sps?.parameters).toEqual({ codec: 'avc1.64001F', width: 1280, height: 720 });
  });

  test('refuses every beginning of a parameter set, without throwing', () => {
    const sps = bytes('67640028acd940780227e5c05a808080a0000003002000000791e30632c0');
    for (let length = 0; length < sps.length - 2; length++) {
      expect(lowDelaySps(sps.slice(0, length)), `${length} bytes`).toBeUndefined();
    }
  });

  test('refuses a parameter set of absurd length', () => {
    const sps = bytes('6742001e95a8280f64');
    const long = new Uint8Array(5000);
    long.set(sps);
    expect(lowDelaySps(long)).toBeUndefined();
  });
});

describe('bit streams', () => {
  test('reads zeros and says so behind the end', () => {
    const reader = new BitReader(bytes('80'));
    expect([reader.exponential(), reader.overrun]).toEqual([0, false]);
    expect([reader.unsigned(32), reader.overrun]).toEqual([0, true]);
  });

  test('ends an endless Exp-Golomb code', () => {
    const reader = new BitReader(new Uint8Array(100));
    expect([reader.exponential(), reader.overrun]).toEqual([0, true]);
  });

  test('reads signed codes in the order of table 9-3', () => {
    const writer = new BitWriter();
    for (const code of [0, 1, 2, 3, 4]) writer.exponential(code);
    const reader = new BitReader(writer.finish());
    const values = Array.from({ length: 5 }, () => reader.signedExponential());
    expect(values.map((value) => value + 0)).toEqual([0, 1, -1, 2, -2]);
  });
});
