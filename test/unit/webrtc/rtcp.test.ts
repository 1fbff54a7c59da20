import { describe, expect, it } from 'vitest';
import { compactNtp, NtpClock } from '../../../server/webrtc/ntp.ts';
import { readRtcp } from '../../../server/webrtc/rtcp-reader.ts';
import { encodeSenderReport } from '../../../server/webrtc/sender-report.ts';
import { bytes, hexOf } from '../../support/ingest/bytes.ts';
import { at } from './tracks.ts';

describe('RTCP of a peer', () => {
  it('names packets that were lost, with the 16 after the first', () => {
    const nack = bytes('81cd 0003 00000001 00000457 fffe 8001');
    expect(readRtcp(nack)).toEqual([
      { type: 'lost', ssrc: 1_111, sequences: [65_534, 65_535, 14] },
    ]);
  });

  it.each([
    ['PLI', '81ce 0002 00000001 00000457'],
    ['FIR', '84ce 0004 00000001 00000000 00000457 01000000'],
  ])('asks for a keyframe by %s', (_, hex) => {
    expect(readRtcp(bytes(hex))).toEqual([{ type: 'keyframe' }]);
  });

  it('reports in a compound packet, behind which more may follow', () => {
    const report = '81c9 0007 00000001 00000457 40fffffe 00000010 00000005 12345678 00010000';
    expect(readRtcp(bytes(`${report} 81ce 0002 00000001 00000457`))).toEqual([
      {
        ...{ type: 'report', ssrc: 1_111, lost: -2, lostShare: 0.25 },
        ...{ lastReport: 0x12345678, delay: 65_536 },
      },
      { type: 'keyframe' },
    ]);
  });

  it.each([
    ['of its path', '8fce 0005 00000001 00000000 52454d42 010b0d40 00000457', [800_000]],
    ['that would be another thing', '8fce 0005 00000001 00000000 41424344 010b0d40 00000457', []],
    ['that is cut', '8fce 0003 00000001 00000000 52454d42', []],
  ])('has an estimate %s', (_, hex, expected) => {
    const read = readRtcp(bytes(hex));
    expect(read.flatMap((one) => (one.type === 'estimate' ? [one.bps] : []))).toEqual(expected);
  });

  const fatesOf = (content: string, words: string) => {
    const [read] = readRtcp(bytes(`8fcd ${words} 00000001 00000457 ${content}`));
    if (read?.type !== 'arrivals') throw new Error('expected arrivals');
    return read.fates.map(({ sequence, arrival }) => [sequence, arrival]);
  };

  it('tells of arrivals: a vector of two bits, a run, small deltas and a negative one', () => {
    const content = 'fffe 0009 000002 07 d600 2002 04 08 fffc 04 0c 0000';
    expect(fatesOf(content, '0007')).toEqual([
      [65_534, 129_000],
      [65_535, 131_000],
      [0, 130_000],
      [1, undefined],
      [2, undefined],
      [3, undefined],
      [4, undefined],
      [5, 131_000],
      [6, 134_000],
    ]);
  });

  it('tells of arrivals: a vector of one bit', () => {
    expect(fatesOf('0000 0003 000000 00 a800 04 04', '0005')).toEqual([
      [0, 1_000],
      [1, undefined],
      [2, 2_000],
    ]);
  });

  it('is left alone from where a length does not fit', () => {
    expect(readRtcp(bytes('81ce 0002 00000001 00000457 81cd 0009 00'))).toEqual([
      { type: 'keyframe' },
    ]);
  });
});

describe('a sender report', () => {
  it('has the time twice, the counts, and the name that the tracks share', () => {
    const ntp = new NtpClock(1_700_000_000_500_000, at(500));
    const time = ntp.at(at(500));
    expect(time).toEqual({ seconds: 3_908_988_800, fraction: 0x8000_0000 });
    expect(compactNtp(time)).toBe(0x6f80_8000);
    const sent = { packets: 5, octets: 1_000 };
    const report = encodeSenderReport({ ssrc: 1_111, time, timestamp: 90_000, sent });
    expect(hexOf(report)).toBe(
      '80c80006' +
        '00000457' +
        'e8fe6f80' +
        '80000000' +
        '00015f90' +
        '00000005' +
        '000003e8' +
        '81ca0003' +
        '00000457' +
        '01056f7269656c00',
    );
  });
});
