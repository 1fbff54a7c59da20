import { describe, expect, test } from 'vitest';
import type { AccessUnit } from '../../../server/ingest/access-unit.ts';
import { MediaStream } from '../../../server/ingest/media-stream.ts';
import { bytes, hexOf } from '../../support/ingest/bytes.ts';
import { annexB, framed, nal, rtpPacket, stapA } from '../../support/ingest/rtp.ts';

const NOW = 2_000_000_000n;

const keyframe = (sequence: number) =>
  rtpPacket({
    sequence,
    timestamp: sequence * 1500,
    marker: true,
    captureTime: NOW,
    payload: stapA([nal.sps, nal.pps, nal.idr]),
  });
const delta = (sequence: number) =>
  rtpPacket({
    sequence,
    timestamp: sequence * 1500,
    marker: true,
    captureTime: NOW,
    payload: nal.delta,
  });
const STREAM = framed([keyframe(0), delta(1), delta(2)]);

function collect(stream: MediaStream): AccessUnit[] {
  const units: AccessUnit[] = [];
  stream.subscribe({ accessUnit: (unit) => units.push(unit) });
  return units;
}

describe('media stream', () => {
  test('gives the same access units wherever the bytes are split in two', () => {
    const expected = [
      annexB([nal.sps, nal.pps, nal.idr]),
      annexB([nal.delta]),
      annexB([nal.delta]),
    ];
    for (let at = 0; at <= STREAM.length; at++) {
      const stream = new MediaStream({ codec: 'h264' });
      const units = collect(stream);
      stream.push(STREAM.slice(0, at), NOW);
      stream.push(STREAM.slice(at), NOW);
      expect(
        units.map(({ data }) => hexOf(data)),
        `split at ${at}`,
      ).toEqual(expected.map(hexOf));
    }
  });

  test('hands one object to every sink, until it leaves', () => {
    const stream = new MediaStream({ codec: 'h264' });
    const first = collect(stream);
    const second: AccessUnit[] = [];
    const leave = stream.subscribe({ accessUnit: (unit) => second.push(unit) });
    stream.push(framed([keyframe(0)]), NOW);
    leave();
    leave();
    stream.push(framed([delta(1)]), NOW);
    expect([first.length, second.length]).toEqual([2, 1]);
    expect(second[0]).toBe(first[0]);
  });

  test('a sink that throws is unsubscribed and told; the others go on', () => {
    const stream = new MediaStream({ codec: 'h264' });
    const failure = new Error('viewer fell over');
    let calls = 0;
    const told: unknown[] = [];
    stream.subscribe({
      accessUnit: () => {
        calls += 1;
        throw failure;
      },
      failed: (error) => told.push(error),
    });
    const units = collect(stream);
    stream.push(STREAM, NOW);
    expect({ calls, told, units: units.length }).toEqual({ calls: 1, told: [failure], units: 3 });
    expect(stream.faults.failedSinks).toBe(1);
  });

  test('a new child begins with a discontinuity; viewers and parameters stay', () => {
    const stream = new MediaStream({ codec: 'h264' });
    const units = collect(stream);
    stream.push(STREAM.slice(0, STREAM.length - 3), NOW);
    stream.reset();
    expect(stream.parameters).toEqual({ codec: 'avc1.42C020', width: 1280, height: 720 });
    stream.push(STREAM, NOW);
    expect(units.map(({ discontinuity }) => discontinuity)).toEqual([
      true,
      false,
      true,
      false,
      false,
    ]);
  });

  test('asks for a keyframe when pictures cannot be decoded, at most every 250 ms', () => {
    let asked = 0;
    const stream = new MediaStream({ codec: 'h264', onKeyframeNeeded: () => (asked += 1) });
    stream.push(framed([delta(0), delta(1)]), NOW);
    expect(asked).toBe(1);
    stream.push(framed([delta(2)]), NOW + 249_000_000n);
    expect(asked).toBe(1);
    stream.push(framed([delta(3)]), NOW + 250_000_000n);
    expect(asked).toBe(2);
  });

  test('says once per child that the bytes are no RTP any more', () => {
    let lost = 0;
    const stream = new MediaStream({ codec: 'h264', onFramingLost: () => (lost += 1) });
    const garbage = framed(Array.from({ length: 15 }, () => bytes('4060')));
    stream.push(garbage, NOW);
    expect(lost).toBe(0);
    stream.push(garbage, NOW);
    stream.push(garbage, NOW);
    expect(lost).toBe(1);
    stream.reset();
    stream.push(garbage, NOW);
    stream.push(garbage, NOW);
    expect(lost).toBe(2);
    expect(stream.faults).toMatchObject({ malformedPackets: 75, framingLosses: 2 });
  });

  test('counts packets of another payload type, and empty frames', () => {
    const stream = new MediaStream({ codec: 'opus' });
    const units = collect(stream);
    stream.push(framed([keyframe(0), new Uint8Array(0)]), NOW);
    expect(stream.faults).toMatchObject({ foreignPackets: 1, emptyFrames: 1 });
    const opus = { payloadType: 97, captureTime: NOW, payload: bytes('f4aabb') };
    stream.push(framed([rtpPacket(opus)]), NOW);
    expect(units.map(({ codec }) => codec)).toEqual(['opus']);
    expect(stream.parameters).toBeUndefined();
  });
});
