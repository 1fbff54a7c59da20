import { expect, test } from 'vitest';

import { encodePli, encodeRemb, isRtcp } from '../../../server/ingest/rtcp.ts';
import { bytes } from '../../support/ingest/bytes.ts';

test('PLI and REMB are compound packets, byte by byte', () => {
  const report = '80c90001 00000001';
  expect(encodePli(0x12345678)).toEqual(bytes(`${report} 81ce0002 00000001 12345678`));
  // 2,000,000 = 250,000 * 2^3: exponent 3, mantissa 250,000 = 0x3d090.
  expect(encodeRemb(0x12345678, 2_000_000)).toEqual(
    bytes(`${report} 8fce0005 00000001 00000000 52454d42 010fd090 12345678`),
  );
  expect(encodeRemb(1, 0).subarray(24, 28)).toEqual(bytes('01000000'));
});

test('RTCP is told from RTP by its second byte', () => {
  expect(isRtcp(encodePli(1))).toBe(true);
  expect(isRtcp(bytes('80e0 0000'))).toBe(false);
  expect(isRtcp(bytes('8060 0000'))).toBe(false);
  expect(isRtcp(new Uint8Array(0))).toBe(false);
});
