import { describe, expect, test } from 'vitest';
import { createFaultCounters } from '../../../server/ingest/faults.ts';
import { ReorderBuffer } from '../../../server/ingest/reorder.ts';
import type { RtpPacket } from '../../../server/ingest/rtp-packet.ts';

const packet = (sequence: number): RtpPacket => ({
  marker: false,
  payloadType: 96,
  sequence: sequence & 0xffff,
  timestamp: 0,
  captureTime: undefined,
  payload: new Uint8Array(1),
});

function feed(sequences: readonly number[], stepNs = 0n) {
  const faults = createFaultCounters();
  const buffer = new ReorderBuffer(faults);
  const out: string[] = [];
  let now = 0n;
  for (const sequence of sequences) {
    for (const { packet: ordered, lostBefore } of buffer.push(packet(sequence), now)) {
      out.push(
        lostBefore === 0 ? `${ordered.sequence}` : `${ordered.sequence} after ${lostBefore}`,
      );
    }
    now += stepNs;
  }
  return { out, faults };
}

const range = (from: number, count: number) => Array.from({ length: count }, (_, i) => from + i);

describe('reorder', () => {
  test('passes what is in order, across the wrap', () => {
    expect(feed([65_534, 65_535, 65_536, 65_537]).out).toEqual(['65534', '65535', '0', '1']);
  });

  test('mends a swap, also across the wrap', () => {
    expect(feed([65_534, 65_536, 65_535, 65_537]).out).toEqual(['65534', '65535', '0', '1']);
  });

  test('drops a duplicate, passed or held', () => {
    const { out, faults } = feed([5, 6, 6, 8, 8, 7]);
    expect(out).toEqual(['5', '6', '7', '8']);
    expect(faults.latePackets).toBe(2);
  });

  test('gives a missing packet up after 20 ms', () => {
    const { out, faults } = feed([1, 3, 4, 5], 15_000_000n);
    expect(out).toEqual(['1', '3 after 1', '4', '5']);
    expect(faults.lostPackets).toBe(1);
  });

  test('gives a missing packet up when 32 wait for it', () => {
    const { out, faults } = feed([1, ...range(4, 33)]);
    expect(out.slice(0, 3)).toEqual(['1', '4 after 2', '5']);
    expect(out).toHaveLength(34);
    expect(faults.lostPackets).toBe(2);
  });

  test('follows a far jump forward at once', () => {
    const { out, faults } = feed([1, 3, 30_000, 30_001]);
    expect(out).toEqual(['1', '3 after 1', '30000 after 1', '30001']);
    expect(faults.sequenceJumps).toBe(1);
  });

  test('follows a sequence that began anew behind, after 16 late packets', () => {
    const { out, faults } = feed([1000, ...range(10, 20)]);
    expect(out).toEqual(['1000', '25 after 1', '26', '27', '28', '29']);
    expect(faults).toMatchObject({ latePackets: 15, sequenceJumps: 1 });
  });

  test('begins anew after reset', () => {
    const faults = createFaultCounters();
    const buffer = new ReorderBuffer(faults);
    buffer.push(packet(1), 0n);
    buffer.push(packet(9), 0n);
    buffer.reset();
    expect(buffer.push(packet(3), 0n).map(({ packet: { sequence } }) => sequence)).toEqual([3]);
    expect(faults.lostPackets).toBe(0);
  });
});
