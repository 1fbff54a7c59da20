import { describe, expect, test } from 'vitest';
import type { AccessUnit } from '../../../server/ingest/access-unit.ts';
import { createFaultCounters } from '../../../server/ingest/faults.ts';
import { PictureDepacketizer } from '../../../server/ingest/picture-depacketizer.ts';
import type { OrderedPacket } from '../../../server/ingest/reorder.ts';
import { parseRtpPacket } from '../../../server/ingest/rtp-packet.ts';
import { bytes, hexOf } from '../../support/ingest/bytes.ts';
import { annexB, fuA, nal, rtpPacket, stapA, type PacketFields } from '../../support/ingest/rtp.ts';

const NOW = 5_000_000_000n;
const KEYFRAME = stapA([nal.sps, nal.pps, nal.idr]);

function setUp() {
  const faults = createFaultCounters();
  const depacketizer = new PictureDepacketizer('h264', faults);
  const push = (fields: PacketFields, lostBefore = 0): readonly AccessUnit[] => {
    const packet = parseRtpPacket(rtpPacket({ captureTime: NOW, ...fields }));
    if (packet === undefined) throw new Error('the test built a bad packet');
    const ordered: OrderedPacket = { packet, lostBefore };
    return depacketizer.push(ordered, NOW);
  };
  return { faults, depacketizer, push };
}

const hexes = (units: readonly AccessUnit[]) => units.map(({ data }) => hexOf(data));

describe('H.264 over RTP', () => {
  test('a keyframe in one STAP-A', () => {
    const { push, depacketizer } = setUp();
    const units = push({ marker: true, captureTime: 4_990_000_000n, payload: KEYFRAME });
    expect(units).toHaveLength(1);
    expect(units[0]).toMatchObject({
      kind: 'video',
      codec: 'h264',
      key: true,
      captureTime: 4_990_000_000n,
      arrivalTime: NOW,
      discardable: false,
      temporalLayer: 0,
      dependency: 0,
      durationUs: 0,
      discontinuity: true,
    });
    expect(hexes(units)).toEqual([hexOf(annexB([nal.sps, nal.pps, nal.idr]))]);
    expect(depacketizer.parameters).toEqual({ codec: 'avc1.42C020', width: 1280, height: 720 });
  });

  test('the same keyframe in single NAL unit packets and in FU-A', () => {
    const { push, faults } = setUp();
    expect(push({ payload: nal.sps })).toEqual([]);
    expect(push({ payload: nal.pps })).toEqual([]);
    const fragments = fuA(nal.idr, 3);
    expect(fragments.length).toBe(3);
    const units = fragments.flatMap((payload, index) => [
      ...push({ payload, marker: index === 2 }),
    ]);
    expect(hexes(units)).toEqual([hexOf(annexB([nal.sps, nal.pps, nal.idr]))]);
    expect(units[0]?.key).toBe(true);
    expect(faults).toEqual(createFaultCounters());
  });

  test('a picture after it depends on it and knows its duration', () => {
    const { push } = setUp();
    push({ marker: true, captureTime: 4_000_000_000n, payload: KEYFRAME });
    const captureTime = 4_016_667_000n;
    const [unit] = push({ timestamp: 1500, marker: true, captureTime, payload: nal.delta });
    expect(unit).toMatchObject({ key: false, dependency: 1, durationUs: 16_667 });
    expect(unit).toMatchObject({ discardable: false, discontinuity: false });
  });

  test('a picture that nothing refers to is discardable', () => {
    const { push } = setUp();
    push({ marker: true, payload: KEYFRAME });
    const [unit] = push({ timestamp: 1500, marker: true, payload: nal.disposable });
    expect(unit?.discardable).toBe(true);
  });

  test('makes the parameter set say max_num_reorder_frames = 0', () => {
    const { push } = setUp();
    const sps = bytes('6742001e95a8280f64');
    const [unit] = push({ marker: true, payload: stapA([sps, nal.pps, nal.idr]) });
    const ready = bytes('6742001e95a8280f6807844235');
    expect(hexOf(unit?.data ?? new Uint8Array())).toBe(hexOf(annexB([ready, nal.pps, nal.idr])));
  });

  test('an unreadable parameter set passes as it is, counted', () => {
    const { push, faults } = setUp();
    const [unit] = push({ marker: true, payload: stapA([bytes('6742'), nal.pps, nal.idr]) });
    expect(hexOf(unit?.data ?? new Uint8Array())).toContain('0000000167420000000168');
    expect(faults.unreadableParameterSets).toBe(1);
  });

  test('a new timestamp ends an access unit whose marker is missing', () => {
    const { push } = setUp();
    expect(push({ payload: KEYFRAME })).toEqual([]);
    const units = push({ timestamp: 1500, marker: true, payload: nal.delta });
    expect(units.map(({ key }) => key)).toEqual([true, false]);
  });

  test('nothing comes before the first keyframe', () => {
    const { push, faults } = setUp();
    expect(push({ marker: true, payload: nal.delta })).toEqual([]);
    expect(push({ timestamp: 1500, marker: true, payload: nal.idr })).toEqual([]);
    expect(faults.undecodableAccessUnits).toBe(2);
    expect(push({ timestamp: 3000, marker: true, payload: KEYFRAME })).toHaveLength(1);
  });

  test('an IDR without parameter sets is no place to start, but goes on', () => {
    const { push } = setUp();
    push({ marker: true, payload: KEYFRAME });
    const [unit] = push({ timestamp: 1500, marker: true, payload: nal.idr });
    expect(unit).toMatchObject({ key: false, dependency: 1 });
  });

  test('a loss drops everything up to the next keyframe, which says so', () => {
    const { push, faults } = setUp();
    push({ marker: true, payload: KEYFRAME });
    expect(push({ timestamp: 3000, marker: true, payload: nal.delta }, 1)).toEqual([]);
    expect(push({ timestamp: 4500, marker: true, payload: nal.delta })).toEqual([]);
    const [unit] = push({ timestamp: 6000, marker: true, payload: KEYFRAME });
    expect(unit).toMatchObject({ key: true, discontinuity: true });
    expect(faults).toMatchObject({ damagedAccessUnits: 1, undecodableAccessUnits: 1 });
  });

  test('a loss within a fragmented NAL unit damages that access unit', () => {
    const { push, faults } = setUp();
    push({ marker: true, payload: KEYFRAME });
    const [first, , last] = fuA(nal.delta, 3);
    push({ timestamp: 1500, ...(first && { payload: first }) });
    expect(push({ timestamp: 1500, marker: true, ...(last && { payload: last }) }, 1)).toEqual([]);
    expect(faults.damagedAccessUnits).toBe(1);
  });

  test.each([
    ['an empty payload', ''],
    ['NAL unit type 0', '00aabb'],
    ['NAL unit type 30', '7eaabb'],
    ['an empty STAP-A', '78'],
    ['a STAP-A with half a size', '7800'],
    ['a STAP-A with an empty NAL unit', '780000'],
    ['a STAP-A whose NAL unit is cut', '780005419a'],
    ['a STAP-A in a STAP-A', '7800027800'],
    ['an FU-A without fragment', '7c81'],
    ['an FU-A that starts and ends', '7cc1aa'],
    ['an FU-A that goes on with nothing', '7c01aa'],
    ['an FU-A of a STAP-A', '7c98aa'],
  ])('%s is malformed', (_, hex) => {
    const { push, faults } = setUp();
    push({ marker: true, payload: KEYFRAME });
    expect(push({ timestamp: 1500, marker: true, payload: bytes(hex) })).toEqual([]);
    expect(faults).toMatchObject({ malformedPayloads: 1, damagedAccessUnits: 1 });
  });

  test.each(['79', '7a', '7b', '7d'])('structure 0x%s is unsupported', (type) => {
    const { push, faults } = setUp();
    push({ marker: true, payload: bytes(`${type}0000419a`) });
    expect(faults).toMatchObject({ unsupportedPayloads: 1, damagedAccessUnits: 1 });
  });

  test('an FU-A that never ends is damage', () => {
    const { push, faults } = setUp();
    push({ marker: true, payload: KEYFRAME });
    expect(push({ timestamp: 1500, marker: true, payload: bytes('7c81aabb') })).toEqual([]);
    expect(faults.damagedAccessUnits).toBe(1);
    expect(push({ timestamp: 3000, marker: true, payload: KEYFRAME })).toHaveLength(1);
  });

  test('an access unit may have 8 MB and not more', () => {
    const { push, faults } = setUp();
    const slice = (length: number) => {
      const payload = new Uint8Array(length).fill(0xaa);
      payload[0] = 0x41;
      return payload;
    };
    push({ marker: true, payload: KEYFRAME });
    const limit = 8 * 1024 * 1024;
    for (let i = 0; i < 127; i++) push({ timestamp: 1500, payload: slice(65_536 - 4) });
    const [full] = push({ timestamp: 1500, marker: true, payload: slice(65_536 - 4) });
    expect(full?.data.length).toBe(limit);
    for (let i = 0; i < 127; i++) push({ timestamp: 3000, payload: slice(65_536 - 4) });
    expect(push({ timestamp: 3000, marker: true, payload: slice(65_536 - 3) })).toEqual([]);
    expect(faults.oversizedAccessUnits).toBe(1);
    expect(push({ timestamp: 4500, marker: true, payload: KEYFRAME })).toHaveLength(1);
  });

  test('carries a missing capture time on by the RTP clock', () => {
    const { push, faults } = setUp();
    push({ marker: true, captureTime: 4_000_000_000n, payload: KEYFRAME });
    const [unit] = push({
      timestamp: 9000,
      marker: true,
      captureTime: undefined,
      payload: nal.delta,
    });
    expect(unit?.captureTime).toBe(4_100_000_000n);
    expect(faults.missingCaptureTimes).toBe(1);
  });

  test('takes a capture time a minute from now for none', () => {
    const { push, faults } = setUp();
    const [unit] = push({ marker: true, captureTime: NOW + 61_000_000_000n, payload: KEYFRAME });
    expect(unit?.captureTime).toBe(NOW);
    expect(faults.missingCaptureTimes).toBe(1);
  });
});
