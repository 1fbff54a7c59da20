import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { AccessUnit } from '../../../server/ingest/access-unit.ts';
import { MediaStream } from '../../../server/ingest/media-stream.ts';
import { Rfc4571Deframer } from '../../../server/ingest/rfc4571.ts';
import { hexOf } from '../../support/ingest/bytes.ts';
import { payloads } from '../../support/ingest/codec-payloads.ts';
import { annexB, framed, fuA, nal, rtpPacket, stapA } from '../../support/ingest/rtp.ts';

const NOW = 2_000_000_000n;

const CODECS = ['h264', 'vp8', 'vp9', 'hevc', 'av1'] as const;

/** Cuts `stream` at the given places, which may repeat. */
function cut(stream: Uint8Array, places: readonly number[]): Uint8Array[] {
  const ends = [...places.map((place) => place % (stream.length + 1)), stream.length];
  ends.sort((a, b) => a - b);
  let start = 0;
  return ends.map((end) => {
    const chunk = stream.slice(start, end);
    start = end;
    return chunk;
  });
}

function run(codec: AccessUnit['codec'], chunks: readonly Uint8Array[]) {
  const stream = new MediaStream({ codec });
  const units: AccessUnit[] = [];
  stream.subscribe({ accessUnit: (unit) => units.push(unit) });
  for (const chunk of chunks) stream.push(chunk, NOW);
  return { units, faults: { ...stream.faults }, parameters: stream.parameters };
}

/** A slice: its header byte, then anything. */
const slice = fc
  .uint8Array({ minLength: 1, maxLength: 60 })
  .map((body) => Uint8Array.of(0x41, ...body));

/** How the slices of a picture become RTP payloads. */
const picture = fc
  .record({
    slices: fc.array(slice, { minLength: 1, maxLength: 4 }),
    fragment: fc.integer({ min: 0, max: 20 }),
  })
  .map(({ slices, fragment }) => ({
    nals: slices,
    payloads:
      fragment === 0
        ? [stapA(slices)]
        : slices.flatMap((bytes) => (bytes.length > fragment + 1 ? fuA(bytes, fragment) : [bytes])),
  }));

/** A stream that begins with a keyframe, as RTP and as the Annex B that has to come out. */
const videoStream = fc.array(picture, { maxLength: 12 }).map((pictures) => {
  const keyframe = [nal.sps, nal.pps, nal.idr];
  const all = [{ nals: keyframe, payloads: [stapA(keyframe)] }, ...pictures];
  let sequence = 65_530;
  const packets = all.flatMap(({ payloads }, index) =>
    payloads.map((payload, part) =>
      rtpPacket({
        sequence: sequence++,
        timestamp: index * 1500,
        marker: part === payloads.length - 1,
        captureTime: part === 0 ? NOW : undefined,
        payload,
      }),
    ),
  );
  return { bytes: framed(packets), expected: all.map(({ nals }) => hexOf(annexB(nals))) };
});

const places = fc.array(fc.nat(), { maxLength: 30 });

describe('media streams', () => {
  test('any chunking of a stream gives its access units, in order and without a fault', () => {
    fc.assert(
      fc.property(videoStream, places, ({ bytes, expected }, at) => {
        const { units, faults } = run('h264', cut(bytes, at));
        expect(units.map(({ data }) => hexOf(data))).toEqual(expected);
        expect(Object.values(faults).every((count) => count === 0)).toBe(true);
      }),
    );
  });

  test('any chunking of any bytes is the same to the deframer', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 4000 }), places, (bytes, at) => {
        const whole = new Rfc4571Deframer().push(bytes.slice()).map(hexOf);
        const deframer = new Rfc4571Deframer();
        const parts = cut(bytes, at).flatMap((chunk) => deframer.push(chunk).map(hexOf));
        expect(parts).toEqual(whole);
      }),
    );
  });

  test('garbage never throws, and what comes out of it is bounded by what went in', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...CODECS, 'opus' as const),
        fc.array(fc.uint8Array({ maxLength: 300 }), { maxLength: 60 }),
        (codec, chunks) => {
          const { units } = run(codec, chunks);
          const bytesIn = chunks.reduce((sum, { length }) => sum + length, 0);
          const bytesOut = units.reduce((sum, { data }) => sum + data.length, 0);
          expect(bytesOut).toBeLessThanOrEqual(3 * bytesIn);
        },
      ),
    );
  });

  test('garbage in the shape of RTP never throws, and a keyframe after it comes through', () => {
    const packet = fc.record({
      sequence: fc.nat({ max: 65_535 }),
      timestamp: fc.nat({ max: 5 }),
      marker: fc.boolean(),
      // Every structure of RFC 6184 in front of random bytes.
      payload: fc
        .tuple(fc.constantFrom(0x41, 0x65, 0x67, 0x78, 0x7c, 0x79, 0x00), fc.uint8Array())
        .map(([first, rest]) => Uint8Array.of(first, ...rest)),
    });
    fc.assert(
      fc.property(fc.array(packet, { maxLength: 60 }), (packets) => {
        const stream = new MediaStream({ codec: 'h264' });
        const units: AccessUnit[] = [];
        stream.subscribe({ accessUnit: (unit) => units.push(unit) });
        stream.push(framed(packets.map(rtpPacket)), NOW);
        stream.reset();
        const payload = stapA([nal.sps, nal.pps, nal.idr]);
        stream.push(framed([rtpPacket({ sequence: 7, timestamp: 9, marker: true, payload })]), NOW);
        const last = units.at(-1);
        expect(last).toMatchObject({ key: true, discontinuity: true });
        expect(stream.parameters?.width).toBe(1280);
      }),
    );
  });

  test('garbage in the shape of RTP of any format never throws, and a real keyframe after it comes through', () => {
    const heads = CODECS.flatMap((codec) =>
      codec === 'h264' ? [] : Object.values(payloads[codec]).map((payload) => ({ codec, payload })),
    );
    const damaged = fc
      .tuple(fc.constantFrom(...heads), fc.nat({ max: 40 }), fc.uint8Array({ maxLength: 40 }))
      .map(([{ payload }, keep, rest]) => Uint8Array.of(...payload.slice(0, keep), ...rest));
    const packet = fc.record({
      sequence: fc.nat({ max: 65_535 }),
      timestamp: fc.nat({ max: 5 }),
      marker: fc.boolean(),
      payload: damaged,
    });
    const format = fc.constantFrom('vp8' as const, 'vp9' as const, 'hevc' as const, 'av1' as const);
    fc.assert(
      fc.property(format, fc.array(packet, { maxLength: 40 }), (codec, packets) => {
        const stream = new MediaStream({ codec });
        const units: AccessUnit[] = [];
        stream.subscribe({ accessUnit: (unit) => units.push(unit) });
        stream.push(framed(packets.map(rtpPacket)), NOW);
        stream.reset();
        const { key: payload } = payloads[codec];
        stream.push(framed([rtpPacket({ sequence: 7, timestamp: 9, marker: true, payload })]), NOW);
        expect(units.at(-1)).toMatchObject({ codec, key: true, discontinuity: true });
        expect(stream.parameters).toMatchObject({ width: 64, height: 64 });
      }),
    );
  });

  test('whatever layers VP8 has, a picture depends on the newest one that others may refer to', () => {
    const layers = fc.array(fc.constantFrom('key', 'base', 'upper'), { maxLength: 40 });
    fc.assert(
      fc.property(layers, places, (kinds, at) => {
        const all = ['key' as const, ...kinds];
        const packets = all.map((kind, index) =>
          rtpPacket({
            sequence: index,
            timestamp: index,
            marker: true,
            payload: payloads.vp8[kind],
          }),
        );
        const { units } = run('vp8', cut(framed(packets), at));
        expect(units).toHaveLength(all.length);
        units.forEach((unit, index) => {
          expect(unit.key).toBe(all[index] === 'key');
          expect(unit.discardable).toBe(all[index] === 'upper');
          const newest = all.slice(0, index).findLastIndex((kind) => kind !== 'upper');
          if (!unit.key) expect(index - unit.dependency).toBe(newest);
        });
      }),
    );
  });

  test('after a loss, every picture that comes through follows its reference', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 80 }),
        fc.uniqueArray(fc.nat({ max: 79 }), { maxLength: 5 }),
        (count, lostPlaces) => {
          const stream = new MediaStream({ codec: 'h264' });
          const seen: { readonly index: number; readonly key: boolean }[] = [];
          // The last byte of a picture is its number.
          stream.subscribe({
            accessUnit: ({ data, key }) => seen.push({ index: data.at(-1) ?? -1, key }),
          });
          for (let index = 0; index < count; index++) {
            if (lostPlaces.includes(index)) continue;
            const payload =
              index % 10 === 0
                ? stapA([nal.sps, nal.pps, Uint8Array.of(0x65, index)])
                : Uint8Array.of(0x41, index);
            const packet = rtpPacket({ sequence: index, timestamp: index, marker: true, payload });
            stream.push(framed([packet]), NOW + BigInt(index) * 16_000_000n);
          }
          seen.forEach(({ index, key }, position) => {
            if (!key) expect(index).toBe((seen[position - 1]?.index ?? -2) + 1);
          });
          if (lostPlaces.every((place) => place >= count)) expect(seen).toHaveLength(count);
        },
      ),
    );
  });

  test('an access unit that never ends holds a bounded amount of memory', () => {
    setFlagsFromString('--expose-gc');
    const collectGarbage = runInNewContext('gc') as () => void;
    const stream = new MediaStream({ codec: 'h264' });
    const payload = new Uint8Array(50_000).fill(0x41);
    collectGarbage();
    const before = process.memoryUsage().arrayBuffers;
    let most = 0;
    for (let sequence = 0; sequence < 4000; sequence++) {
      const packet = rtpPacket({ sequence, payload });
      const chunk = new Uint8Array(2 + packet.length);
      new DataView(chunk.buffer).setUint16(0, packet.length);
      chunk.set(packet, 2);
      stream.push(chunk, NOW);
      if (sequence % 100 === 0) {
        collectGarbage();
        most = Math.max(most, process.memoryUsage().arrayBuffers - before);
      }
    }
    // 8 MB, and what the collector has not swept yet of the 5 MB since it ran last, twice on a loaded machine; all of it were 200 MB.
    expect(most).toBeLessThan(20 * 1024 * 1024);
  });
});
