import { describe, expect, test } from 'vitest';
import type { VideoFormat } from '../../../gst/video-codec.ts';
import type { AccessUnit } from '../../../server/ingest/access-unit.ts';
import { readSequenceHeader } from '../../../server/ingest/av1-sequence.ts';
import { createFaultCounters } from '../../../server/ingest/faults.ts';
import { readHevcSps } from '../../../server/ingest/hevc-sps.ts';
import { PictureDepacketizer } from '../../../server/ingest/picture-depacketizer.ts';
import { parseRtpPacket } from '../../../server/ingest/rtp-packet.ts';
import { bytes, hexOf } from '../../support/ingest/bytes.ts';
import { payloads } from '../../support/ingest/codec-payloads.ts';
import { rtpPacket, splitAnnexB, type PacketFields } from '../../support/ingest/rtp.ts';

const NOW = 5_000_000_000n;

function setUp(codec: VideoFormat) {
  const faults = createFaultCounters();
  const depacketizer = new PictureDepacketizer(codec, faults);
  const push = (fields: PacketFields, lostBefore = 0): readonly AccessUnit[] => {
    const packet = parseRtpPacket(rtpPacket({ captureTime: NOW, ...fields }));
    if (packet === undefined) throw new Error('the test built a bad packet');
    return depacketizer.push({ packet, lostBefore }, NOW);
  };
  /** Pictures of one packet each, one tick apart. */
  const pushAll = (all: readonly Uint8Array[]): readonly AccessUnit[] =>
    all.flatMap((payload, index) => [...push({ payload, timestamp: index, marker: true })]);
  return { faults, depacketizer, push, pushAll };
}

describe('VP8 over RTP', () => {
  const { key, base, upper } = payloads.vp8;

  test('frames come out behind their descriptors, the size from the keyframe', () => {
    const { pushAll, depacketizer, faults } = setUp('vp8');
    const units = pushAll([key, base]);
    expect(units.map(({ data }) => hexOf(data))).toEqual([key, base].map((p) => hexOf(p.slice(1))));
    expect(units.map((unit) => unit.key)).toEqual([true, false]);
    expect(depacketizer.parameters).toEqual({ codec: 'vp8', width: 64, height: 64 });
    expect(units[1]).toMatchObject({ codec: 'vp8', dependency: 1, discardable: false });
    expect(faults).toEqual(createFaultCounters());
  });

  test('what nothing refers to is the upper layer, and the next base picture passes over it', () => {
    const { pushAll } = setUp('vp8');
    const units = pushAll([key, upper, base, upper, upper, base]);
    expect(units.map(({ temporalLayer }) => temporalLayer)).toEqual([0, 1, 0, 1, 1, 0]);
    expect(units.map(({ discardable }) => discardable)).toEqual(
      units.map(({ temporalLayer }) => temporalLayer === 1),
    );
    expect(units.map(({ dependency }) => dependency)).toEqual([0, 1, 2, 1, 2, 3]);
  });

  test('a layer id in the descriptor counts', () => {
    const { pushAll } = setUp('vp8');
    // X and N, then I L T K: a picture id of 15 bits, TL0PICIDX, and TID 2 with Y.
    const extended = bytes('b0 e0 8123 07 a0 310200e34b');
    const units = pushAll([key, extended]);
    expect(units[1]).toMatchObject({ temporalLayer: 2, discardable: true });
    expect(hexOf(units[1]?.data ?? new Uint8Array())).toBe('310200e34b');
  });

  test('a frame in several packets is one', () => {
    const { push } = setUp('vp8');
    expect(push({ payload: key.slice(0, 20) })).toEqual([]);
    const rest = Uint8Array.of(0x00, ...key.slice(20));
    const [unit] = push({ payload: rest, marker: true });
    expect(hexOf(unit?.data ?? new Uint8Array())).toBe(hexOf(key.slice(1)));
  });

  test.each([
    ['an empty payload', ''],
    ['a descriptor alone', '10'],
    ['an extension that does not fit', '90f0'],
    ['a frame tag that does not fit', '103003'],
    ['a keyframe with another start code', '10300300aabbcc40004000'],
    ['a keyframe of no width', '103003009d012a00004000'],
    ['a frame that begins in its middle', '00310200e34b'],
  ])('%s is damage and needs a keyframe', (_, hex) => {
    const { pushAll, faults } = setUp('vp8');
    const units = pushAll([key, bytes(hex), base, key]);
    expect(units.map((unit) => unit.key)).toEqual([true, true]);
    expect(faults).toMatchObject({ malformedPayloads: 1, damagedAccessUnits: 1 });
    expect(faults.undecodableAccessUnits).toBe(1);
  });
});

describe('VP9 over RTP', () => {
  const { key, delta } = payloads.vp9;

  test('frames come out behind descriptor and scalability structure', () => {
    const { pushAll, depacketizer, faults } = setUp('vp9');
    const units = pushAll([key, delta]);
    expect(hexOf(units[0]?.data ?? new Uint8Array())).toBe(hexOf(key.slice(9)));
    expect(hexOf(units[1]?.data ?? new Uint8Array())).toBe(hexOf(delta.slice(1)));
    expect(units.map((unit) => unit.key)).toEqual([true, false]);
    const parameters = { codec: 'vp09.00.10.08', width: 64, height: 64 };
    expect(depacketizer.parameters).toEqual(parameters);
    expect(faults).toEqual(createFaultCounters());
  });

  test('a frame needs its beginning and its end', () => {
    const { push, faults } = setUp('vp9');
    // B without E, then E without B.
    push({ payload: Uint8Array.of(0x0a, ...key.slice(1, 30)) });
    expect(push({ payload: Uint8Array.of(0x04, ...key.slice(30)), marker: true })).toHaveLength(1);
    push({ payload: Uint8Array.of(0x0a, ...key.slice(1, 30)), timestamp: 1, marker: true });
    expect(faults.damagedAccessUnits).toBe(1);
  });

  test.each([
    ['an empty payload', ''],
    ['a descriptor alone', '0c'],
    ['a structure that does not fit', '0eff'],
    ['bytes that are no frame', '0c0000000000'],
    ['a keyframe without the sync code', '0c82aaaaaa2003f003f4'],
  ])('%s is damage', (_, hex) => {
    const { pushAll, faults } = setUp('vp9');
    expect(pushAll([key, bytes(hex), delta])).toHaveLength(1);
    expect(faults.malformedPayloads).toBe(1);
  });
});

describe('HEVC over RTP', () => {
  const { key, delta } = payloads.hevc;

  test('a keyframe with its parameter sets, and a picture after it', () => {
    const { pushAll, depacketizer, faults } = setUp('hevc');
    const units = pushAll([key, delta]);
    expect(units.map((unit) => unit.key)).toEqual([true, false]);
    expect(splitAnnexB(units[0]?.data ?? new Uint8Array())).toHaveLength(4);
    expect(depacketizer.parameters).toEqual({ codec: 'hev1.1.6.L60.90', width: 64, height: 64 });
    expect(faults).toEqual(createFaultCounters());
  });

  test('a slice in fragments is put together', () => {
    const { push } = setUp('hevc');
    push({ payload: key, marker: true });
    const [type, body] = [1, delta.slice(2)];
    const fragment = (flags: number, part: Uint8Array) =>
      Uint8Array.of(0x62, 0x01, flags | type, ...part);
    push({ timestamp: 1, payload: fragment(0x80, body.slice(0, 3)) });
    push({ timestamp: 1, payload: fragment(0x00, body.slice(3, 6)) });
    const [unit] = push({ timestamp: 1, payload: fragment(0x40, body.slice(6)), marker: true });
    expect(hexOf(unit?.data ?? new Uint8Array())).toBe(`00000001${hexOf(delta)}`);
  });

  test('an IDR picture without its parameter sets is no keyframe', () => {
    const { pushAll, faults } = setUp('hevc');
    expect(pushAll([bytes('2801ac1ae0f06b1267')])).toEqual([]);
    expect(faults.undecodableAccessUnits).toBe(1);
  });

  test.each([
    ['nothing', ''],
    ['a forbidden bit', '820100'],
    ['an aggregate that does not fit', '6001 ffff 4001'],
    ['a fragment that goes on without a beginning', '6201 01 00'],
    ['a type beyond all', '7e0100'],
  ])('%s is damage', (_, hex) => {
    const { pushAll, faults } = setUp('hevc');
    expect(pushAll([key, bytes(hex), delta])).toHaveLength(1);
    expect(faults.malformedPayloads).toBe(1);
  });

  test('a parameter set of nonsense is none', () => {
    expect(readHevcSps(bytes('4201'))).toBeUndefined();
    expect(readHevcSps(new Uint8Array(200).fill(0xff))).toBeUndefined();
  });
});

describe('AV1 in the generic payload', () => {
  const { event, key, delta } = payloads.av1;

  test('temporal units come out; events and descriptions do not', () => {
    const { push, depacketizer, faults } = setUp('av1');
    expect(push({ payload: event, marker: true, captureTime: 4_000_000_000n })).toEqual([]);
    const [first] = push({ payload: key, marker: true, captureTime: undefined });
    const [second] = push({ timestamp: 1, payload: delta, marker: true });
    expect(hexOf(first?.data ?? new Uint8Array())).toMatch(/^12000a0b/);
    expect(first).toMatchObject({ key: true, captureTime: 4_000_000_000n, discontinuity: true });
    expect(hexOf(second?.data ?? new Uint8Array())).toBe(hexOf(delta.slice(8)));
    expect(second).toMatchObject({ key: false, dependency: 1 });
    expect(depacketizer.parameters).toEqual({ codec: 'av01.0.00M.08', width: 64, height: 64 });
    expect(faults).toEqual(createFaultCounters());
  });

  test('a unit in several parts needs each of them in its place', () => {
    const { push, faults } = setUp('av1');
    const head = key.slice(0, 30);
    const part = (offset: number, body: Uint8Array) => {
      const header = bytes('8000000000000000');
      new DataView(header.buffer).setUint32(4, offset);
      return Uint8Array.of(...header, ...body);
    };
    push({ payload: head });
    const [unit] = push({ payload: part(22, key.slice(30)), marker: true });
    expect(hexOf(unit?.data ?? new Uint8Array())).toBe(hexOf(key.slice(13)));
    push({ timestamp: 1, payload: head });
    expect(push({ timestamp: 1, payload: part(23, key.slice(30)), marker: true })).toEqual([]);
    expect(faults).toMatchObject({ malformedPayloads: 1, damagedAccessUnits: 1 });
  });

  test.each([
    ['a header alone', '0800000000000000'],
    ['less than a header', '080000'],
    ['a description without an end', '8000000000000000ffffff00'],
    ['a description beyond the payload', '80000000000000007f00'],
  ])('%s is damage', (_, hex) => {
    const { pushAll, faults } = setUp('av1');
    expect(pushAll([key, bytes(hex), delta])).toHaveLength(1);
    expect(faults.malformedPayloads).toBe(1);
  });

  test('a sequence header is found in front only, and read to its end', () => {
    const unit = bytes('12000a0b00000002affff036be4010');
    expect(readSequenceHeader(unit)).toMatchObject({ width: 64 });
    expect(readSequenceHeader(unit.slice(0, 8))).toBeUndefined();
    expect(readSequenceHeader(bytes('32020000'))).toBeUndefined();
    expect(readSequenceHeader(bytes('0a808080808080808080'))).toBeUndefined();
  });
});
