import { describe, expect, test } from 'vitest';
import { CaptureSmoother } from '../../../server/ingest/capture-smoother.ts';
import { createFaultCounters } from '../../../server/ingest/faults.ts';
import { OpusDepacketizer, opusDurationUs } from '../../../server/ingest/opus-depacketizer.ts';
import { parseRtpPacket } from '../../../server/ingest/rtp-packet.ts';
import { bytes, hexOf } from '../../support/ingest/bytes.ts';
import { rtpPacket } from '../../support/ingest/rtp.ts';

const MS = 1_000_000n;

describe('Opus packet lengths (RFC 6716, table 2)', () => {
  test.each([
    ['SILK narrowband 10 ms', '00', 10_000],
    ['SILK wideband 60 ms', '58', 60_000],
    ['hybrid 20 ms', '78', 20_000],
    ['CELT 2.5 ms', '80', 2_500],
    ['CELT fullband 5 ms, stereo', 'ec', 5_000],
    ['CELT fullband 10 ms, stereo', 'f4', 10_000],
    ['two frames', 'f5', 20_000],
    ['two frames of two sizes', 'f6', 20_000],
    ['six frames', 'ff06', 120_000],
  ])('%s', (_, hex, expected) => {
    expect(opusDurationUs(bytes(hex))).toBe(expected);
  });

  test.each([
    ['nothing', ''],
    ['a count without its byte', 'f7'],
    ['no frames', 'f700'],
    ['more than 120 ms', 'ff07'],
  ])('refuses %s', (_, hex) => {
    expect(opusDurationUs(bytes(hex))).toBeUndefined();
  });
});

describe('Opus over RTP', () => {
  const ordered = (index: number, jitter = 0n, lostBefore = 0) => {
    const captureTime = 1000n * MS + BigInt(index) * 10n * MS + jitter;
    const payload = bytes('f4aabb');
    const packet = parseRtpPacket(rtpPacket({ sequence: index, captureTime, payload }));
    if (packet === undefined) throw new Error('the test built a bad packet');
    return { packet, lostBefore };
  };

  test('one packet is one access unit, in memory of its own', () => {
    const input = ordered(0);
    const unit = new OpusDepacketizer(createFaultCounters()).push(input, 1005n * MS);
    expect(unit).toMatchObject({
      kind: 'audio',
      codec: 'opus',
      key: true,
      captureTime: 1000n * MS,
      arrivalTime: 1005n * MS,
      discardable: true,
      dependency: 0,
      durationUs: 10_000,
      discontinuity: true,
    });
    expect(hexOf(unit?.data ?? new Uint8Array())).toBe('f4aabb');
    expect(unit?.data.buffer).not.toBe(input.packet.payload.buffer);
  });

  test('only a loss or a reset is a discontinuity', () => {
    const depacketizer = new OpusDepacketizer(createFaultCounters());
    const flags = [
      depacketizer.push(ordered(0), 0n),
      depacketizer.push(ordered(1), 0n),
      depacketizer.push(ordered(3, 0n, 1), 0n),
      depacketizer.push(ordered(4), 0n),
    ].map((unit) => unit?.discontinuity);
    depacketizer.reset();
    expect([...flags, depacketizer.push(ordered(5), 0n)?.discontinuity]).toEqual([
      true,
      false,
      true,
      false,
      true,
    ]);
  });

  test('an empty payload is counted', () => {
    const faults = createFaultCounters();
    const packet = parseRtpPacket(rtpPacket({}));
    if (packet === undefined) throw new Error('the test built a bad packet');
    expect(new OpusDepacketizer(faults).push({ packet, lostBefore: 0 }, 0n)).toBeUndefined();
    expect(faults.malformedPayloads).toBe(1);
  });
});

describe('capture time smoothing', () => {
  test('takes jitter of 4 ms down to a tenth, and stays in step', () => {
    const smoother = new CaptureSmoother();
    // A fixed pattern with mean 0, as block reads of a sound server make it.
    const jitter = [0n, 4n, -3n, 2n, -4n, 1n].map((ms) => ms * MS);
    const errors = Array.from({ length: 600 }, (_, i) => {
      const ideal = BigInt(i) * 5n * MS;
      return Number(smoother.push(ideal + (jitter[i % 6] ?? 0n), 5n * MS) - ideal) / 1e6;
    });
    expect(Math.max(...errors.slice(100).map(Math.abs))).toBeLessThan(0.4);
  });

  test('follows a sound clock that is 200 ppm off', () => {
    const smoother = new CaptureSmoother();
    let last = 0n;
    let ideal = 0n;
    for (let i = 0; i < 2000; i++) {
      last = smoother.push(ideal, 5n * MS);
      ideal += 5n * MS + 1000n;
    }
    const lagNs = Number(ideal - 5n * MS - 1000n - last);
    expect(Math.abs(lagNs)).toBeLessThan(100_000);
  });

  test('samples that were lost are made up for within eight packets, not within a second', () => {
    const smoother = new CaptureSmoother();
    const jitter = [0n, 2n, 1n, 3n].map((ms) => ms * MS);
    const errorsMs = Array.from({ length: 300 }, (_, i) => {
      const lost = i >= 200 ? 25n * MS : 0n;
      const ideal = BigInt(i) * 10n * MS + lost;
      return Number(smoother.push(ideal + (jitter[i % 4] ?? 0n), 10n * MS) - ideal) / 1e6;
    });
    expect(Math.min(...errorsMs.slice(210))).toBeGreaterThan(-3);
    expect(Math.max(...errorsMs.slice(210))).toBeLessThan(5);
  });

  test('blocks that are read late for a moment move nothing', () => {
    const smoother = new CaptureSmoother();
    const errorsMs = Array.from({ length: 300 }, (_, i) => {
      const ideal = BigInt(i) * 10n * MS;
      // The reader slept for 30 ms: what had gathered is read at once, and stamped with that moment.
      const sleep = i % 50 === 20 ? 3n : i % 50 === 21 ? 2n : i % 50 === 22 ? 1n : 0n;
      return Number(smoother.push(ideal + sleep * 10n * MS, 10n * MS) - ideal) / 1e6;
    });
    expect(Math.max(...errorsMs.slice(100).map(Math.abs))).toBeLessThan(3);
  });

  test('follows a step of more than 40 ms at once, in both directions', () => {
    const smoother = new CaptureSmoother();
    smoother.push(1000n * MS, 5n * MS);
    expect(smoother.push(2000n * MS, 5n * MS)).toBe(2000n * MS);
    expect(smoother.push(1900n * MS, 5n * MS)).toBe(1900n * MS);
  });
});
