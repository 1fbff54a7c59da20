import fc from 'fast-check';
import { expect, it } from 'vitest';
import {
  encodeFrame,
  FrameReader,
  FrameType,
  MAX_PAYLOAD_BYTES,
} from '../../../server/webrtc/peer-frame.ts';

const frame = fc.record({
  type: fc.constantFrom(...Object.values(FrameType)),
  peer: fc.nat(0xffff_ffff),
  payload: fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes)),
});

it('frames come out as they went in, wherever their bytes are cut', () => {
  fc.assert(
    fc.property(fc.array(frame), fc.array(fc.integer({ min: 1, max: 400 })), (frames, cuts) => {
      const bytes = Buffer.concat(
        frames.map(({ type, peer, payload }) => encodeFrame(type, peer, payload)),
      );
      const reader = new FrameReader();
      const read = [];
      let at = 0;
      for (const cut of [...cuts, bytes.byteLength]) {
        read.push(...reader.push(bytes.subarray(at, at + cut)));
        at += cut;
      }
      expect(read).toEqual(frames);
    }),
  );
});

it('a frame has a largest size, in both directions', () => {
  const largest = Buffer.alloc(MAX_PAYLOAD_BYTES);
  const [read] = new FrameReader().push(encodeFrame(FrameType.data, 1, largest));
  expect(read?.payload.byteLength).toBe(MAX_PAYLOAD_BYTES);
  const larger = Buffer.alloc(MAX_PAYLOAD_BYTES + 1);
  expect(() => encodeFrame(FrameType.data, 1, larger)).toThrow(RangeError);
});

it('bytes whose length cannot be one are no frames', () => {
  const length = fc.oneof(
    fc.integer({ min: 0, max: 4 }),
    fc.integer({ min: MAX_PAYLOAD_BYTES + 6, max: 0xffff_ffff }),
  );
  fc.assert(
    fc.property(length, (claimed) => {
      const bytes = Buffer.alloc(16);
      bytes.writeUInt32BE(claimed);
      expect(() => new FrameReader().push(bytes)).toThrow(RangeError);
    }),
  );
});
