import { describe, expect, test } from 'vitest';
import { parseRtpPacket } from '../../../server/ingest/rtp-packet.ts';
import { bytes, hexOf } from '../../support/ingest/bytes.ts';

// As rtpbin wrote it: V=2, X, marker, PT 96, sequence 1; one-byte extensions: id 1, 8 bytes 0000064f.2e98c460.
const PACKET = bytes('90e0 0001 00003129 a85d7066 bede0003 17 0000064f 2e98c460 000000 419a20');

describe('RTP packets', () => {
  test('reads a packet with its capture time', () => {
    const packet = parseRtpPacket(PACKET);
    expect(packet).toMatchObject({ marker: true, payloadType: 96, sequence: 1, timestamp: 0x3129 });
    // 0x64f = 1615 s, 0x2e98c460 / 2^32 = 0.182018540799617767… s
    expect(packet?.captureTime).toBe(1615_182_018_541n);
    expect(hexOf(packet?.payload ?? new Uint8Array())).toBe('419a20');
  });

  test('reads a packet without extension, with contributing sources', () => {
    const packet = parseRtpPacket(bytes('82 60 ffff fffffffe 00000001 aaaaaaaa bbbbbbbb 4142'));
    expect(packet).toMatchObject({ marker: false, sequence: 0xffff, timestamp: 0xfffffffe });
    expect(packet?.captureTime).toBeUndefined();
    expect(hexOf(packet?.payload ?? new Uint8Array())).toBe('4142');
  });

  test('takes padding off', () => {
    const packet = parseRtpPacket(bytes('a0 60 0000 00000000 00000001 41 000003'));
    expect(hexOf(packet?.payload ?? new Uint8Array())).toBe('41');
  });

  test.each([
    ['skips padding and other elements before it', 'bede0004 00 22aabbcc 17 0000000180000000 0000'],
    ['finds it as the last element', 'bede0003 0000 00 17 0000000180000000'],
  ])('extension list: %s', (_, extension) => {
    const packet = parseRtpPacket(bytes(`90 60 0000 00000000 00000001 ${extension} 41`));
    expect(packet?.captureTime).toBe(1_500_000_000n);
    expect(hexOf(packet?.payload ?? new Uint8Array())).toBe('41');
  });

  test.each([
    ['another id', 'bede0003 27 0000000180000000 000000'],
    ['another length', 'bede0002 16 00000001800000'],
    ['id 15 ends the list', 'bede0003 f0 00 17 0000000180000000 00'],
    ['an element longer than the list', 'bede0001 00000017'],
    ['the two-byte form', '10000003 0108 0000000180000000 0000'],
  ])('extension list without a capture time: %s', (_, extension) => {
    const packet = parseRtpPacket(bytes(`90 60 0000 00000000 00000001 ${extension} 41`));
    expect(packet).toBeDefined();
    expect(packet?.captureTime).toBeUndefined();
  });

  test.each([
    ['nothing', ''],
    ['eleven bytes', '8060 0000 00000000 000000'],
    ['version 1', '4060 0000 00000000 00000001'],
    ['contributing sources beyond the end', '8f60 0000 00000000 00000001'],
    ['an extension header beyond the end', '9060 0000 00000000 00000001 bede'],
    ['an extension beyond the end', '9060 0000 00000000 00000001 bede0001'],
    ['padding of 0', 'a060 0000 00000000 00000001 4100'],
    ['padding beyond the payload', 'a060 0000 00000000 00000001 4103'],
  ])('refuses %s', (_, hex) => {
    expect(parseRtpPacket(bytes(hex))).toBeUndefined();
  });

  test('refuses or reads every beginning of a packet without throwing', () => {
    for (let length = 0; length < 28; length++) {
      expect(parseRtpPacket(PACKET.slice(0, length)), `${length} bytes`).toBeUndefined();
    }
    expect(parseRtpPacket(PACKET.slice(0, 28))?.payload.length).toBe(0);
  });
});
