import { describe, expect, test } from 'vitest';
import { Rfc4571Deframer } from '../../../server/ingest/rfc4571.ts';
import { bytes, hexOf } from '../../support/ingest/bytes.ts';

// Three frames: de ad be | (empty) | 01, with their lengths.
const STREAM = bytes('0003 deadbe 0000 0001 01');
const PACKETS = ['deadbe', '', '01'];

describe('RFC 4571 framing', () => {
  test('cuts a chunk that holds whole packets', () => {
    expect(new Rfc4571Deframer().push(STREAM).map(hexOf)).toEqual(PACKETS);
  });

  test('gives the same packets wherever the stream is split in two', () => {
    for (let at = 0; at <= STREAM.length; at++) {
      const deframer = new Rfc4571Deframer();
      const packets = [...deframer.push(STREAM.slice(0, at)), ...deframer.push(STREAM.slice(at))];
      expect(packets.map(hexOf), `split at ${at}`).toEqual(PACKETS);
    }
  });

  test('gives the same packets byte by byte', () => {
    const deframer = new Rfc4571Deframer();
    const packets = Array.from(STREAM).flatMap((byte) => [...deframer.push(Uint8Array.of(byte))]);
    expect(packets.map(hexOf)).toEqual(PACKETS);
  });

  test('takes the largest packet', () => {
    const stream = new Uint8Array(2 + 65_535).fill(0xff);
    const deframer = new Rfc4571Deframer();
    expect(deframer.push(stream.slice(0, 40_000))).toEqual([]);
    expect(deframer.push(stream.slice(40_000)).map((packet) => packet.length)).toEqual([65_535]);
  });

  test('a packet within one chunk is a view of it, not a copy', () => {
    const [packet] = new Rfc4571Deframer().push(STREAM);
    expect(packet?.buffer).toBe(STREAM.buffer);
  });

  test('forgets half a packet on reset, and half a length', () => {
    const deframer = new Rfc4571Deframer();
    deframer.push(STREAM.slice(0, 4));
    deframer.reset();
    expect(deframer.push(STREAM).map(hexOf)).toEqual(PACKETS);
    deframer.push(Uint8Array.of(0x7f));
    deframer.reset();
    expect(deframer.push(STREAM).map(hexOf)).toEqual(PACKETS);
  });
});
