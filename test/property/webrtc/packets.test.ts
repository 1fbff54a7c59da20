import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { AccessUnit } from '../../../server/ingest/access-unit.ts';
import { MediaStream } from '../../../server/ingest/media-stream.ts';
import { cutPayloads, MAX_PACKET_BYTES } from '../../../server/webrtc/rtp-payload.ts';
import { readRtcp } from '../../../server/webrtc/rtcp-reader.ts';
import { RtpTrack } from '../../../server/webrtc/rtp-track.ts';
import { annexB, nal } from '../../support/ingest/rtp.ts';
import { format, videoPlan } from '../../unit/webrtc/tracks.ts';

/** Bytes of header extensions on the first packet of a picture. */
const EXTENSION_BYTES = 20;

/** A NAL unit of any length without a start code in it. */
const slice = (header: number) =>
  fc.integer({ min: 1, max: 20_000 }).map((length) => {
    const bytes = new Uint8Array(length + 8).fill(0x5a);
    bytes[0] = header;
    bytes.set(header === 0x65 ? nal.idr.subarray(1) : nal.delta.subarray(1), 1);
    return bytes;
  });

const keyPicture = fc
  .array(slice(0x65), { minLength: 1, maxLength: 4 })
  .map((slices) => annexB([nal.sps, nal.pps, ...slices]));
const picture = fc
  .array(slice(0x41), { minLength: 1, maxLength: 4 })
  .map((slices) => annexB(slices));

/** What ingest makes of packets of H.264, an independent reading of what a track writes. */
function depacketize(pictures: readonly Uint8Array[]): readonly AccessUnit[] {
  const units: AccessUnit[] = [];
  const stream = new MediaStream({ codec: 'h264', payloadType: 108 });
  stream.subscribe({ accessUnit: (unit) => units.push(unit) });
  const track = new RtpTrack(videoPlan, 65_530);
  let transportSequence = 0;
  for (const [index, data] of pictures.entries()) {
    const payloads = cutPayloads({ codec: 'h264', key: index === 0, data });
    for (const [place, payload] of payloads.entries()) {
      const packet = track.packet(
        {
          format: format('h264', 108),
          payload,
          timestamp: index * 1_500,
          marker: place === payloads.length - 1,
          captured: place === 0 ? { seconds: 1, fraction: 2 } : undefined,
        },
        transportSequence++,
      );
      expect(packet.length).toBeLessThanOrEqual(MAX_PACKET_BYTES + EXTENSION_BYTES);
      stream.pushPacket(packet, 0n);
    }
  }
  return units;
}

describe('packets of a track', () => {
  it('are put together again to the same pictures of H.264', () => {
    fc.assert(
      fc.property(keyPicture, fc.array(picture, { maxLength: 4 }), (first, others) => {
        const pictures = [first, ...others];
        const units = depacketize(pictures);
        expect(units).toHaveLength(pictures.length);
        for (const [index, unit] of units.entries()) {
          // Ingest writes its own words into the parameter sets, so only what follows them is the same.
          const given = pictures[index] ?? new Uint8Array(0);
          const slices = (data: Uint8Array): string =>
            Buffer.from(data)
              .toString('latin1')
              .split('\0\0\0\x01')
              .slice(index === 0 ? 3 : 1)
              .join();
          expect(slices(unit.data)).toBe(slices(given));
        }
      }),
      { numRuns: 200 },
    );
  });

  it.each(['vp8', 'vp9'] as const)('hold every byte of a frame of %s once, in order', (codec) => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1, maxLength: 10_000 }), fc.boolean(), (data, key) => {
        const payloads = cutPayloads({ codec, key, data });
        expect(Buffer.concat(payloads.map(({ body }) => body))).toEqual(Buffer.from(data));
        expect(payloads.at(-1)?.end).toBe(data.length);
        expect(Math.max(...payloads.map(({ body }) => body.length))).toBeLessThan(MAX_PACKET_BYTES);
      }),
    );
  });
});

describe('RTCP of any bytes', () => {
  it('is read without a fault, in bounded time', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 1_500 }), (bytes) => {
        expect(readRtcp(bytes).length).toBeLessThan(1_500);
      }),
      { numRuns: 3_000 },
    );
  });

  it('that look like feedback on arrivals tell of no more packets than a peer can have got', () => {
    const feedback = fc
      .tuple(fc.uint8Array({ minLength: 8, maxLength: 300 }), fc.nat(3))
      .map(([content, cut]) => {
        const words = Math.ceil((content.length + 8) / 4);
        const bytes = Buffer.alloc(4 + 4 * words);
        bytes.set([0x8f, 205], 0);
        bytes.writeUInt16BE(words, 2);
        bytes.set(content, 12);
        return bytes.subarray(0, bytes.length - cut);
      });
    fc.assert(
      fc.property(feedback, (bytes) => {
        for (const read of readRtcp(bytes)) {
          if (read.type === 'arrivals') expect(read.fates.length).toBeLessThanOrEqual(8_192);
        }
      }),
      { numRuns: 3_000 },
    );
  });
});
